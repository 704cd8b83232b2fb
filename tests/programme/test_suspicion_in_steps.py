"""A referral that is rewarded in two steps, the account and then the order, and looks odd (R43)."""

from datetime import timedelta

import pytest

from kernel.ledger import selectors as ledger
from tenants.activity.models import Source
from tenants.activity.types import RefundInput
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import clock, conductor, verifying
from tenants.referrals.facts import Clues
from tenants.referrals.models import Referral
from tests.fixtures.programme import NOW, make_camille, make_order, publish

LATER = NOW + timedelta(days=20)


@pytest.fixture
def camille(merchant: object) -> Profile:
    """The account is worth 2 € to her, the order 8 €; she ordered from a device herself."""
    publish(referrer_account_amount=200, referee_amount=0)
    camille = make_camille()
    own = make_order(camille.email, external_id="OWN", device="abc")
    conductor.order_received(order=own, now=NOW)
    conductor.account_created(
        identity=Identity(email="thomas@exemple.fr"),
        source=Source.API,
        at=NOW,
        now=NOW,
        clues=Clues(typed_code=camille.referral_code.code),
    )
    return camille


def order(now: object) -> None:
    """Thomas orders from her device."""
    conductor.order_received(order=make_order(device="abc", ordered_at=now), now=now)  # type: ignore[arg-type]


def held(camille: Profile) -> tuple[int, int]:
    found = ledger.balance(owner_id=camille.id, unit="EUR")
    return found.available, found.pending


def test_an_odd_order_is_held_also_where_the_account_was_paid(camille: Profile) -> None:
    """What the account gave does not vouch for the order."""
    clock.settle(now=LATER, limit=10)
    assert held(camille) == (200, 0)
    order(LATER)
    referral = Referral.objects.get()
    assert referral.state == "held"
    clock.settle(now=LATER + timedelta(days=20), limit=10)
    assert held(camille) == (200, 800)
    verifying.accept(referral_id=referral.id, author_id=None, now=LATER)
    referral.refresh_from_db()
    assert referral.state == "validated"
    clock.settle(now=LATER + timedelta(days=20), limit=10)
    assert held(camille) == (1000, 0)


def test_a_refund_does_not_end_the_wait_for_somebodys_yes(camille: Profile) -> None:
    """The account's part is still promised, and still held."""
    order(NOW)
    refund = RefundInput(external_id="R", amount=6000, refunded_at=NOW)
    conductor.refund_received(order_id="LUM-1", refund=refund, now=NOW)
    assert Referral.objects.get().state == "held"
    clock.settle(now=LATER, limit=10)
    assert held(camille) == (0, 200)
