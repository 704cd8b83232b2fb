"""What comes late, twice or as a test: nothing is granted for it, and nothing true is lost."""

from datetime import timedelta

from kernel.ledger import selectors as ledger
from tenants.activity.models import OrderState, Source
from tenants.activity.types import RefundInput
from tenants.profiles.models import Profile
from tenants.programme import conductor
from tenants.programme.models import Reward
from tenants.referrals.models import Referral, ReferralState
from tests.fixtures.programme import NOW

SOON = NOW + timedelta(minutes=10)


def receive(order, now=NOW):
    return conductor.order_received(order=order, now=now)


def refund(amount, now=NOW):
    return conductor.refund_received(
        order_id="LUM-1",
        refund=RefundInput(external_id="R1", amount=amount, refunded_at=now),
        now=now,
    )


def code(profile):
    return profile.referral_code.code


def test_a_late_clue_to_a_refunded_order_grants_nothing(camille, order_of):
    """R4: the money went back before anybody said who had sent the customer."""
    receive(order_of())
    refund(6000)
    told = receive(order_of(source=Source.TRACKER, referral_code=code(camille)), now=SOON)
    assert told.referral is None
    assert ledger.balance(owner_id=camille.id, unit="EUR").pending == 0


def test_a_test_order_sent_again_still_grants_nothing(camille, order_of):
    receive(order_of(referral_code=code(camille), is_test=True))
    receive(order_of(referral_code=code(camille), is_test=True), now=SOON)
    receive(order_of(referral_code=code(camille)), now=SOON)
    assert not Reward.objects.exists()
    assert not Referral.objects.exists()


def test_an_announced_order_that_the_shop_calls_a_test_takes_its_promises_back(camille, order_of):
    receive(order_of(source=Source.TRACKER, referral_code=code(camille)))
    assert ledger.balance(owner_id=camille.id, unit="EUR").pending == 800
    order = receive(order_of(is_test=True), now=SOON).order
    order.refresh_from_db()
    assert (order.is_test, order.state) == (True, OrderState.CONFIRMED)
    assert ledger.balance(owner_id=camille.id, unit="EUR").pending == 0
    assert Profile.objects.get(id=order.profile_id).order_count == 0


def test_the_code_that_only_the_shop_knows_counts_when_it_confirms(camille, order_of):
    """The browser announced the order without a code; the shop's server sends the typed one."""
    receive(order_of(source=Source.TRACKER))
    tomorrow = NOW + timedelta(days=1)
    confirmed = receive(order_of(referral_code=code(camille)), now=tomorrow)
    assert confirmed.referral is not None
    assert confirmed.referral.state == ReferralState.PENDING
    assert ledger.balance(owner_id=camille.id, unit="EUR").pending == 800
    receive(order_of(referral_code=code(camille)), now=tomorrow)
    assert Reward.objects.count() == 2


def test_the_refund_of_a_test_takes_nothing_off_what_was_really_bought(camille, order_of):
    thomas = receive(order_of(external_id="LUM-2")).order.profile
    receive(order_of(is_test=True), now=SOON)
    refund(6000, now=SOON)
    thomas.refresh_from_db()
    assert thomas.order_total == 6000


def test_a_test_order_is_no_earlier_purchase(camille, order_of):
    receive(order_of(is_test=True))
    receive(order_of(external_id="LUM-2"), now=SOON)
    late = order_of(external_id="LUM-2", source=Source.TRACKER, referral_code=code(camille))
    told = receive(late, now=SOON)
    assert told.referral is not None
    assert not told.referral.refusal
