"""R5: after every step of a random history the database equals a model of a few lines."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kernel.errors import RicochetError
from kernel.ledger import selectors, services
from kernel.ledger.models import AccountKind, Lot, Transfer, TransferKind
from tests.fixtures.effort import effort

START = datetime(2026, 1, 1, tzinfo=UTC)
AMOUNTS = st.integers(min_value=1, max_value=50)


class WalletMachine(RuleBasedStateMachine):
    """One wallet, driven through every operation; the model is three numbers and two dicts."""

    def __init__(self) -> None:
        super().__init__()
        self.owner = uuid.uuid4()
        self.now = START
        self.steps = 0
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

    @rule(amount=AMOUNTS, days=st.none() | st.integers(min_value=1, max_value=20))
    def issue(self, amount, days):
        expires_at = self.now + timedelta(days=days) if days else None
        made = self._call(services.issue, amount=amount, expires_at=expires_at)
        self.posted += amount
        self.earned += amount
        self.left[made.id], self.direction[made.id] = amount, 1
        self.credit_of[made.id] = made.id

    @rule(amounts=st.lists(AMOUNTS, min_size=1, max_size=4), days=st.none() | st.just(5))
    def issue_many(self, amounts, days):
        """The same as so many single credits; a second time changes nothing."""
        self.steps += 1
        credits = [
            services.Credit(
                owner_id=self.owner,
                amount=amount,
                reason="test",
                source="test:1",
                key=f"{self.owner}:{self.steps}:{number}",
                expires_at=self.now + timedelta(days=days) if days else None,
            )
            for number, amount in enumerate(amounts)
        ]
        made = services.issue_many(credits=credits, unit="EUR", now=self.now)
        assert services.issue_many(credits=credits, unit="EUR", now=self.now) == made
        for number, amount in zip(made, amounts, strict=True):
            self.posted += amount
            self.earned += amount
            self.left[number], self.direction[number] = amount, 1
            self.credit_of[number] = number

    @precondition(lambda self: self.left)
    @rule(data=st.data())
    def reverse_many(self, data):
        """The same as so many single reversals, whatever became of each credit."""
        credits = sorted(number for number in self.left if self.direction[number] > 0)
        if not credits:
            return
        chosen = data.draw(st.lists(st.sampled_from(credits), min_size=1, unique=True))
        self.steps += 1
        reversals = [
            services.Reversal(
                transfer_id=number,
                amount=data.draw(st.integers(min_value=1, max_value=self.left[number])),
                reason="refund",
                source="test:2",
                key=f"{self.owner}:{self.steps}:{place}",
            )
            for place, number in enumerate(chosen)
            if self.left[number]
        ]
        if not reversals:
            return
        for one in reversals:
            self._give_expired_back(one.transfer_id, one.amount)
            self._taken_back(one.transfer_id, one.amount)
        services.reverse_many(reversals=reversals, now=self.now)
        services.reverse_many(reversals=reversals, now=self.now)

    @rule(amount=AMOUNTS)
    def promise(self, amount):
        self.steps += 1
        promise = services.Promise(
            owner_id=self.owner,
            amount=amount,
            reason="test",
            source="test:1",
            key=f"{self.owner}:{self.steps}",
            due_at=None,
        )
        (made,) = services.issue_pending(promises=[promise], unit="EUR", now=self.now)
        (again,) = services.issue_pending(promises=[promise], unit="EUR", now=self.now)
        assert again.id == made.id
        self.incoming += amount
        self.open[made.id], self.left[made.id] = (amount, True), amount
        self.direction[made.id] = 1

    @rule(amount=AMOUNTS, later=st.booleans())
    def spend(self, amount, later):
        enough = max(self.posted - self.held, 0) >= amount
        before = Transfer.objects.count()
        try:
            made = self._call(services.hold if later else services.redeem, amount=amount)
        except RicochetError as error:
            assert error.code == "insufficient_balance"
            assert not enough
            assert Transfer.objects.count() == before
            return
        assert enough
        self.left[made.id], self.direction[made.id] = amount, -1
        if later:
            self.held += amount
            self.open[made.id] = (amount, False)
        else:
            self.posted -= amount

    @precondition(lambda self: self.open)
    @rule(data=st.data(), post=st.booleans())
    def resolve(self, data, post):
        pending_id = data.draw(st.sampled_from(sorted(self.open)))
        amount, incoming = self.open.pop(pending_id)
        if post:
            made = services.post(pending_id=pending_id, now=self.now)
            self.credit_of[made.id] = pending_id
            self.posted += amount if incoming else -amount
            self.earned += amount if incoming else 0
        else:
            services.void(pending_id=pending_id, reason="test", now=self.now)
            del self.left[pending_id]
        if incoming:
            self.incoming -= amount
        else:
            self.held -= amount

    @precondition(lambda self: self.left)
    @rule(data=st.data(), amount=AMOUNTS)
    def reverse(self, data, amount):
        target = data.draw(st.sampled_from(sorted(self.left)))
        self.steps += 1
        call = {
            "transfer_id": target,
            "amount": amount,
            "reason": "refund",
            "source": "test:2",
            "key": f"{self.owner}:{self.steps}",
            "now": self.now,
        }
        if amount > self.left[target]:
            with pytest.raises(RicochetError):
                services.reverse(**call)
            return
        self._give_expired_back(target, amount)
        first = services.reverse(**call)
        assert services.reverse(**call).id == first.id  # the same key again: the same row
        self._taken_back(target, amount)

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

    @rule(amount=AMOUNTS)
    def correct(self, amount):
        """A correction takes from what was earned; spending does not."""
        if max(self.posted - self.held, 0) < amount:
            return
        made = self._call(services.redeem, amount=amount, destination=AccountKind.ADJUSTED)
        self.posted -= amount
        self.earned -= amount
        self.corrections[made.id] = amount

    @precondition(lambda self: self.corrections)
    @rule(data=st.data())
    def take_correction_back(self, data):
        target = data.draw(st.sampled_from(sorted(self.corrections)))
        amount = self.corrections.pop(target)
        self.steps += 1
        services.reverse(
            transfer_id=target,
            amount=amount,
            reason="mistake",
            source="test:3",
            key=f"{self.owner}:{self.steps}",
            now=self.now,
        )
        self.posted += amount
        self.earned += amount

    @rule(days=st.integers(min_value=1, max_value=10))
    def time_passes(self, days):
        self.now += timedelta(days=days)
        mine = Lot.objects.filter(wallet__owner_id=self.owner).values_list("pk", flat=True)
        for lot_id in set(mine) & set(selectors.expired_lots(now=self.now, limit=1000)):
            made = services.expire_lot(lot_id=lot_id, now=self.now)
            if made is not None:
                self.posted -= made.amount
                credit = self.credit_of.get(lot_id)
                if credit is not None:
                    self.expired[credit] = self.expired.get(credit, 0) + made.amount
            assert services.expire_lot(lot_id=lot_id, now=self.now) is None or self.held

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


def test_every_history_leaves_the_books_as_the_model_says(merchant):
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        WalletMachine,
        settings=settings(
            max_examples=effort(short=15, soak=400),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_transfer_cannot_be_edited_or_deleted(merchant):
    """R5: the database refuses, whatever the code does."""
    from django.db import DatabaseError, transaction

    made = services.issue(
        owner_id=uuid.uuid4(), unit="EUR", amount=5, reason="t", source="t:1", key="k", now=START
    )
    for attempt in (
        lambda: Transfer.objects.filter(id=made.id).update(amount=500),
        lambda: Transfer.objects.filter(id=made.id)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()
    assert Transfer.objects.get(id=made.id).amount == 5


def test_spending_takes_the_soonest_to_expire_first(merchant):
    owner = uuid.uuid4()
    for days, key in ((90, "late"), (10, "soon"), (None, "never")):
        services.issue(
            owner_id=owner,
            unit="EUR",
            amount=100,
            reason="t",
            source="t:1",
            key=key,
            now=START,
            expires_at=START + timedelta(days=days) if days else None,
        )
    services.redeem(
        owner_id=owner, unit="EUR", amount=150, reason="t", source="t:2", key="spend", now=START
    )
    left = {lot.transfer.key: lot.remaining for lot in Lot.objects.select_related("transfer")}
    assert left == {"soon": 0, "late": 50, "never": 100}


def test_a_debt_is_paid_by_later_earnings_first(merchant):
    """R4: what a refund takes back was spent already."""
    owner = uuid.uuid4()
    common = {"owner_id": owner, "unit": "EUR", "reason": "t", "source": "t:1", "now": START}
    earned = services.issue(amount=800, key="earned", **common)
    services.redeem(amount=600, key="spent", **common)
    services.reverse(
        transfer_id=earned.id, amount=800, reason="refund", source="t:2", key="back", now=START
    )
    assert selectors.balance(owner_id=owner, unit="EUR").debt == 600
    services.issue(amount=1000, key="later", **common)
    balance = selectors.balance(owner_id=owner, unit="EUR")
    assert (balance.available, balance.debt) == (400, 0)


def test_taking_back_what_expired_makes_no_debt(merchant):
    """A refund after the points have expired: nobody spent them, so nobody owes them."""
    owner = uuid.uuid4()
    common = {"owner_id": owner, "unit": "PTS", "reason": "t", "source": "t:1", "now": START}
    earned = services.issue(
        amount=100, key="earned", expires_at=START + timedelta(days=10), **common
    )
    services.redeem(amount=30, key="spent", **common)
    later = START + timedelta(days=11)
    services.expire_lot(lot_id=earned.id, now=later)
    for part, key in ((50, "first"), (50, "second")):
        services.reverse(
            transfer_id=earned.id, amount=part, reason="refund", source="t:2", key=key, now=later
        )
    after = selectors.balance(owner_id=owner, unit="PTS")
    # The 70 that expired are undone first; what is owed is what was spent.
    assert (after.available, after.debt, after.earned) == (0, 30, 0)
    assert selectors.discrepancies() == []


def test_many_reversals_go_in_few_statements_where_nothing_was_spent(
    merchant, django_assert_max_num_queries
):
    owners = [uuid.uuid4() for _ in range(20)]
    credits = [
        services.Credit(owner_id=owner, amount=10, reason="t", source="t:1", key=f"c{number}")
        for number, owner in enumerate(owners)
    ]
    services.issue_many(credits=credits, unit="PTS", now=START)
    with django_assert_max_num_queries(8):
        made = services.issue_many(
            credits=[replace(one, key=f"{one.key}-2") for one in credits], unit="PTS", now=START
        )
    services.redeem(
        owner_id=owners[0], unit="PTS", amount=15, reason="t", source="t:2", key="s", now=START
    )
    reversals = [
        services.Reversal(transfer_id=number, amount=10, reason="t", source="t:3", key=f"r{place}")
        for place, number in enumerate(made)
    ]
    with django_assert_max_num_queries(30):
        one_by_one = services.reverse_many(reversals=reversals, now=START)
    assert one_by_one == 1
    balances = selectors.balances(owner_ids=owners, unit="PTS")
    assert (balances[owners[0]].debt, balances[owners[1]].available) == (5, 10)
    assert selectors.discrepancies() == []


def test_many_credits_are_refused_together(merchant):
    """One bad row leaves none behind."""
    from kernel.ledger.errors import InvalidAmountError, ReversalTooLargeError

    owner = uuid.uuid4()
    good = services.Credit(owner_id=owner, amount=10, reason="t", source="t:1", key="good")
    with pytest.raises(InvalidAmountError):
        services.issue_many(
            credits=[good, replace(good, amount=0, key="bad")], unit="PTS", now=START
        )
    assert not Transfer.objects.exists()
    (made,) = services.issue_many(credits=[good], unit="PTS", now=START)
    too_much = services.Reversal(
        transfer_id=made, amount=11, reason="t", source="t:2", key="too much"
    )
    with pytest.raises(ReversalTooLargeError):
        services.reverse_many(reversals=[too_much], now=START)
    assert selectors.balance(owner_id=owner, unit="PTS").available == 10


def test_the_same_key_with_another_amount_is_refused(merchant):
    """R3."""
    from kernel.ledger.errors import KeyReusedError

    common = {
        "owner_id": uuid.uuid4(),
        "unit": "EUR",
        "reason": "t",
        "source": "t",
        "key": "k",
        "now": START,
    }
    first = services.issue(amount=5, **common)
    assert services.issue(amount=5, **common).id == first.id
    with pytest.raises(KeyReusedError):
        services.issue(amount=6, **common)
    assert Transfer.objects.filter(kind=TransferKind.POSTED).count() == 1


def test_two_promises_to_one_wallet_add_up(merchant):
    owner = uuid.uuid4()
    promises = [
        services.Promise(
            owner_id=owner, amount=amount, reason="t", source="t", key=f"p{amount}", due_at=None
        )
        for amount in (300, 500)
    ]
    made = services.issue_pending(promises=promises, unit="EUR", now=START)
    assert selectors.balance(owner_id=owner, unit="EUR").pending == 800
    for transfer in made:
        services.post(pending_id=transfer.id, now=START)
    assert selectors.balance(owner_id=owner, unit="EUR").available == 800
    assert selectors.discrepancies() == []
