"""The platform's figures are counted from accounts, and nothing else."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from billing.models import Account, AccountState, Invoice
from billing.plans import PLANS, PlanKey
from console.selectors.figures import figures
from partnerships.models import Origin, Partnership, State
from tenants.models import Tenant

NOW = timezone.now()


def tenant(name: str, **fields: Any) -> Tenant:
    return Tenant.objects.create(
        name=name, slug=name, schema_name=f"t_{name}", state="active", **fields
    )


def account(of: Tenant, plan: PlanKey, state: AccountState, **fields: Any) -> Account:
    return Account.objects.create(tenant_id=of.id, plan=plan, state=state, created_at=NOW, **fields)


def paid(of: Tenant) -> None:
    Invoice.objects.create(
        tenant_id=of.id,
        stripe_id=f"in_{of.slug}",
        state="paid",
        currency="EUR",
        total=100,
        amount_paid=100,
        created_at=NOW,
        synced_at=NOW,
    )


def test_revenue_is_what_a_month_brings_in(db: None) -> None:
    before = figures(now=NOW).monthly
    account(tenant("monthly"), PlanKey.GROWING, AccountState.ACTIVE, interval="month")
    account(tenant("yearly"), PlanKey.STARTER, AccountState.ACTIVE, interval="year")
    account(tenant("late"), PlanKey.STARTER, AccountState.PAST_DUE, interval="month")
    for state in (AccountState.TRIALING, AccountState.CANCELED, AccountState.FROZEN):
        account(tenant(state), PlanKey.SCALE, state, interval="month")
    account(tenant("free"), PlanKey.SCALE, AccountState.FREE)
    gone = tenant("gone")
    Tenant.objects.filter(id=gone.id).update(state="deleted")
    account(gone, PlanKey.SCALE, AccountState.ACTIVE, interval="month")
    yearly = round(PLANS[PlanKey.STARTER].year / 12)
    found = figures(now=NOW)
    assert found.monthly - before == 7_900 + 2_900 + yearly
    lines = {line.plan: line for line in found.lines}
    assert lines["scale"].trialing == 1
    assert lines["scale"].unpaid == 2
    assert lines["scale"].free >= 1
    assert lines["growing"].paying == 1


def test_a_trial_is_converted_when_an_invoice_was_paid(db: None) -> None:
    before = figures(now=NOW)
    over, ahead = NOW - timedelta(days=3), NOW + timedelta(days=3)
    won, early, lost = tenant("won"), tenant("early"), tenant("lost")
    account(won, PlanKey.STARTER, AccountState.ACTIVE, trial_ends_at=over)
    account(early, PlanKey.STARTER, AccountState.ACTIVE, trial_ends_at=ahead)
    account(lost, PlanKey.STARTER, AccountState.FROZEN, trial_ends_at=over)
    account(tenant("going"), PlanKey.STARTER, AccountState.TRIALING, trial_ends_at=ahead)
    paid(won)
    paid(early)
    found = figures(now=NOW)
    assert found.trials - before.trials == 3
    assert found.converted - before.converted == 2
    assert found.trialing - before.trialing == 1


def test_a_minor_became_a_merchant_when_the_partnership_made_it(db: None) -> None:
    before = figures(now=NOW)
    major = tenant("major")
    asked = NOW - timedelta(days=10)
    made = [
        tenant("stays", partner_only=True, created_at=asked + timedelta(seconds=5)),
        tenant("became", created_at=asked + timedelta(seconds=5)),
        # A merchant before it was asked became nothing.
        tenant("was", created_at=asked - timedelta(days=100)),
    ]
    for minor in made:
        Partnership.objects.create(
            major=major,
            minor=minor,
            origin=Origin.DETAILS,
            state=State.ACTIVE,
            key=uuid.uuid4(),
            agreement="1",
            created_at=asked,
        )
    found = figures(now=NOW)
    assert found.minors - before.minors == 2
    assert found.minors_became - before.minors_became == 1
