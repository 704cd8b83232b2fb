"""OF-07, SO-01: an operator gives one merchant more than its plan, with a reason and an end."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import AccountState, Grant
from billing.plans import Allowed, Limit, PlanKey
from console.models import Act, Entry
from tenants import entitlements
from tenants.models import Tenant
from tests.console.conftest import ConsoleClient, text_of
from tests.console.test_figures import account

REASON = "Geste après l’incident du 3 mars"


@pytest.fixture
def starter(merchant: Tenant) -> Tenant:
    account(merchant, PlanKey.STARTER, AccountState.ACTIVE, interval="month")
    entitlements.refresh(tenant_id=merchant.id, now=timezone.now())
    return Tenant.objects.get(id=merchant.id)


def give(console: ConsoleClient, tenant: Tenant, **fields: str) -> object:
    return console.post(f"/commercants/{tenant.id}/accorder", {"reason": REASON, **fields})


def test_of07_a_feature_is_granted_and_taken_back(console: ConsoleClient, starter: Tenant) -> None:
    assert not entitlements.holds(starter, Allowed.REFERRAL)
    assert give(console, starter, what="feature:referral").status_code == 302
    assert entitlements.holds(Tenant.objects.get(id=starter.id), Allowed.REFERRAL)
    granted = Grant.objects.get()
    assert granted.ends_at is None
    path = f"/commercants/{starter.id}/octrois/{granted.id}/retirer"
    assert "retiré" in text_of(console.post(path, {"reason": "Fin du geste"}, follow=True))
    assert not entitlements.holds(Tenant.objects.get(id=starter.id), Allowed.REFERRAL)
    assert "déjà retiré" in text_of(console.post(path, {"reason": "Encore"}, follow=True))
    acts = Entry.objects.filter(tenant_id=starter.id).order_by("at", "id")
    assert [(entry.act, entry.reason) for entry in acts] == [
        (Act.FEATURE_GRANTED, REASON),
        (Act.GRANT_WITHDRAWN, "Fin du geste"),
    ]


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 301])
def test_nothing_is_taken_back_without_a_reason(
    console: ConsoleClient, starter: Tenant, reason: str
) -> None:
    give(console, starter, what="feature:referral")
    give(console, starter, what="limit:users", value="9")
    granted = Grant.objects.get(feature="referral")
    path = f"/commercants/{starter.id}/octrois/{granted.id}/retirer"
    response = console.post(path, {"reason": reason})
    html = text_of(response)
    assert response.status_code == 422
    # The one form is open with what is wrong; each field has an id of its own.
    assert html.count("<details open>") == 1
    assert "raison" in html.split("<details open>", 1)[1].split("</details>", 1)[0]
    for row in Grant.objects.all():
        assert html.count(f'id="id_{row.id}_reason"') == 1
    granted.refresh_from_db()
    assert granted.withdrawn_at is None


def test_so01_a_limit_is_raised_until_the_end_of_a_day(
    console: ConsoleClient, starter: Tenant
) -> None:
    day = timezone.localdate() + timedelta(days=10)
    give(console, starter, what="limit:profiles", value="20000", ends_on=day.isoformat())
    assert entitlements.limit_of(Tenant.objects.get(id=starter.id), Limit.PROFILES) == 20_000
    ends_at = timezone.localtime(Grant.objects.get().ends_at)
    assert (ends_at.date(), ends_at.hour) == (day + timedelta(days=1), 0)


def test_the_same_form_twice_is_one_grant_and_one_line(
    console: ConsoleClient, starter: Tenant
) -> None:
    for _ in range(2):
        give(console, starter, what="limit:users", value="9")
    assert Grant.objects.count() == 1
    assert Entry.objects.filter(act=Act.LIMIT_GRANTED).count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"what": "feature:flying"},
        {"what": "limit:flying", "value": "1"},
        {"what": ""},
        {"what": "feature:referral", "value": "3"},
        {"what": "limit:users", "value": "0"},
        {"what": "limit:users", "value": "many"},
        {"what": "limit:users", "value": "1000000001"},
        {"what": "feature:referral", "ends_on": "2020-01-01"},
        {"what": "feature:referral", "ends_on": "tomorrow"},
        {"what": "feature:referral", "reason": " "},
        {"what": "feature:referral", "reason": "x" * 301},
    ],
)
def test_bad_input_is_shown_and_nothing_is_granted(
    console: ConsoleClient, starter: Tenant, fields: dict[str, str]
) -> None:
    response = give(console, starter, **fields)
    assert response.status_code == 422
    assert not Grant.objects.exists()
    assert not Entry.objects.filter(tenant_id=starter.id).exists()


def test_a_grant_of_another_merchant_is_not_taken_back_here(
    console: ConsoleClient, starter: Tenant, other_merchant: Tenant
) -> None:
    """R23"""
    give(console, other_merchant, what="feature:referral")
    granted = Grant.objects.get()
    console.post(f"/commercants/{starter.id}/octrois/{granted.id}/retirer", {"reason": REASON})
    granted.refresh_from_db()
    assert granted.withdrawn_at is None


def test_the_page_shows_what_is_used_of_each_limit(console: ConsoleClient, starter: Tenant) -> None:
    text = text_of(console.get(f"/commercants/{starter.id}/"))
    for limit in Limit:
        assert str(limit.label) in text
    assert "2\u202f000" in text
