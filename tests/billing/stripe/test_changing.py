"""Another plan, leaving, coming back: what is said beforehand is what happens."""

import pytest

from billing.models import AccountState, Invoice
from billing.plans import PLANS, PlanKey
from billing.stripe import changing
from billing.stripe.changing import UnpaidError, When
from billing.stripe.client import CardDeclinedError
from billing.stripe.customers import NotSubscribedError
from tests.billing.stripe.conftest import Shop


@pytest.fixture
def paying(shop: Shop) -> Shop:
    """A merchant who pays for Growing by the month, in the middle of a period."""
    shop.advance(days=40)
    shop.subscribe()
    shop.advance(days=10)
    return shop


def foresee(shop: Shop, plan: str, interval: str = "month") -> changing.Change:
    return changing.foresee(
        account=shop.account,
        plan=PLANS[PlanKey(plan)],
        interval=interval,
        now=shop.now,
    )


def test_what_is_said_of_an_upgrade_is_what_is_billed(paying: Shop) -> None:
    said = foresee(paying, "scale")
    assert said.when == When.NOW and said.due > 0 and said.tax > 0
    paying.advance(days=0.1)  # the page lies open for two hours
    changing.change(
        account_id=paying.account.id,
        plan=PLANS[PlanKey.SCALE],
        interval="month",
        as_of=said.as_of,
        now=paying.now,
    )
    assert paying.account.plan == "scale"
    assert Invoice.objects.latest("created_at").total == said.due


def test_a_double_click_upgrades_once(paying: Shop) -> None:
    for _ in range(2):
        paying.change("scale")
    paid = Invoice.objects.filter(billing_reason="subscription_update")
    assert paid.count() == 1


def test_a_double_click_downgrades_once_and_another_choice_takes_its_place(paying: Shop) -> None:
    for _ in range(2):
        paying.change("starter")
    account = paying.account
    assert (account.plan, account.next_plan) == ("growing", "starter")
    assert len(paying.double.world.store.all("subscription_schedule")) == 1
    paying.change("scale", "year")
    account = paying.account
    assert (account.plan, account.interval, account.next_plan) == ("scale", "year", "")


def test_the_plan_that_one_has_takes_a_downgrade_back(paying: Shop) -> None:
    paying.change("starter")
    paying.change("growing")
    assert (paying.account.plan, paying.account.next_plan) == ("growing", "")
    paying.advance(days=31)
    paying.hear()
    assert paying.account.plan == "growing"


def test_a_shorter_interval_waits_for_what_is_paid(paying: Shop) -> None:
    paying.change("growing", "year")
    assert paying.account.interval == "year"
    assert foresee(paying, "growing").when == When.LATER
    paying.change("growing")
    assert (paying.account.interval, paying.account.next_interval) == ("year", "month")


def test_a_card_that_is_declined_changes_nothing(paying: Shop) -> None:
    paying.change("starter")
    paying.script_card(fails=[1])
    with pytest.raises(CardDeclinedError):
        paying.change("scale")
    paying.hear()
    assert (paying.account.plan, paying.account.state) == ("growing", AccountState.ACTIVE)


def test_within_the_trial_nothing_is_billed(shop: Shop) -> None:
    shop.subscribe("growing")
    assert foresee(shop, "scale").when == When.TRIAL
    shop.change("scale")
    account = shop.account
    assert (account.plan, account.state) == ("scale", AccountState.TRIALING)
    assert set(Invoice.objects.values_list("total", flat=True)) == {0}


def test_an_open_invoice_comes_first(paying: Shop) -> None:
    paying.script_card(fails=[1, 2, 3, 4])
    paying.advance(days=22)
    paying.hear()
    with pytest.raises(UnpaidError):
        foresee(paying, "scale")
    with pytest.raises(UnpaidError):
        paying.change("scale")
    changing.cancel(account_id=paying.account.id, now=paying.now)
    assert paying.account.cancel_at is not None, "leaving is never refused"


def test_leaving_takes_the_place_of_a_downgrade_and_is_taken_back(paying: Shop) -> None:
    paying.change("starter")
    for _ in range(2):
        changing.cancel(account_id=paying.account.id, now=paying.now)
    account = paying.account
    assert account.cancel_at == account.period_ends_at and account.next_plan == ""
    for _ in range(2):
        changing.come_back(account_id=paying.account.id, now=paying.now)
    assert paying.account.cancel_at is None
    paying.advance(days=31)
    paying.hear()
    assert paying.account.state == AccountState.ACTIVE


def test_who_never_paid_has_nothing_to_change(shop: Shop) -> None:
    for act in (changing.cancel, changing.come_back):
        with pytest.raises(NotSubscribedError):
            act(account_id=shop.account.id, now=shop.now)
    with pytest.raises(NotSubscribedError):
        foresee(shop, "scale")
