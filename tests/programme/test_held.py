"""What is held back (R43) is counted, closed and opened again as what it is."""

import pytest

from tenants.profiles.models import Profile
from tenants.programme import conductor, figures, hand_referrals, verifying
from tenants.referrals.models import Referral
from tests.fixtures.programme import NOW, make_order

HOME = "12, rue des Lilas - 75011 Paris"


@pytest.fixture
def held(camille: Profile) -> Referral:
    """Thomas ordered with Camille's code, to her address."""
    own = make_order(camille.email, external_id="OWN", shipping_address=HOME)
    conductor.order_received(order=own, now=NOW)
    code = camille.referral_code.code
    order = make_order(referral_code=code, shipping_address=HOME)
    referral = conductor.order_received(order=order, now=NOW).referral
    assert referral is not None
    return Referral.objects.get(id=referral.id)


def test_a_held_referral_that_was_closed_and_opened_again_waits_for_an_answer(
    held: Referral,
) -> None:
    """It is held as before, without dates, and a yes gives it one."""
    hand_referrals.close(referral_id=held.id, author_id=None, now=NOW)
    hand_referrals.reopen(referral_id=held.id, author_id=None, now=NOW)
    held.refresh_from_db()
    assert held.state == "held"
    assert {reward.due_at for reward in held.rewards.all()} == {None}
    accepted = verifying.accept(referral_id=held.id, author_id=None, now=NOW)
    assert accepted.state == "pending"
    assert all(reward.due_at for reward in held.rewards.all())


def test_who_is_held_is_no_new_customer_until_somebody_said_yes(held: Referral) -> None:
    assert not figures.brought(Referral.objects.all()).exists()
    verifying.accept(referral_id=held.id, author_id=None, now=NOW)
    assert figures.brought(Referral.objects.all()).count() == 1
