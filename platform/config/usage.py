"""How much of each limit the current merchant uses: counted where the rows are, by one table."""

from collections.abc import Callable
from datetime import datetime

from accounts.models import Membership
from accounts.services.invitations import open_invitations
from billing.plans import Limit
from operations.models import Operation, OperationState
from tenants.context import current_tenant
from tenants.limits import month_of
from tenants.messaging.models import Email, EmailState
from tenants.profiles.models import Profile


def _profiles(now: datetime) -> int:
    """People who were not erased."""
    return Profile.objects.filter(erased_at=None).count()


def _emails(now: datetime) -> int:
    """Emails of the merchant's month, but for trials and those that were not to be sent."""
    start = month_of(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    written = Email.objects.filter(queued_at__gte=start, is_test=False)
    return written.exclude(state=EmailState.SKIPPED).count()


def _operations(now: datetime) -> int:
    """Operations that are online, or will be on their day."""
    live = Operation.objects.filter(state=OperationState.LIVE, archived_at=None)
    return live.filter(ends_at__gt=now).count()


def _users(now: datetime) -> int:
    """Members, and those whose invitation waits for them."""
    tenant_id = current_tenant().id
    waiting = open_invitations(tenant_id=tenant_id).filter(expires_at__gt=now)
    return Membership.objects.filter(tenant_id=tenant_id).count() + waiting.count()


COUNTS: dict[Limit, Callable[[datetime], int]] = {
    Limit.PROFILES: _profiles,
    Limit.EMAILS: _emails,
    Limit.OPERATIONS: _operations,
    Limit.USERS: _users,
}
