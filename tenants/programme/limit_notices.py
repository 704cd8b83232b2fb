"""Tell the owners what is near a limit of their plan, and what was not begun because of one."""

from datetime import datetime

from accounts.models import Role, User
from accounts.selectors import members_of
from billing.plans import SUBSCRIPTION, Limit
from kernel.db import atomic_with_retry
from tenants import limits
from tenants.context import current_tenant
from tenants.messaging import services as messaging
from tenants.messaging.models import Campaign

_ABOUT = {
    Limit.PROFILES: "for_customers",
    Limit.EMAILS: "for_emails",
    Limit.OPERATIONS: "for_operations",
    Limit.USERS: "for_team",
}


def check(*, now: datetime) -> int:
    """In the current tenant: tell the owners what came near a limit, once; returns how much."""
    if not current_tenant().entitlements:
        return 0
    return _tell(now)


@atomic_with_retry
def _tell(now: datetime) -> int:
    new = limits.look(now=now)
    drafts = [
        messaging.Draft(
            kind="plan_limit",
            to=user.email,
            key=f"plan-limit:{one.limit}:{one.most}:{one.percent}:{now.isoformat()}:{user.pk}",
            language=user.language,
            context={
                **{name: limit is one.limit for limit, name in _ABOUT.items()},
                "at_limit": one.percent >= 100,
                "used": one.used,
                "most": one.most,
                "path": SUBSCRIPTION,
            },
        )
        for one in new
        for user in _owners()
    ]
    messaging.queue_all(drafts=drafts, now=now)
    return len(new)


def tell_held(*, campaign: Campaign, now: datetime) -> None:
    """A planned campaign did not begin: the plan has no room for so many emails."""
    drafts = [
        messaging.Draft(
            kind="campaign_held",
            to=user.email,
            key=f"campaign-held:{campaign.id}:{campaign.changed_at.isoformat()}:{user.pk}",
            language=user.language,
            context={"campaign": campaign.name, "path": f"/campagnes/{campaign.public_id}"},
        )
        for user in _owners()
    ]
    messaging.queue_all(drafts=drafts, now=now)


def _owners() -> list[User]:
    members = members_of(tenant_id=current_tenant().id)
    return [m.user for m in members if m.role == Role.OWNER and m.user.is_active]
