"""One merchant as its page in the console shows it: states and counts."""

from dataclasses import dataclass
from datetime import datetime

from billing.models import Account, Grant, Invoice
from billing.plans import PLANS, PlanKey
from console.models import Entry
from console.selectors.health import Health, health
from tenants.models import Domain, Tenant

_LATEST = 20


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of one merchant."""

    hosts: list[str]
    account: Account | None
    plan_name: str
    health: Health
    grants: list[Grant]
    invoices: list[Invoice]
    entries: list[Entry]


def merchant(tenant: Tenant, *, now: datetime) -> Found:
    """All of it. Called in the public schema."""
    account = Account.objects.filter(tenant_id=tenant.id).first()
    return Found(
        hosts=list(
            Domain.objects.filter(tenant=tenant)
            .order_by("-is_primary", "domain")
            .values_list("domain", flat=True)
        ),
        account=account,
        plan_name=str(PLANS[PlanKey(account.plan)].name) if account else "",
        health=health([tenant], now=now)[tenant.id],
        grants=list(Grant.objects.filter(tenant_id=tenant.id).order_by("-created_at")[:_LATEST]),
        invoices=list(
            Invoice.objects.filter(tenant_id=tenant.id).order_by("-created_at")[:_LATEST]
        ),
        entries=list(Entry.objects.filter(tenant_id=tenant.id).order_by("-at", "-id")[:_LATEST]),
    )
