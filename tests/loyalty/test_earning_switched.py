"""Loyalty switched on and off: what it asks of the database, and what it still takes back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.ledger import selectors as ledger
from tenants import features
from tenants.activity.types import RefundInput
from tenants.features import Feature
from tenants.profiles.models import Profile
from tenants.programme import conductor
from tests.fixtures.loyalty import publish_loyalty
from tests.fixtures.programme import NOW, make_order

pytestmark = pytest.mark.usefixtures("in_points")


def order(**changes):
    return conductor.order_received(order=make_order(**changes), now=NOW)


def test_where_loyalty_is_off_an_order_asks_the_database_nothing_more(merchant):
    """FS-04; and at most three statements more where it is on."""
    features.switch(tenant_id=merchant.id, off=[Feature.TIERS])
    publish_loyalty()
    order(external_id="LUM-0")  # the wallet is there, and the statements are known
    features.switch(tenant_id=merchant.id, off=[Feature.LOYALTY])
    with CaptureQueriesContext(connection) as off:
        order(external_id="LUM-1")
    features.switch(tenant_id=merchant.id, on=[Feature.LOYALTY])
    with CaptureQueriesContext(connection) as on:
        assert order(external_id="LUM-2").earning is not None
    asked = [q["sql"] for q in off.captured_queries]
    assert not [sql for sql in asked if "loyalty_" in sql or "ledger_" in sql]
    assert len(on) - len(off) == 3


def test_what_was_earned_is_taken_back_also_when_the_module_was_switched_off(merchant):
    publish_loyalty()
    order()
    features.switch(tenant_id=merchant.id, off=[Feature.LOYALTY])
    conductor.refund_received(
        order_id="LUM-1",
        refund=RefundInput(external_id="R1", amount=6000, refunded_at=NOW),
        now=NOW,
    )
    profile = Profile.objects.get(email="thomas@exemple.fr")
    assert ledger.balance(owner_id=profile.id, unit="PTS").posted == 0
