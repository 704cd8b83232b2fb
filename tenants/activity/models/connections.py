"""What brings facts to a merchant (a script, a key), and whether it still does (O7)."""

from django.db import models

from kernel.ids import uuid7


class Heard(models.Model):
    """A connection brought something in these five minutes. One row at most for each of them.

    `connection` is `key:<id>` or `site:<public key>`: what stands on higher floors.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection = models.CharField(max_length=40)
    at = models.DateTimeField(help_text="The start of the five minutes.")

    class Meta:
        db_table = "activity_heard"
        constraints = [
            models.UniqueConstraint(fields=["connection", "at"], name="heard_once_in_a_while")
        ]


class Silence(models.Model):
    """A connection that has fallen silent; `since` is null once it is heard again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection = models.CharField(max_length=40, unique=True)
    since = models.DateTimeField(null=True)

    class Meta:
        db_table = "activity_silence"
