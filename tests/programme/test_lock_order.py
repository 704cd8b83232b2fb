"""R13: whoever locks a referral, its rewards and wallets takes them in one order.

A deadlock would be tried again and never seen; the order itself is what is watched here.
"""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.activity.models import Source
from tenants.activity.types import RefundInput
from tenants.programme import conductor, hand_referrals
from tenants.programme.models import Reward
from tenants.referrals.models import Referral
from tests.fixtures.programme import NOW

ORDER = ["referrals_referral", "programme_reward", "ledger_account"]
LATER = NOW + timedelta(days=15)


def post(_order_of) -> None:
    for number in Reward.objects.values_list("transfer_id", flat=True):
        conductor.post_due_reward(transfer_id=number, now=LATER)


def refund(_order_of) -> None:
    given = RefundInput(external_id="R1", amount=6000, refunded_at=NOW)
    conductor.refund_received(order_id="LUM-1", refund=given, now=NOW)


def remove(_order_of) -> None:
    hand_referrals.remove_referral(referral_id=Referral.objects.get().id, author_id=None, now=NOW)


def replace(order_of) -> None:
    """The same customer's confirmed order ends what only a browser had said."""
    conductor.order_received(order=order_of(external_id="LUM-2", referral_code=_code()), now=NOW)


def _code() -> str:
    return Referral.objects.get().code_used


def locked_tables(captured: CaptureQueriesContext) -> list[str]:
    """The tables whose rows were locked, in the order in which each was locked first."""
    found: list[str] = []
    for query in captured.captured_queries:
        if "FOR UPDATE" not in query["sql"]:
            continue
        table = re.search(r'FROM "?(\w+)"?', query["sql"])
        assert table is not None
        if table[1] in ORDER and table[1] not in found:
            found.append(table[1])
    return found


@pytest.mark.parametrize(
    ("act", "source"),
    [
        (post, Source.API),
        (refund, Source.API),
        (remove, Source.API),
        (replace, Source.TRACKER),
    ],
)
def test_locks_are_taken_in_one_order(
    camille, order_of, act: Callable[..., None], source: Source
) -> None:
    told = order_of(referral_code=camille.referral_code.code, source=source)
    conductor.order_received(order=told, now=NOW)
    with CaptureQueriesContext(connection) as captured:
        act(order_of)
    taken = locked_tables(captured)
    assert taken == ORDER
