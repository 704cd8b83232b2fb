"""The books of one tenant: accounts, and an append-only list of transfers between them.

`Lot` and `Pending` are working indexes over the transfers: what is left of each credit, and
which pending transfers are open. They can be rebuilt from the transfers; the transfers cannot
be edited (see `guard`).
"""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from kernel.ids import uuid7


class AccountKind(models.TextChoices):
    """A profile's wallet, or where value comes from and goes to."""

    WALLET = "wallet"
    ISSUED = "issued"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    ADJUSTED = "adjusted"


class Account(models.Model):
    """One side of transfers, in one unit.

    Only wallets keep running balances: a single row that every transfer updates costs two
    thirds of the throughput at sixteen clients. `posted` may fall below zero by `overdraft` at
    the most, which only a reversal raises: the debt that later earnings pay first.

    `earned` is all that ever came in, less what was taken back or corrected: spending and expiry
    leave it as it is. Thresholds count it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=AccountKind.choices)
    owner_id = models.UUIDField(null=True, help_text="The profile; null for system accounts.")
    unit = models.CharField(max_length=3)
    posted = models.BigIntegerField(default=0, db_default=0)
    pending_in = models.BigIntegerField(default=0, db_default=0)
    pending_out = models.BigIntegerField(default=0, db_default=0)
    overdraft = models.BigIntegerField(default=0, db_default=0)
    earned = models.BigIntegerField(default=0, db_default=0)
    # The wallet that this one was poured into, when two owners turned out to be one.
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "ledger_account"
        constraints = [
            models.UniqueConstraint(
                fields=["owner_id", "unit", "kind"], nulls_distinct=False, name="account_unique"
            ),
            models.CheckConstraint(
                condition=Q(owner_id__isnull=False) | ~Q(kind=AccountKind.WALLET),
                name="wallet_has_owner",
            ),
            models.CheckConstraint(
                condition=Q(posted__gte=F("pending_out") - F("overdraft")),
                name="wallet_not_overspent",
            ),
            models.CheckConstraint(
                condition=Q(pending_in__gte=0, pending_out__gte=0, overdraft__gte=0),
                name="account_parts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True)
                | Q(posted=0, earned=0, pending_in=0, pending_out=0),
                name="merged_wallet_is_empty",
            ),
        ]

    @property
    def available(self) -> int:
        """What can be spent now: posted, less what is held; never below zero."""
        return max(self.posted - self.pending_out, 0)

    @property
    def debt(self) -> int:
        """What later earnings will pay back first."""
        return max(-self.posted, 0)


class TransferKind(models.TextChoices):
    """A transfer of its own (posted, pending), or one that answers another (the rest)."""

    POSTED = "posted"
    PENDING = "pending"
    POST = "post"
    VOID = "void"
    EXPIRE = "expire"
    REVERSE = "reverse"


RESOLUTIONS = (TransferKind.POST, TransferKind.VOID, TransferKind.EXPIRE)
OPENINGS = (TransferKind.POSTED, TransferKind.PENDING)


class Transfer(models.Model):
    """A positive amount that moves from `debit` to `credit`. Never edited, never deleted.

    `answers` names the transfer that a post, void, expiry or reversal is about. The accounts
    have no foreign key in the database: its check would lock the system accounts' rows, shared,
    at every insert. The services create accounts before they use them, and `ledger check` finds
    a transfer without its accounts.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    debit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="debits", db_constraint=False
    )
    credit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="credits", db_constraint=False
    )
    amount = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=TransferKind.choices)
    answers = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="answered_by"
    )
    reason = models.CharField(max_length=40)
    source = models.CharField(max_length=80, help_text="What it is about, e.g. order:<uuid>.")
    key = models.CharField(max_length=160, unique=True, help_text="Idempotency key.")
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_transfer"
        indexes = [
            models.Index(fields=["source"], name="transfer_source"),
            # Rows come in the order of time: a summary of each stretch finds a month's, and costs
            # a write next to nothing.
            BrinIndex(fields=["created_at"], name="transfer_time", autosummarize=True),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_amount_positive"),
            models.CheckConstraint(
                condition=~Q(debit=F("credit")), name="transfer_between_two_accounts"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OPENINGS, answers__isnull=True)
                | (~Q(kind__in=OPENINGS) & Q(answers__isnull=False)),
                name="transfer_answer_names_its_transfer",
            ),
            models.UniqueConstraint(
                fields=["answers"],
                condition=Q(kind__in=RESOLUTIONS),
                name="transfer_resolved_once",
            ),
        ]


class Pending(models.Model):
    """An open pending transfer: what is left of it, and when it posts by itself."""

    transfer = models.OneToOneField(Transfer, on_delete=models.PROTECT, primary_key=True)
    wallet = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="pendings")
    remaining = models.BigIntegerField()
    incoming = models.BooleanField(help_text="True: will credit the wallet. False: a hold.")
    due_at = models.DateTimeField(null=True, help_text="Null waits for somebody's word.")

    class Meta:
        db_table = "ledger_pending"
        indexes = [models.Index(fields=["due_at"], name="pending_due")]
        constraints = [
            models.CheckConstraint(condition=Q(remaining__gte=0), name="pending_not_negative")
        ]


class Lot(models.Model):
    """What is left to spend of one credit. The lots of a wallet add up to its posted balance."""

    transfer = models.OneToOneField(Transfer, on_delete=models.PROTECT, primary_key=True)
    wallet = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lots")
    remaining = models.BigIntegerField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_lot"
        indexes = [
            models.Index(
                fields=["wallet", "expires_at"], condition=Q(remaining__gt=0), name="lot_open"
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(remaining__gt=0, expires_at__isnull=False),
                name="lot_expiring",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(remaining__gte=0), name="lot_not_negative")
        ]


class Allocation(models.Model):
    """Which lots a spending used, so that giving it back finds them again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    spending = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="allocations")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="allocations")
    amount = models.BigIntegerField()
    returned = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "ledger_allocation"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, returned__gte=0, returned__lte=F("amount")),
                name="allocation_within_amount",
            )
        ]
