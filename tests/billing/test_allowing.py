"""What a merchant may use: its plan, how its subscription stands, and grants."""

import uuid
from datetime import timedelta
from itertools import pairwise

import pytest

from billing.allowing import LATE, judge
from billing.models import Account, AccountState, Grant
from billing.plans import (
    INTERVALS,
    PLANS,
    SOLD,
    Allowed,
    Limit,
    PlanKey,
    UnknownPlanError,
    first_with,
    plan_named,
    plan_of_price,
)
from billing.services.accounts import Opening, SubscribedError, open_account, set_plan
from tenants import entitlements
from tenants.models import Tenant
from tests.billing.conftest import NOW

DAY = timedelta(days=1)


def account(plan: str = "starter", state: str = AccountState.ACTIVE, **changes: object) -> Account:
    return Account(tenant_id=uuid.uuid4(), plan=plan, state=state, created_at=NOW, **changes)


def grant(**changes: object) -> Grant:
    return Grant(**{"reason": "Essai", "starts_at": NOW, "created_at": NOW, **changes})


@pytest.mark.parametrize("plan", list(PLANS.values()), ids=lambda plan: plan.key)
def test_a_plan_allows_what_the_table_says(plan) -> None:
    found = judge(account=account(plan.key), grants=[], now=NOW)
    assert found.features == plan.features and found.limits == plan.limits
    assert not found.frozen and found.until is None


def test_sp24_referral_is_in_growing_and_scale_alone() -> None:
    assert first_with(Allowed.REFERRAL).key == first_with(Allowed.WALLET).key == PlanKey.GROWING
    assert {key for key, plan in PLANS.items() if Allowed.REFERRAL in plan.features} == {
        PlanKey.GROWING,
        PlanKey.SCALE,
    }


def test_every_plan_holds_what_the_one_below_it_holds() -> None:
    for smaller, larger in pairwise(SOLD):
        assert smaller.features <= larger.features
        for limit in Limit:
            more = larger.limits[limit]
            assert more is None or more > smaller.limits[limit]


def test_every_price_leads_back_to_its_plan() -> None:
    for plan in SOLD:
        for interval in INTERVALS:
            assert plan_of_price(plan.lookup_key(interval)) == (plan, interval)
        assert plan.year < 12 * plan.month
    for made_up in ("ricochet_partner_month", "ricochet_growing_week", ""):
        with pytest.raises(UnknownPlanError):
            plan_of_price(made_up)


@pytest.mark.parametrize("state", [AccountState.FROZEN, AccountState.CANCELED])
def test_who_pays_no_more_keeps_the_features_and_is_frozen(state: str) -> None:
    found = judge(account=account("growing", state), grants=[], now=NOW)
    assert found.frozen and found.features == PLANS[PlanKey.GROWING].features


def test_a_trial_without_a_card_ends_to_the_second() -> None:
    row = account("growing", AccountState.TRIALING, trial_ends_at=NOW + DAY)
    before = judge(account=row, grants=[], now=NOW)
    assert (before.frozen, before.until) == (False, NOW + DAY)
    after = judge(account=row, grants=[], now=NOW + DAY)
    assert (after.frozen, after.until) == (True, None)


@pytest.mark.parametrize(
    ("state", "ends"),
    [(AccountState.TRIALING, "trial_ends_at"), (AccountState.ACTIVE, "cancel_at")],
)
def test_stripes_word_on_an_end_may_be_late(state: str, ends: str) -> None:
    row = account("growing", state, stripe_subscription_id="sub_1", **{ends: NOW})
    assert not judge(account=row, grants=[], now=NOW + DAY).frozen
    assert judge(account=row, grants=[], now=NOW + LATE).frozen


def test_grace_ends() -> None:
    row = account("growing", AccountState.PAST_DUE, grace_ends_at=NOW + 14 * DAY)
    assert judge(account=row, grants=[], now=NOW).until == NOW + 14 * DAY
    assert judge(account=row, grants=[], now=NOW + 14 * DAY).frozen


def test_a_grant_counts_from_its_start_to_its_end() -> None:
    row = account("starter")
    given = [grant(feature="referral", starts_at=NOW + DAY, ends_at=NOW + 3 * DAY)]
    early = judge(account=row, grants=given, now=NOW)
    assert Allowed.REFERRAL not in early.features and early.until == NOW + DAY
    within = judge(account=row, grants=given, now=NOW + DAY)
    assert Allowed.REFERRAL in within.features and within.until == NOW + 3 * DAY


@pytest.mark.parametrize(("value", "holds"), [(9, 9), (2, 3), (None, None)])
def test_a_grant_raises_a_limit_and_lowers_none(value: int | None, holds: int | None) -> None:
    found = judge(account=account("starter"), grants=[grant(limit="users", value=value)], now=NOW)
    assert found.limits[Limit.USERS] == holds
    assert found.limits[Limit.PROFILES] == PLANS[PlanKey.STARTER].limits[Limit.PROFILES]


def test_the_copy_on_the_tenant_follows_every_change_and_asks_nothing(
    merchant: Tenant, django_assert_num_queries
) -> None:
    assert entitlements.holds(merchant, Allowed.REFERRAL), "no account: everything"
    open_account(tenant_id=merchant.id, opening=Opening("starter"), now=NOW)
    open_account(tenant_id=merchant.id, opening=Opening("scale"), now=NOW)  # the first one stands
    row = Tenant.objects.get(id=merchant.id)
    with django_assert_num_queries(0):
        assert not entitlements.holds(row, Allowed.REFERRAL)
        assert entitlements.holds(row, Allowed.LOYALTY)
        assert entitlements.limit_of(row, Limit.USERS) == 3
        assert entitlements.plan_of(row) == "starter" and not entitlements.is_frozen(row)
    set_plan(tenant_id=merchant.id, plan="growing", now=NOW)
    row.refresh_from_db()
    assert entitlements.holds(row, Allowed.REFERRAL)


def test_the_clock_freezes_who_did_not_go_on_after_the_trial(merchant: Tenant) -> None:
    opening = Opening("growing", trial_ends_at=NOW + DAY)
    open_account(tenant_id=merchant.id, opening=opening, now=NOW)
    assert entitlements.refresh_due(now=NOW) == 0
    assert entitlements.refresh_due(now=NOW + DAY) == 1
    assert entitlements.refresh_due(now=NOW + DAY) == 0
    merchant.refresh_from_db()
    assert entitlements.is_frozen(merchant)


def test_a_plan_that_does_not_exist_changes_nothing(merchant: Tenant) -> None:
    with pytest.raises(UnknownPlanError):
        plan_named("platinum")
    for change in (
        lambda: open_account(tenant_id=merchant.id, opening=Opening("platinum"), now=NOW),
        lambda: set_plan(tenant_id=merchant.id, plan="platinum", now=NOW),
    ):
        with pytest.raises(UnknownPlanError):
            change()
    assert not Account.objects.exists()


def test_a_plan_that_is_paid_for_is_not_changed_by_hand(merchant: Tenant) -> None:
    row = account("growing", stripe_subscription_id="sub_1")
    row.tenant_id = merchant.id
    row.save()
    with pytest.raises(SubscribedError):
        set_plan(tenant_id=merchant.id, plan="scale", now=NOW)
    row.refresh_from_db()
    assert row.plan == "growing"
