"""What the night finds, and `billing sync`."""

import io
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from billing.models import Account, AccountState, StripeEvent
from billing.plans import SOLD
from billing.services.accounts import set_plan
from billing.stripe import catalogue
from billing.stripe.reconcile import fetch_lost, nightly
from billing.stripe.sync import sync
from tests.billing.stripe.conftest import Shop

TOLD: list[UUID] = []


def note(*, tenant_id: UUID, now: datetime) -> None:
    """Stands where the floor above hears that something changed."""
    TOLD.append(tenant_id)


def billing(*arguments: str) -> str:
    said = io.StringIO()
    call_command("billing", *arguments, stdout=said)
    return said.getvalue()


def test_sync_shows_what_differs_and_mends_when_asked(shop: Shop) -> None:
    shop.advance(days=40)
    shop.double.pay(shop.checkout())
    shown = billing("sync")
    assert "the local double plays Stripe" in shown
    assert "state: trialing here, active at Stripe" in shown
    assert shop.account.state == AccountState.TRIALING, "showing changes nothing"
    assert "Accounts mended: 1." in billing("sync", "--mend")
    assert shop.account.state == AccountState.ACTIVE
    assert "Differences: 0." in billing("sync")


def test_lost_events_are_fetched_once(shop: Shop) -> None:
    shop.double.pay(shop.checkout())
    known = shop.double.events()[0]["id"]
    shop.hear([known])
    assert fetch_lost(now=shop.now) == len(shop.double.events()) - 1
    assert fetch_lost(now=shop.now) == 0
    assert StripeEvent.objects.count() == len(shop.double.events())
    shop.work()
    assert shop.account.stripe_subscription_id


def of_nobody(shop: Shop) -> Account:
    """An account whose customer does not exist at Stripe; it is read before the shop's own."""
    return Account.objects.create(
        id=UUID(int=1),
        tenant_id="0197a000-0000-7000-8000-000000000000",
        plan="growing",
        state=AccountState.ACTIVE,
        stripe_customer_id="cus_of_nobody",
        created_at=shop.now,
    )


def test_sync_goes_on_after_an_account_that_cannot_be_read_and_names_it(shop: Shop) -> None:
    shop.double.pay(shop.checkout())
    of_nobody(shop)
    said = io.StringIO()
    for arguments in (["sync"], ["sync", "--mend"]):
        with pytest.raises(CommandError, match=r"0197a000.*payment_refused"):
            call_command("billing", *arguments, stdout=said)
    assert "Accounts mended: 1." in said.getvalue()
    assert shop.account.stripe_subscription_id


def test_what_a_merchant_may_use_is_told_only_when_something_differs(
    shop: Shop, settings: LazySettings
) -> None:
    settings.ENTITLEMENTS_CHANGED = f"{__name__}.note"
    TOLD.clear()
    shop.double.pay(shop.checkout())
    for _ in range(2):
        sync(account_id=shop.account.id, now=shop.now)
    assert [shop.tenant.id] == TOLD


def test_one_account_that_cannot_be_mended_does_not_stop_the_others(shop: Shop) -> None:
    shop.double.pay(shop.checkout())
    strange = of_nobody(shop)
    nightly(now=shop.now)
    assert shop.account.stripe_subscription_id
    strange.refresh_from_db()
    assert strange.state == AccountState.ACTIVE


def test_a_price_made_by_hand_leaves_the_plan_as_it_was(shop: Shop) -> None:
    shop.subscribe()
    store = shop.double.world.store
    subscription = store.get(shop.account.stripe_subscription_id)
    subscription["items"]["data"][0]["price"] |= {"lookup_key": None, "metadata": {}}
    store.put(subscription)
    nightly(now=shop.now)
    assert shop.account.plan == "growing"


def test_who_pays_a_price_that_was_replaced_has_its_plan_and_keeps_what_was_chosen(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.advance(days=40)
    shop.subscribe("growing", "year")
    shop.change("starter")
    dearer = tuple(replace(plan, month=plan.month + 500, year=plan.year + 5_000) for plan in SOLD)
    monkeypatch.setattr(catalogue, "SOLD", dearer)
    catalogue.fill(said=lambda _: None)
    paid = shop.double.subscription(shop.account.stripe_subscription_id)["items"]["data"][0]
    assert paid["price"]["lookup_key"] is None
    Account.objects.update(plan="scale", interval="", next_plan="", next_interval="")
    nightly(now=shop.now)
    account = shop.account
    assert (account.plan, account.interval) == ("growing", "year")
    assert (account.next_plan, account.next_interval) == ("starter", "month")


def test_what_the_operator_gave_after_the_end_is_not_taken_back(shop: Shop) -> None:
    shop.advance(days=40)
    shop.subscribe()
    shop.double.client.v1.subscriptions.cancel(shop.account.stripe_subscription_id)
    shop.hear()
    assert shop.account.state == AccountState.CANCELED
    set_plan(tenant_id=shop.tenant.id, plan="scale", now=shop.now)
    nightly(now=shop.now)
    assert (shop.account.plan, shop.account.state) == ("scale", AccountState.FREE)


def test_products_says_what_it_made(shop: Shop) -> None:
    assert "ricochet_growing_month: price_" in billing("products")
    with pytest.raises(CommandError):
        call_command("billing", "nonsense")
