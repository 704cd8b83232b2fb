"""The books' own rules, one by one: what is refused, what comes first, what many do at once."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kernel.ledger import selectors, services
from kernel.ledger.models import Lot, Transfer, TransferKind

START = datetime(2026, 1, 1, tzinfo=UTC)


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
