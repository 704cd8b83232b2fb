"""Another plan, leaving, coming back: what is said beforehand is what happens."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from billing.models import Account, AccountState, Invoice
from billing.plans import PLANS, SOLD, PlanKey
from billing.sandbox import schedules, subscriptions
from billing.sandbox.errors import RefusalError
from billing.stripe import catalogue, changing
from billing.stripe.changing import Agreed, AmountChangedError, UnpaidError, When
from billing.stripe.client import CardDeclinedError, StripeRefusedError
from billing.stripe.customers import NotSubscribedError
from tests.billing.stripe.conftest import Shop


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
    paying.advance(days=0.04)  # the page lies open for nearly an hour
    paying.change("scale", agreed=Agreed(due=said.due, as_of=said.as_of))
    assert paying.account.plan == "scale"
    assert Invoice.objects.latest("created_at").total == said.due


def test_a_double_click_upgrades_once(paying: Shop) -> None:
    for _ in range(2):
        paying.change("scale")
    paid = Invoice.objects.filter(billing_reason="subscription_update")
    assert paid.count() == 1


def test_r13_a_transaction_that_begins_again_after_the_payment_does_not_pay_twice(
    paying: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our row was rolled back, and does not know of the upgrade that Stripe has billed."""
    said = foresee(paying, "scale")
    before = Account.objects.filter(id=paying.account.id).values().get()
    paying.change("scale", agreed=Agreed(due=said.due, as_of=said.as_of))
    Account.objects.update(**before)
    skipped: list[object] = []
    known = changing.sync

    def sync_but_first(**told: Any) -> Account | None:
        if skipped:
            return known(**told)
        skipped.append(told)
        return None

    monkeypatch.setattr(changing, "sync", sync_but_first)
    paying.change("scale", agreed=Agreed(due=said.due, as_of=said.as_of))
    assert paying.account.plan == "scale"
    paid = Invoice.objects.filter(billing_reason="subscription_update")
    assert [one.total for one in paid] == [said.due]


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


@pytest.mark.parametrize("hours", [-2, 1, 24 * 15])
def test_r26_an_amount_is_counted_from_no_moment_that_was_not_said(
    paying: Shop, hours: int
) -> None:
    """Not even where the buyer works out what Stripe would bill from then on."""
    with time_machine.travel(paying.now + timedelta(hours=hours), tick=False):
        counted = changing.foresee(
            account=paying.account,
            plan=PLANS[PlanKey.SCALE],
            interval="month",
            now=paying.now + timedelta(hours=hours),
        )
    before = Invoice.objects.count()
    with pytest.raises(AmountChangedError):
        paying.change("scale", agreed=Agreed(due=counted.due, as_of=counted.as_of))
    paying.hear()
    assert paying.account.plan == "growing" and Invoice.objects.count() == before


def test_nothing_but_the_amount_that_was_said_is_billed(
    paying: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the page and the button the price rose."""
    said = foresee(paying, "scale")
    dearer = tuple(replace(plan, month=plan.month + 500, year=plan.year + 5_000) for plan in SOLD)
    with monkeypatch.context() as risen:
        risen.setattr(catalogue, "SOLD", dearer)
        catalogue.fill(said=lambda _: None)
    before = Invoice.objects.count()
    with pytest.raises(AmountChangedError):
        paying.change("scale", agreed=Agreed(due=said.due, as_of=said.as_of))
    assert paying.account.plan == "growing" and Invoice.objects.count() == before
    again = foresee(paying, "scale")
    assert again.due > said.due
    paying.change("scale", agreed=Agreed(due=again.due, as_of=again.as_of))
    assert Invoice.objects.latest("created_at").total == again.due


def test_who_leaves_and_takes_a_year_instead_is_told_the_whole_year(paying: Shop) -> None:
    leave(paying)
    said = foresee(paying, "growing", "year")
    assert said.due > PLANS[PlanKey.GROWING].year - PLANS[PlanKey.GROWING].month
    paying.change("growing", "year")
    assert Invoice.objects.latest("created_at").total == said.due
    assert (paying.account.interval, paying.account.cancel_at) == ("year", None)


def leave(shop: Shop) -> None:
    changing.cancel(account_id=shop.account.id, now=shop.now)


def step_down(shop: Shop) -> None:
    shop.change("starter")


def waits(shop: Shop) -> tuple[object, ...]:
    """What is planned for the period's end, as Stripe has it."""
    shop.hear()
    account = shop.account
    return account.next_plan, account.next_interval, account.cancel_at


def refuse(*_: object, **__: object) -> None:
    raise RefusalError("Not now.")


@pytest.mark.parametrize("plans", [step_down, leave])
@pytest.mark.parametrize("wanted", [("scale", "month"), ("growing", "year")])
def test_a_card_that_is_declined_changes_nothing(
    paying: Shop, plans: Callable[[Shop], None], wanted: tuple[str, str]
) -> None:
    plans(paying)
    before = waits(paying)
    assert any(before)
    paying.script_card(fails=[1])
    with pytest.raises(CardDeclinedError):
        paying.change(*wanted)
    assert waits(paying) == before
    assert (paying.account.plan, paying.account.state) == ("growing", AccountState.ACTIVE)
    paying.script_card(fails=[])
    paying.change(*wanted)
    assert waits(paying) == ("", "", None)
    assert (paying.account.plan, paying.account.interval) == wanted


def test_a_plan_that_cannot_be_scheduled_leaves_what_waited(
    paying: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(paying)
    before = waits(paying)
    with monkeypatch.context() as away:
        away.setattr(schedules, "update", refuse)
        with pytest.raises(StripeRefusedError):
            paying.change("starter")
    assert waits(paying) == before
    paying.change("starter")
    assert waits(paying) == ("starter", "month", None)


def test_a_leaving_that_fails_leaves_what_waited(
    paying: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    step_down(paying)
    before = waits(paying)
    with monkeypatch.context() as away:
        away.setattr(subscriptions, "plan_end", refuse)
        with pytest.raises(StripeRefusedError):
            leave(paying)
    assert waits(paying) == before


def test_a_refusal_keeps_what_was_found_out(paying: Shop) -> None:
    """No event came: the change itself finds that nothing is paid, and says so ever after."""
    paying.script_card(fails=[1, 2, 3, 4])
    paying.advance(days=22)
    with pytest.raises(UnpaidError):
        paying.change("scale")
    assert paying.account.state == AccountState.PAST_DUE
    paying.double.client.v1.subscriptions.cancel(paying.account.stripe_subscription_id)
    with pytest.raises(NotSubscribedError):
        changing.come_back(account_id=paying.account.id, now=paying.now)
    assert paying.account.state == AccountState.CANCELED


def test_an_interval_that_is_not_known_is_less_than_any(paying: Shop) -> None:
    account = paying.account
    account.interval = ""
    wanted = PLANS[PlanKey.GROWING], PLANS[PlanKey.STARTER]
    assert [changing.when(account, plan, "month") for plan in wanted] == [When.NOW, When.LATER]


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
