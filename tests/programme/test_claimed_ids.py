"""An id of the shop that only a browser spoke of: the order that came with it counts for nothing
before somebody confirms it, also once the shop has given the id to somebody else.
"""

from tenants.activity.models import Order, OrderState, Source
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import by_hand
from tenants.referrals.models import Referral
from tests.fixtures.programme import NOW, make_camille, publish
from tests.programme.test_attribution import balance, code, receive


def orphaned(order_of):
    """A browser reports an order of C-1, by Camille's code; then the shop says: C-1 is Zoé."""
    publish(pending_days=0)
    camille = make_camille()
    receive(order_of(external_id="S-0", email="zoe@exemple.fr"))
    claimed = Identity(external_id="C-1")
    outcome = receive(
        order_of(
            external_id="T-1", source=Source.TRACKER, customer=claimed, referral_code=code(camille)
        )
    )
    theirs = Identity(email="zoe@exemple.fr", external_id="C-1")
    receive(order_of(external_id="S-1", customer=theirs))
    return camille, outcome.order


def test_what_a_browser_claimed_counts_for_nobody(merchant, order_of):
    camille, order = orphaned(order_of)
    order.refresh_from_db()
    orphan, zoe = order.profile, Profile.objects.get(email="zoe@exemple.fr")
    assert (order.state, orphan.external_id, zoe.external_id) == (OrderState.REPORTED, None, "C-1")
    assert (orphan.order_count, zoe.order_count) == (0, 2)
    assert balance(camille).available == 0 and balance(orphan).available == 0
    assert not Referral.objects.filter(state="validated").exists()


def test_the_merchant_may_still_confirm_it_by_hand(merchant, order_of):
    """The record has neither id nor address left: it is meant by itself."""
    camille, order = orphaned(order_of)
    for _twice in range(2):
        by_hand.confirm_order(order_id=order.id, now=NOW)
    order.refresh_from_db()
    assert order.state == OrderState.CONFIRMED and order.profile.order_count == 1
    assert Order.objects.count() == 3
    assert Profile.objects.get(email="zoe@exemple.fr").order_count == 2
    # Whoever a friend brought is rewarded for once, by the merchant's own word.
    assert balance(camille).available == 800
