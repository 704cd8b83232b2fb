"""How much of each limit a merchant uses: counted where the rows are, by one table.

Called inside the merchant; the count of its team alone works from anywhere.
"""

from collections.abc import Callable
from datetime import datetime

from accounts.models import Membership
from accounts.services.invitations import open_invitations
from billing.plans import Limit
from operations.models import Operation, OperationState
from tenants.limits import month_of
from tenants.messaging.models import Email, EmailState
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.profiles.selectors import REPORTED
from tenants.programme import customer_files
from tenants.programme.campaigns import sending


def _profiles(tenant: Tenant, now: datetime) -> int:
    """People who were not erased, and those whom an import has still to make.

    Whoever the shop has not confirmed is not among them: anybody can report as many as they like.
    """
    known = Profile.objects.filter(erased_at=None).exclude(REPORTED)
    return known.count() + customer_files.still_to_make()


def _emails(tenant: Tenant, now: datetime) -> int:
    """Emails of the merchant's month, but for trials and those that were not to be sent; and what
    campaigns have still to write."""
    start = month_of(tenant, now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    written = Email.objects.filter(queued_at__gte=start, is_test=False)
    return written.exclude(state=EmailState.SKIPPED).count() + sending.still_to_write()


def _operations(tenant: Tenant, now: datetime) -> int:
    """Operations that are online, or will be on their day."""
    live = Operation.objects.filter(state=OperationState.LIVE, archived_at=None)
    return live.filter(ends_at__gt=now).count()


def _users(tenant: Tenant, now: datetime) -> int:
    """Members, and those whose invitation waits for them."""
    waiting = open_invitations(tenant_id=tenant.id).filter(expires_at__gt=now)
    return Membership.objects.filter(tenant_id=tenant.id).count() + waiting.count()


COUNTS: dict[Limit, Callable[[Tenant, datetime], int]] = {
    Limit.PROFILES: _profiles,
    Limit.EMAILS: _emails,
    Limit.OPERATIONS: _operations,
    Limit.USERS: _users,
}
