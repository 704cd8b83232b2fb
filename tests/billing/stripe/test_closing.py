"""A merchant that closes pays no more; one that stays after all goes on as before."""

import pytest
from django.conf import LazySettings

from billing.models import AccountState, Closing
from billing.stripe import changing
from kernel.outbox.models import Event, EventState
from tenants.models import Tenant
from tenants.provisioning import lifecycle
from tests.billing.stripe.conftest import Shop


def tenant_of(shop: Shop) -> Tenant:
    return Tenant.objects.get(id=shop.tenant.id)


def test_a_merchant_whose_deletion_waits_is_billed_no_more(paying: Shop) -> None:
    lifecycle.schedule_deletion(tenant=paying.tenant, now=paying.now)
    paying.work()
    account = paying.account
    assert account.state == AccountState.ACTIVE and account.cancel_at == account.period_ends_at
    paid = len(paying.double.world.store.all("invoice"))
    paying.advance(days=60)
    paying.hear()
    assert paying.account.state == AccountState.CANCELED
    assert len(paying.double.world.store.all("invoice")) == paid


def test_called_off_the_subscription_goes_on(paying: Shop) -> None:
    lifecycle.schedule_deletion(tenant=paying.tenant, now=paying.now)
    paying.work()
    lifecycle.resume(tenant=tenant_of(paying), now=paying.now)
    paying.work()
    assert (paying.account.cancel_at, paying.account.closing) == (None, Closing.NO)
    paying.advance(days=31)
    paying.hear()
    assert paying.account.state == AccountState.ACTIVE


def test_an_end_that_the_owner_chose_is_not_taken_back(paying: Shop) -> None:
    changing.cancel(account_id=paying.account.id, now=paying.now)
    lifecycle.schedule_deletion(tenant=paying.tenant, now=paying.now)
    paying.work()
    lifecycle.resume(tenant=tenant_of(paying), now=paying.now)
    paying.work()
    assert paying.account.cancel_at is not None


def test_a_planned_downgrade_gives_way_to_the_end(paying: Shop) -> None:
    paying.change("starter")
    lifecycle.schedule_deletion(tenant=paying.tenant, now=paying.now)
    paying.work()
    assert paying.account.cancel_at is not None and paying.account.next_plan == ""


def test_a_deleted_merchant_s_subscription_ends_at_once(
    paying: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one of a year, whose period would outlive the merchant by far."""
    monkeypatch.setattr("tenants.provisioning.replay.drop", lambda _schema: None)
    paying.change("growing", "year")
    lifecycle.delete_now(tenant=paying.tenant, now=paying.now)
    paying.work()
    paying.work()
    assert paying.account.state == AccountState.CANCELED
    alive = [
        row for row in paying.double.world.store.all("subscription") if row["status"] != "canceled"
    ]
    assert alive == []


def test_closed_and_opened_at_once_nothing_is_left_at_stripe(paying: Shop) -> None:
    """Both events are handled after both acts: each does what stands on the account then."""
    lifecycle.schedule_deletion(tenant=paying.tenant, now=paying.now)
    lifecycle.resume(tenant=tenant_of(paying), now=paying.now)
    paying.work()
    assert paying.account.cancel_at is None


def test_a_checkout_that_is_paid_after_the_closing_is_not_renewed(shop: Shop) -> None:
    """The page at Stripe lay open while the merchant closed."""
    session = shop.checkout()
    lifecycle.schedule_deletion(tenant=shop.tenant, now=shop.now)
    shop.work()
    shop.double.pay(session)
    shop.hear()
    shop.work()
    assert shop.account.stripe_subscription_id and shop.account.cancel_at is not None


def test_with_stripe_away_it_ends_as_soon_as_stripe_is_back(
    paying: Shop, settings: LazySettings
) -> None:
    settings.STRIPE_API_URL = "http://127.0.0.1:9"
    lifecycle.schedule_deletion(tenant=paying.tenant, now=paying.now)
    paying.work()
    waiting = Event.objects.filter(kind="billing.follow_merchant", state=EventState.PENDING)
    assert waiting.count() == 1 and paying.account.cancel_at is None
    settings.STRIPE_API_URL = paying.double.url
    paying.advance(days=0.1)
    paying.work()
    assert paying.account.cancel_at is not None


def test_a_merchant_that_never_bought_closes_without_a_word_to_stripe(shop: Shop) -> None:
    lifecycle.schedule_deletion(tenant=shop.tenant, now=shop.now)
    assert not Event.objects.filter(kind="billing.follow_merchant").exists()
    assert shop.account.closing == Closing.PERIOD_END
