"""Buying: one purchase for however many clicks and tabs, and the rest of a trial is kept."""

import pytest
from django.conf import LazySettings

from billing.models import Account, AccountState
from billing.sandbox.errors import RefusalError
from billing.stripe import catalogue
from billing.stripe.catalogue import NothingToSellError
from billing.stripe.checkout import AlreadySubscribedError
from billing.stripe.client import StripeUnavailableError
from billing.stripe.sync import sync
from tests.billing.stripe.conftest import Shop


def test_a_double_click_is_one_checkout(shop: Shop) -> None:
    assert shop.checkout(attempt="a") == shop.checkout(attempt="a")
    assert len(shop.double.client.v1.customers.list().data) == 1


def test_of_two_checkouts_at_once_the_later_one_can_be_paid(shop: Shop) -> None:
    first, second = shop.checkout(attempt="a"), shop.checkout("starter", attempt="b")
    with pytest.raises(RefusalError, match="over"):
        shop.double.pay(first)
    shop.double.pay(second)
    shop.hear()
    assert (shop.account.plan, shop.account.state) == ("starter", AccountState.TRIALING)


def test_two_checkouts_paid_in_the_same_moment_leave_one_subscription(shop: Shop) -> None:
    """The other ends at once, and what it cost is credit for the next invoices."""
    shop.advance(days=40)
    first = shop.checkout(attempt="a")
    second = shop.double.client.v1.checkout.sessions.retrieve(first, {"expand": ["line_items"]})
    price = second.line_items.data[0].price.id
    other = shop.double.client.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "customer": shop.account.stripe_customer_id,
            "line_items": [{"price": price, "quantity": 1}],
            "success_url": "https://example.fr/",
        }
    )
    shop.double.pay(first)
    shop.double.pay(other.id)
    shop.hear()
    living = shop.double.client.v1.subscriptions.list().data
    assert [one.id for one in living] == [shop.account.stripe_subscription_id]
    customer = shop.double.world.need(shop.account.stripe_customer_id, "customer")
    assert customer["balance"] < 0
    sync(account_id=shop.account.id, now=shop.now)
    assert len(shop.double.client.v1.subscriptions.list({"status": "all"}).data) == 2


def test_who_subscribes_cannot_buy_again(shop: Shop) -> None:
    shop.subscribe()
    with pytest.raises(AlreadySubscribedError):
        shop.checkout(attempt="b")


def test_who_paid_a_moment_ago_cannot_buy_again_though_no_event_came(shop: Shop) -> None:
    shop.double.pay(shop.checkout())
    with pytest.raises(AlreadySubscribedError):
        shop.checkout(attempt="b")
    assert shop.account.stripe_subscription_id, "what was found out stays"


def test_the_rest_of_a_trial_is_kept(shop: Shop) -> None:
    ends = shop.account.trial_ends_at
    shop.advance(days=10)
    shop.subscribe()
    account = shop.account
    assert (account.state, account.trial_ends_at) == (AccountState.TRIALING, ends)
    assert {invoice["total"] for invoice in shop.double.world.store.all("invoice")} == {0}


def test_a_trial_that_is_nearly_over_is_paid_at_once(shop: Shop) -> None:
    """Stripe takes over no trial of less than two days."""
    shop.advance(days=29)
    shop.subscribe()
    assert shop.account.state == AccountState.ACTIVE


def test_a_declined_card_leaves_nothing_and_another_one_pays(shop: Shop) -> None:
    shop.advance(days=40)
    session = shop.checkout()
    for card in ("declined", "fails_later"):
        with pytest.raises(RefusalError):
            shop.double.pay(session, card=card)
    shop.hear()
    assert shop.account.state == AccountState.TRIALING and not shop.account.stripe_subscription_id
    shop.double.pay(session, card="secure")
    shop.hear()
    assert shop.account.state == AccountState.ACTIVE


def test_a_page_that_lay_about_opens_a_new_checkout(shop: Shop) -> None:
    """Its own is over by then; the key of its button must not lead there again."""
    first = shop.checkout(attempt="a")
    shop.checkout(attempt="b")
    again = shop.checkout(attempt="a")
    assert again != first
    shop.double.pay(again)


def test_without_prices_or_without_stripe_nothing_is_begun(
    shop: Shop, settings: LazySettings
) -> None:
    for price in shop.double.client.v1.prices.list({"limit": 100}).data:
        shop.double.client.v1.prices.update(price.id, {"active": False})
    with pytest.raises(NothingToSellError):
        shop.checkout()
    settings.STRIPE_API_URL = "http://127.0.0.1:1"
    with pytest.raises(StripeUnavailableError):
        shop.checkout(attempt="b")
    assert Account.objects.get().stripe_subscription_id is None


def test_the_plans_are_put_on_sale_once_and_a_new_price_takes_the_key_over(shop: Shop) -> None:
    prices = shop.double.client.v1.prices
    before = {price.lookup_key: price.id for price in prices.list({"limit": 100}).data}
    assert set(before) == {
        f"ricochet_{plan}_{every}"
        for plan in ("starter", "growing", "scale")
        for every in ("month", "year")
    }
    catalogue.fill(said=lambda _: None)
    assert len(prices.list({"limit": 100}).data) == 6
    old = prices.list({"lookup_keys": ["ricochet_growing_month"]}).data[0]
    store = shop.double.world.store
    store.put(store.get(old.id) | {"unit_amount": 6_900})
    shop.subscribe()
    catalogue.fill(said=lambda _: None)
    new = prices.list({"lookup_keys": ["ricochet_growing_month"]}).data[0]
    assert new.id != old.id and new.unit_amount == 7_900
    assert prices.retrieve(old.id).active is False
    assert len(shop.double.client.v1.billing_portal.configurations.list().data) == 1
