"""What owners are told: once each, in their own words, and only while it is true."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.models import Role
from billing.models import Account, AccountState
from billing.reminders import confirm, falling_due, remind
from billing.trials import ending
from config.outbox import HANDLERS
from kernel.outbox.relay import relay
from tenants.models import Tenant
from tests.accounts.conftest import member
from tests.billing.conftest import NOW

DAY = timedelta(days=1)


@pytest.fixture
def travel(merchant: Tenant) -> Iterator[time_machine.Traveller]:
    """An owner who reads French, one who reads English, a manager; the clock stands at NOW."""
    member(merchant, "Camille", Role.OWNER)
    english = member(merchant, "Olive", Role.OWNER).user
    english.language = "en"
    english.save()
    member(merchant, "Hugo", Role.MANAGER)
    connection.set_schema_to_public()
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller
    connection.set_tenant(merchant)


def account(tenant: Tenant, state: str, **changes: object) -> Account:
    return Account.objects.create(
        tenant_id=tenant.id, plan="growing", state=state, created_at=NOW, **changes
    )


def told(at: datetime, traveller: time_machine.Traveller) -> list[str]:
    """The subjects of what was sent at a moment, however often the clock looks."""
    traveller.move_to(at)
    before = len(mail.outbox)
    for _ in range(3):
        remind(now=at)
        relay(handlers=HANDLERS, clock=timezone.now)
    return sorted(message.subject for message in mail.outbox[before:])


def unpaid(tenant: Tenant) -> Account:
    return account(
        tenant,
        AccountState.PAST_DUE,
        interval="month",
        stripe_customer_id="cus_1",
        stripe_subscription_id="sub_1",
        past_due_since=NOW,
        grace_ends_at=NOW + 14 * DAY,
    )


def test_owners_are_told_of_an_unpaid_invoice_on_the_day_after_three_and_after_seven(
    merchant: Tenant, travel: time_machine.Traveller
) -> None:
    unpaid(merchant)
    both = [
        "Maison Lumen : votre paiement n’a pas abouti",
        "Maison Lumen: your payment did not go through",
    ]
    expected = {0: both, 1: [], 3: both, 4: [], 7: both, 8: [], 13: []}
    assert {day: told(NOW + day * DAY, travel) for day in expected} == expected
    assert len(told(NOW + 14 * DAY, travel)) == 2, "and when it is frozen"
    assert {message.to[0] for message in mail.outbox} == {"camille@exemple.fr", "olive@exemple.fr"}
    assert "16 mars 2026" in mail.outbox[0].body.replace("\u00a0", " ")


def test_who_has_paid_is_left_in_peace(merchant: Tenant, travel: time_machine.Traveller) -> None:
    row = unpaid(merchant)
    assert len(told(NOW, travel)) == 2
    travel.move_to(NOW + 3 * DAY)
    remind(now=NOW + 3 * DAY)
    row.state, row.past_due_since, row.grace_ends_at = AccountState.ACTIVE, None, None
    row.save()
    relay(handlers=HANDLERS, clock=timezone.now)
    assert len(mail.outbox) == 2
    assert told(NOW + 14 * DAY, travel) == []


def test_a_trial_that_ends_is_told_three_days_ahead_and_when_it_is_over(
    merchant: Tenant, travel: time_machine.Traveller
) -> None:
    account(merchant, AccountState.TRIALING, trial_ends_at=NOW + 10 * DAY)
    assert told(NOW + 6 * DAY, travel) == []
    assert len(told(NOW + 7 * DAY, travel)) == 2
    assert told(NOW + 8 * DAY, travel) == []
    assert len(told(NOW + 10 * DAY, travel)) == 2


def test_a_trial_with_a_card_behind_it_is_not_told(
    merchant: Tenant, travel: time_machine.Traveller
) -> None:
    account(
        merchant,
        AccountState.TRIALING,
        trial_ends_at=NOW + 3 * DAY,
        stripe_customer_id="cus_1",
        stripe_subscription_id="sub_1",
    )
    assert told(NOW, travel) == [] and told(NOW + 3 * DAY, travel) == []


def test_a_clock_that_stood_still_does_not_flood_anybody(
    merchant: Tenant, travel: time_machine.Traveller
) -> None:
    unpaid(merchant)
    assert len(told(NOW + 8 * DAY, travel)) == 2, "the last one alone"


def test_who_was_told_all_is_not_looked_at_for_ever(
    merchant: Tenant, travel: time_machine.Traveller
) -> None:
    unpaid(merchant)
    account(Tenant(id=UUID(int=1)), AccountState.TRIALING, trial_ends_at=NOW + 14 * DAY)
    assert {due.what for due in falling_due(NOW + 15 * DAY)} >= {"frozen", "trial_over"}
    assert not list(falling_due(NOW + 17 * DAY))


def test_a_suspended_merchant_is_not_written_to(
    merchant: Tenant, travel: time_machine.Traveller
) -> None:
    unpaid(merchant)
    Tenant.objects.filter(id=merchant.id).update(state="suspended")
    assert told(NOW, travel) == []


def test_a_subscription_is_confirmed_once_to_each_owner(
    merchant: Tenant, travel: time_machine.Traveller
) -> None:
    row = account(
        merchant,
        AccountState.TRIALING,
        interval="month",
        stripe_subscription_id="sub_1",
        trial_ends_at=NOW + 9 * DAY,
    )
    for _ in range(2):
        confirm(row, now=NOW)
    assert told(NOW, travel) == [
        "Votre abonnement à la formule Growing est confirmé",
        "Your subscription to the Growing plan is confirmed",
    ]
    french = next(one for one in mail.outbox if one.subject.startswith("Votre"))
    assert "Rien n’est débité avant cette date" in french.body and "79,00" in french.body
    assert told(NOW + DAY, travel) == []


def test_the_end_of_a_trial_is_on_the_first_page_in_its_last_week(merchant: Tenant) -> None:
    connection.set_schema_to_public()
    row = account(merchant, AccountState.TRIALING, trial_ends_at=NOW + 9 * DAY)
    assert ending(tenant_id=merchant.id, now=NOW) is None
    said = ending(tenant_id=merchant.id, now=NOW + 3 * DAY)
    assert said is not None and "essai se termine" in str(said.title)
    assert ending(tenant_id=merchant.id, now=NOW + 9 * DAY) is None
    row.stripe_subscription_id = "sub_1"
    row.save()
    assert ending(tenant_id=merchant.id, now=NOW + 3 * DAY) is None
    connection.set_tenant(merchant)
