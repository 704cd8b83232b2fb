"""Who asked for a back office, and the terms that were accepted. All in the public schema."""

from django.db import models

from kernel.ids import uuid7


class SignupState(models.TextChoices):
    """How far a sign-up has come. MAKING is a back office that somebody is at, or was."""

    WAITING = "waiting", "waiting for the link in the email"
    MAKING = "making", "in the making"
    DONE = "done", "done"


class Signup(models.Model):
    """A back office that was asked for. Everything that was typed is here, so that the link in the
    email goes on from any device.

    `tenant_id` is drawn with the row: whatever a crash leaves is found again by it. The address
    (`slug`) belongs to nobody until the back office is made. `password` is a hash, kept only from
    the moment it is chosen until the owner is made.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # R3: names the form that was sent; sent twice, it is one sign-up.
    key = models.UUIDField(unique=True)
    email = models.EmailField(max_length=254)
    shop_name = models.CharField(max_length=120)
    slug = models.CharField(max_length=40)
    plan = models.CharField(max_length=20)
    interval = models.CharField(max_length=5)
    language = models.CharField(max_length=5)
    terms_version = models.CharField(max_length=10)
    terms_hash = models.CharField(max_length=64)
    terms_accepted_at = models.DateTimeField()
    token_hash = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=8, choices=SignupState.choices, default=SignupState.WAITING)
    tenant_id = models.UUIDField(default=uuid7)
    user_id = models.UUIDField(null=True)
    password = models.CharField(max_length=128, blank=True, default="")
    created_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    making_since = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["making_since"],
                condition=models.Q(state="making"),
                name="signup_in_the_making",
            ),
        ]


class TermsAcceptance(models.Model):
    """The proof that somebody accepted a version of the terms for a merchant. Never edited."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant_id = models.UUIDField()
    user_id = models.UUIDField()
    version = models.CharField(max_length=10)
    language = models.CharField(max_length=5)
    text_hash = models.CharField(max_length=64)
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "version"], name="terms_accepted_once"),
        ]
