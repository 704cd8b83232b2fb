"""Limits: what the merchant begins asks for room; two at once do not both take the last place."""

from datetime import timedelta

import pytest

from accounts.models import Role, User
from accounts.services import create_member
from billing.models import LimitNotice
from billing.plans import Allowed, Limit
from operations import modules, running
from operations.models import OperationState
from tenants import limits
from tenants.features import PlanRequiredError
from tenants.limits import LimitReachedError
from tenants.messaging import campaigns
from tenants.messaging.models import Campaign, CampaignState, Email
from tenants.messaging.writing.texts import Text
from tenants.models import Tenant
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.programme import limit_notices
from tenants.programme.campaigns import sending
from tenants.programme.scenarios import clock
from tests.billing.conftest import NOW
from tests.fixtures.operations import BEGINS, add_partner, make_module, make_operation
from tests.fixtures.plans import begin_with, come_to
from tests.fixtures.programme import publish

pytestmark = pytest.mark.django_db
WORDS = Text(subject="Bonjour {{ first_name }}", body="Merci.", button="Inviter un proche")


def limited(tenant: Tenant, **most: int) -> Tenant:
    """Smaller limits than any plan's, so that a test reaches them."""
    tenant.entitlements["limits"] |= most
    tenant.save(update_fields=["entitlements"])
    return tenant


@pytest.fixture
def small(merchant: Tenant) -> Tenant:
    """Maison Lumen on Starter; the connection sees it."""
    begin_with(merchant, "starter")
    return merchant


@pytest.fixture
def owner(merchant: Tenant) -> User:
    return create_member(
        email="claire@maison-lumen.fr",
        first_name="Claire",
        last_name="Aubanel",
        password="ricochet sur l'eau",
        tenant_id=merchant.id,
        role=Role.OWNER,
        now=NOW,
    ).user


def people(count: int) -> None:
    for number in range(count):
        row = profiles.create(
            email=f"c{number}@exemple.fr", first_name=f"C{number}", source="manual", now=NOW
        )
        Profile.objects.filter(id=row.id).update(order_count=1, last_order_at=NOW)


def draft() -> Campaign:
    return campaigns.create(name="Rentrée", text=WORDS, author_id=None, now=NOW)


def test_a_merchant_without_an_account_has_no_limit(merchant: Tenant) -> None:
    for limit in Limit:
        assert limits.left(limit, now=NOW) is None
        limits.require(limit, now=NOW, more=10**9)
    assert limit_notices.check(now=NOW) == 0


def test_a_campaign_needs_room_for_all_its_readers(small: Tenant) -> None:
    publish(now=NOW)
    people(3)
    row = draft()
    limited(small, emails_a_month=2)
    with pytest.raises(LimitReachedError) as refused:
        sending.launch(campaign_id=row.id, now=NOW)
    assert (refused.value.code, refused.value.status) == ("plan_limit", 402)
    assert refused.value.facts == {"most": 2, "used": 0, "more": 3}
    row.refresh_from_db()
    assert row.state == CampaignState.DRAFT and not Email.objects.exists()
    limited(small, emails_a_month=3)
    assert sending.launch(campaign_id=row.id, now=NOW).state == CampaignState.SENDING


def test_a_planned_campaign_without_room_is_a_draft_again_and_its_owner_told(
    small: Tenant, owner: User
) -> None:
    publish(now=NOW)
    people(3)
    row = draft()
    campaigns.schedule(campaign_id=row.id, at=NOW + timedelta(hours=1), tenant=small, now=NOW)
    limited(small, emails_a_month=2)
    for _ in range(3):
        assert sending.launch_due(now=NOW + timedelta(hours=2)) == 0
    row.refresh_from_db()
    assert row.state == CampaignState.DRAFT
    [told] = Email.objects.all()
    assert (told.kind, told.to) == ("campaign_held", owner.email)
    assert told.context["campaign"] == "Rentrée"


def test_reminders_wait_while_the_month_is_full(merchant: Tenant) -> None:
    begin_with(merchant, "growing")
    publish(now=NOW)
    limited(merchant, emails_a_month=0)
    assert clock.run(now=NOW, limit=100) == 0


def test_an_operation_more_than_the_plan_holds_does_not_go_live(small: Tenant) -> None:
    limited(small, live_operations=1)
    make_module(make_operation())
    second = make_operation(slug="deux", state=OperationState.DRAFT, live_at=None)
    make_module(second)
    with pytest.raises(LimitReachedError, match="1 op"):
        running.go_live(operation_id=second.id, now=BEGINS)
    second.refresh_from_db()
    assert second.state == OperationState.DRAFT
    come_to(small, "scale")
    assert running.go_live(operation_id=second.id, now=BEGINS).state == OperationState.LIVE


@pytest.mark.parametrize("kind", ["quiz", "instant_win", "draw", "referral"])
def test_a_mechanic_that_the_plan_lacks_is_neither_added_nor_put_online(
    small: Tenant, kind: str
) -> None:
    operation = make_operation(state=OperationState.DRAFT, live_at=None)
    with pytest.raises(PlanRequiredError, match="Growing"):
        modules.add_module(operation_id=operation.id, kind=kind, now=BEGINS)
    assert not operation.modules.exists()
    make_module(operation, kind=kind)
    found = running.problems(operation=operation, now=BEGINS)
    assert any("Growing" in problem.text for problem in found)
    for mine in ("form", "coupon"):
        modules.add_module(operation_id=operation.id, kind=mine, now=BEGINS)


def test_an_operation_with_a_partner_is_a_majors(small: Tenant) -> None:
    operation = make_operation(state=OperationState.DRAFT, live_at=None)
    module = make_module(operation)
    assert not any("Growing" in one.text for one in running.problems(operation=operation, now=NOW))
    add_partner(module)
    found = [one.text for one in running.problems(operation=operation, now=NOW)]
    assert any(str(Allowed.MAJOR.label) in text and "Growing" in text for text in found)


def test_who_fell_well_below_a_limit_is_told_anew(small: Tenant, owner: User) -> None:
    limited(small, profiles=5)
    people(5)
    assert limit_notices.check(now=NOW) == 1
    assert limit_notices.check(now=NOW) == 0
    assert {row.percent for row in LimitNotice.objects.all()} == {80, 100}, "80 is told with it"
    assert [one.percent for one in limits.nearly_reached()] == [100]
    Profile.objects.filter(first_name__in=["C0", "C1", "C2"]).delete()
    assert limit_notices.check(now=NOW) == 0 and limits.nearly_reached() == []
    for name in ("x", "y", "z"):
        profiles.create(email=f"{name}@exemple.fr", first_name=name, source="manual", now=NOW)
    later = NOW + timedelta(days=1)
    assert limit_notices.check(now=later) == 1
    assert Email.objects.filter(kind="plan_limit", to=owner.email).count() == 2


def test_a_months_emails_are_those_of_the_merchants_month(small: Tenant) -> None:
    """R11: at half past midnight in Paris it is March, whatever Greenwich says."""
    queued = {"kind": "plan_limit", "to": "c@exemple.fr", "state": "sent"}
    evening = NOW.replace(month=2, day=28, hour=22, minute=30)
    Email.objects.create(key="february", queued_at=evening, **queued)
    Email.objects.create(key="march", queued_at=evening + timedelta(hours=1), **queued)
    assert limits.used(Limit.EMAILS, now=NOW) == 1
