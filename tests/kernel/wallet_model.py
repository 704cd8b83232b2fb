"""What a wallet must be after any history, as three numbers and a few dicts."""

import uuid
from datetime import UTC, datetime

from hypothesis.stateful import RuleBasedStateMachine, invariant

from kernel.ledger import selectors
from kernel.ledger.models import Lot

START = datetime(2026, 1, 1, tzinfo=UTC)


class WalletModel(RuleBasedStateMachine):
    """The model, and the invariant that holds the database against it."""

    def __init__(self) -> None:
        super().__init__()
        self.owner = uuid.uuid4()
        self.now = START
        self.steps = 0
        self.merged = False
        self.posted = self.incoming = self.held = self.earned = 0
        self.left: dict[uuid.UUID, int] = {}  # what can still be reversed of each transfer
        self.open: dict[uuid.UUID, tuple[int, bool]] = {}  # pending: (left, incoming)
        self.direction: dict[uuid.UUID, int] = {}
        self.corrections: dict[uuid.UUID, int] = {}
        self.credit_of: dict[uuid.UUID, uuid.UUID] = {}  # a lot: the credit that opened it
        self.expired: dict[uuid.UUID, int] = {}  # what of each credit has expired

    def _call(self, function, **arguments):
        self.steps += 1
        return function(
            owner_id=self.owner,
            unit="EUR",
            reason="test",
            source="test:1",
            key=f"{self.owner}:{self.steps}",
            now=self.now,
            **arguments,
        )

    def _give_expired_back(self, target, amount):
        """What has expired of a credit is gone already: a reversal does not take it twice."""
        lot = next((lot for lot, credit in self.credit_of.items() if credit == target), None)
        if lot is None or target not in self.expired:
            return
        missing = max(amount - Lot.objects.get(pk=lot).remaining, 0)
        back = min(missing, self.expired[target])
        self.expired[target] -= back
        self.posted += back

    def _taken_back(self, target, amount):
        self.left[target] -= amount
        sign = self.direction[target]
        if target in self.open:
            left, incoming = self.open[target]
            self.open[target] = (left - amount, incoming)
            if incoming:
                self.incoming -= amount
            else:
                self.held -= amount
            if left == amount:
                del self.open[target], self.left[target]
        else:
            self.posted -= sign * amount
            self.earned -= amount if sign > 0 else 0

    @invariant()
    def database_equals_model(self):
        balance = selectors.balance(owner_id=self.owner, unit="EUR")
        assert (balance.posted, balance.pending, balance.held) == (
            self.posted,
            self.incoming,
            self.held,
        )
        assert balance.earned == self.earned
        assert balance.available == max(self.posted - self.held, 0)
        lines = selectors.history(owner_id=self.owner, unit="EUR")
        assert (lines[0].balance if lines else 0) == self.posted
        assert selectors.discrepancies() == []
        assert all(lot.remaining >= 0 for lot in Lot.objects.all())
