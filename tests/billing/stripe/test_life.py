"""R14: the life of a subscription, with events doubled, in any order, late and lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as effort_of
from hypothesis import strategies as st

from billing.allowing import judge
from billing.models import Account, AccountState, Invoice
from billing.reminders import open_invoice
from billing.sandbox import buying
from billing.stripe import catalogue, changing
from billing.stripe.reading import GRACE, read
from billing.stripe.reconcile import nightly
from billing.stripe.sync import differences
from tenants.models import Tenant
from tests.billing.stripe.conftest import Shop, open_trial, post_to_us
from tests.fixtures.double import START, start_double
from tests.fixtures.effort import effort

Check = Callable[[Account], bool]
STEPS: list[tuple[str, Callable[[Shop], object], Check]] = []


def step(check: Check) -> Callable[[Callable[[Shop], object]], Callable[[Shop], object]]:
    """One step of the life, and how the account stands after it."""

    def named(act: Callable[[Shop], object]) -> Callable[[Shop], object]:
        STEPS.append((act.__name__, act, check))
        return act

    return named


@step(lambda a: a.state == AccountState.TRIALING and a.stripe_subscription_id is not None)
def subscribe_within_the_trial(shop: Shop) -> None:
    shop.advance(days=5)
    shop.double.pay(shop.checkout("growing"))


@step(lambda a: a.state == AccountState.ACTIVE and a.plan == "growing")
def the_trial_ends_and_the_first_payment_succeeds(shop: Shop) -> None:
    shop.advance(days=26)


@step(lambda a: a.state == AccountState.PAST_DUE and a.grace_ends_at - a.past_due_since == GRACE)
def a_renewal_fails(shop: Shop) -> None:
    shop.script_card(fails=[1, 2])
    shop.advance(days=31)


@step(lambda a: a.state == AccountState.ACTIVE and a.grace_ends_at is None)
def the_third_try_succeeds(shop: Shop) -> None:
    shop.advance(days=8)


@step(lambda a: (a.plan, a.interval, a.next_plan) == ("scale", "year", ""))
def upgrade(shop: Shop) -> None:
    shop.change("scale", "year")


@step(lambda a: (a.plan, a.next_plan, a.next_interval) == ("scale", "starter", "month"))
def downgrade(shop: Shop) -> None:
    shop.change("starter")


@step(lambda a: (a.plan, a.interval, a.next_plan) == ("starter", "month", ""))
def the_year_ends(shop: Shop) -> None:
    shop.advance(days=367)


@step(lambda a: a.state == AccountState.ACTIVE and a.cancel_at == a.period_ends_at)
def cancel(shop: Shop) -> None:
    changing.cancel(account_id=shop.account.id, now=shop.now)


@step(lambda a: a.state == AccountState.ACTIVE and a.cancel_at is None)
def come_back(shop: Shop) -> None:
    changing.come_back(account_id=shop.account.id, now=shop.now)


@step(lambda a: a.state == AccountState.CANCELED and judge(account=a, grants=[], now=NOW()).frozen)
def cancel_in_the_portal_and_leave(shop: Shop) -> None:
    buying.cancel(shop.double.world, shop.double.subscription(shop.account.stripe_subscription_id))
    shop.advance(days=32)


@step(lambda a: a.state == AccountState.ACTIVE and a.plan == "growing" and a.interval == "year")
def come_back_after_the_end(shop: Shop) -> None:
    shop.double.pay(shop.checkout("growing", "year", attempt="2"))


def NOW() -> datetime:
    return datetime.now(UTC)


def _stands_as_stripe_says(shop: Shop, check: Check, *, after: str) -> None:
    account = shop.account
    assert differences(account, read(account)) == {}, after
    assert check(account), (after, vars(account))


@effort_of(
    max_examples=effort(short=3, soak=200),
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_r14_the_life_of_a_subscription_ends_right_whatever_becomes_of_its_events(
    merchant: Tenant, settings: LazySettings, data: st.DataObject
) -> None:
    """Trial, pay, fail, recover, upgrade, downgrade, cancel, come back, leave, come back."""
    double, server = start_double(post_to_us)
    settings.STRIPE_API_URL = double.url
    connection.set_schema_to_public()
    try:
        with transaction.atomic(), time_machine.travel(START, tick=False) as traveller:
            shop = Shop(double, merchant, traveller)
            catalogue.fill(said=lambda _: None)
            open_trial(merchant, now=shop.now)
            _live(shop, data)
            transaction.set_rollback(True)
    finally:
        server.shutdown()
        server.server_close()


def _live(shop: Shop, data: st.DataObject) -> None:
    """Every step; what is told in between is drawn: which events, in which order, how often."""
    told = 0
    late: list[str] = []
    for name, act, check in STEPS:
        act(shop)
        events = [event["id"] for event in shop.double.events()]
        new, told = events[told:], len(events)
        fate = data.draw(
            st.lists(
                st.sampled_from(["comes", "twice", "late", "lost"]),
                min_size=len(new),
                max_size=len(new),
            ),
            label=name,
        )
        now = [one for one, what in zip(new, fate, strict=True) if what in ("comes", "twice")]
        now += [one for one, what in zip(new, fate, strict=True) if what == "twice"]
        late += [one for one, what in zip(new, fate, strict=True) if what == "late"]
        arrives = data.draw(st.permutations(now + _some(data, late)), label="order")
        shop.hear(arrives)
        if not any(one in new for one in arrives):
            nightly(now=shop.now)
            shop.work()
        _stands_as_stripe_says(shop, check, after=name)
    shop.hear(late)
    assert shop.account.state == AccountState.ACTIVE, "what comes days late changes nothing"
    billed = {one["id"] for one in shop.double.world.store.all("invoice")}
    assert set(Invoice.objects.values_list("stripe_id", flat=True)) == billed


def _some(data: st.DataObject, late: list[str]) -> list[str]:
    """Some of the events that were held up; they may come again."""
    return data.draw(st.lists(st.sampled_from(late), max_size=4), label="late") if late else []


def test_r14_a_subscription_ends_right_when_every_event_is_lost(shop: Shop) -> None:
    """The nightly reconciliation alone is enough."""
    for name, act, check in STEPS:
        act(shop)
        nightly(now=shop.now)
        shop.work()
        _stands_as_stripe_says(shop, check, after=name)


@pytest.mark.parametrize(
    ("fails", "after", "state"),
    [
        ([1], 4, AccountState.ACTIVE),
        ([1, 2, 3], 13, AccountState.ACTIVE),
        ([1, 2, 3, 4], 13, AccountState.CANCELED),
    ],
)
def test_a_card_that_fails_on_the_first_the_third_and_the_last_try(
    shop: Shop, fails: list[int], after: int, state: str
) -> None:
    shop.subscribe()
    shop.advance(days=31)
    shop.script_card(fails=fails)
    shop.advance(days=31)
    shop.hear()
    waiting = shop.account
    assert waiting.state == AccountState.PAST_DUE
    assert not judge(account=waiting, grants=[], now=shop.now).frozen, "grace: all goes on"
    shop.advance(days=after)
    shop.hear()
    assert shop.account.state == state
    frozen = judge(account=shop.account, grants=[], now=shop.now).frozen
    assert frozen == (state == AccountState.CANCELED)


def test_what_an_earlier_subscription_left_open_takes_no_grace_from_who_came_back(
    shop: Shop,
) -> None:
    shop.advance(days=40)
    shop.subscribe()
    shop.script_card(fails=[1, 2, 3, 4])
    shop.advance(days=45)
    shop.hear()
    assert shop.account.state == AccountState.CANCELED
    left = Invoice.objects.get(state="open")
    shop.advance(days=60)
    shop.double.pay(shop.checkout(attempt="2"))
    shop.hear()
    assert shop.account.state == AccountState.ACTIVE and open_invoice(shop.account) is None
    shop.script_card(fails=[1])
    shop.advance(days=31)
    shop.hear()
    account = shop.account
    waits = Invoice.objects.filter(state="open").latest("created_at")
    assert account.state == AccountState.PAST_DUE and waits != left
    assert account.past_due_since == waits.created_at
    assert open_invoice(account) == waits, "and this one is the one to pay"
    assert not judge(account=account, grants=[], now=shop.now).frozen


def test_grace_ends_fourteen_days_after_the_payment_that_failed(shop: Shop) -> None:
    shop.double.world.store.set("after_last_try", "past_due")
    shop.subscribe()
    shop.advance(days=31)
    shop.script_card(fails=[1, 2, 3, 4])
    shop.advance(days=30.9)
    shop.hear()
    failed = shop.account.past_due_since
    assert shop.account.grace_ends_at == failed + timedelta(days=14)
    for days, frozen in ((13, False), (15, True)):
        at = failed + timedelta(days=days)
        assert judge(account=shop.account, grants=[], now=at).frozen is frozen
