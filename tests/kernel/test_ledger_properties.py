"""R5: after every step of a random history the database equals a model of a few lines."""

import uuid
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from kernel.errors import RicochetError
from kernel.ledger import selectors, services
from kernel.ledger.models import AccountKind, Lot, Transfer
from tests.fixtures.effort import effort
from tests.kernel.wallet_model import WalletModel

AMOUNTS = st.integers(min_value=1, max_value=50)


class WalletMachine(WalletModel):
    """One wallet, driven through every operation."""

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

    @precondition(lambda self: not self.merged)
    @rule(into_new=st.booleans(), amount=AMOUNTS, spent=AMOUNTS, debt=st.booleans())
    def merge(self, into_new, amount, spent, debt):
        """Another wallet pours into this one, or this one into another: all goes on as before."""
        other, self.steps, self.merged = uuid.uuid4(), self.steps + 1, True
        common = {"owner_id": other, "unit": "EUR", "reason": "t", "source": "t:9", "now": self.now}
        credit = services.issue(amount=amount, key=f"{other}:credit", **common)
        self.posted, self.earned = self.posted + amount, self.earned + amount
        self.left[credit.id], self.direction[credit.id] = amount, 1
        self.credit_of[credit.id] = credit.id
        if spent <= amount:
            made = services.redeem(amount=spent, key=f"{other}:spent", **common)
            self.posted -= spent
            self.left[made.id], self.direction[made.id] = spent, -1
        if debt:
            services.reverse(
                transfer_id=credit.id,
                amount=amount,
                reason="refund",
                source="t:9",
                key=f"{other}:back",
                now=self.now,
            )
            self._taken_back(credit.id, amount)
        old, new = (self.owner, other) if into_new else (other, self.owner)
        for _twice in range(2):
            services.merge(from_owner=old, into_owner=new, source="t:9", now=self.now)
        self.owner = new

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
