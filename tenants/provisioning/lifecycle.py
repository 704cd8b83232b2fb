"""Suspending, resuming and removing a merchant. The row stays for ever (R20, R25)."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django_tenants.utils import schema_context

from accounts.models import Membership
from billing.models import Closing
from billing.services.closing import close
from kernel.errors import ConflictError
from tenants import lookup
from tenants.models import Tenant, TenantState
from tenants.provisioning import replay

logger = logging.getLogger(__name__)

# R25: how long a merchant can change their mind.
DELETION_WAITS = timedelta(days=30)


class TenantStateError(ConflictError):
    """The merchant is not in a state that allows this."""

    code = "tenant_state"


def suspend(*, tenant: Tenant, now: datetime) -> Tenant:
    """Close a merchant's addresses and refuse its tasks; nothing is lost. It goes on paying."""
    return _move(tenant, TenantState.SUSPENDED, now=now, allowed={TenantState.ACTIVE})


def resume(*, tenant: Tenant, now: datetime) -> Tenant:
    """Open a suspended merchant again, or one whose deletion was called off in time.

    A subscription that was to end with it goes on.
    """
    allowed = {TenantState.SUSPENDED, TenantState.DELETING}
    return _move(tenant, TenantState.ACTIVE, now=now, allowed=allowed, closing=Closing.NO)


def schedule_deletion(*, tenant: Tenant, now: datetime) -> Tenant:
    """Close a merchant, to be deleted by `delete_due` after DELETION_WAITS.

    Its subscription is not renewed any more.
    """
    allowed = {TenantState.ACTIVE, TenantState.SUSPENDED}
    return _move(
        tenant,
        TenantState.DELETING,
        now=now,
        allowed=allowed,
        delete_after=now + DELETION_WAITS,
        closing=Closing.PERIOD_END,
    )


def delete_now(*, tenant: Tenant, now: datetime, only_due: bool = False) -> Tenant:
    """Drop the schema and everything in it. What stays names the schema, so that none reuses it.

    The addresses and memberships go, and the subscription ends; the slug stays taken, for links
    in old emails must not lead to another merchant one day. With `only_due`, a merchant whose
    deletion was called off at the last moment is left alone: TenantStateError.
    """
    lookup.forget(tenant)
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update().get(id=tenant.id)
        if tenant.state == TenantState.DELETED:
            raise TenantStateError("This merchant is deleted already.", state=tenant.state)
        due = tenant.delete_after is not None and tenant.delete_after <= now
        if only_due and not (tenant.state == TenantState.DELETING and due):
            raise TenantStateError("This merchant's deletion was called off.", state=tenant.state)
        replay.drop(tenant.schema_name)
        tenant.domains.all().delete()
        Membership.objects.filter(tenant_id=tenant.id).delete()
        tenant.state, tenant.state_changed_at = TenantState.DELETED, now
        tenant.delete_after = None
        tenant.contact_email, tenant.public_email, tenant.legal_notice = "", "", ""
        tenant.site_url, tenant.brand_tokens = "", {}
        tenant.save()
        _tell_billing(tenant, Closing.NOW, now=now)
    return tenant


def delete_due(now: datetime) -> int:
    """Delete every merchant whose waiting time is over; returns how many.

    One that cannot be deleted now is logged and tried again by the next call.
    """
    count = 0
    for tenant in Tenant.objects.filter(state=TenantState.DELETING, delete_after__lte=now):
        try:
            delete_now(tenant=tenant, now=now, only_due=True)
        except Exception:
            logger.exception("tenant %s was not deleted", tenant.id)
        else:
            count += 1
    return count


def _move(
    tenant: Tenant,
    state: TenantState,
    *,
    now: datetime,
    allowed: set[TenantState],
    delete_after: datetime | None = None,
    closing: Closing | None = None,
) -> Tenant:
    with transaction.atomic():
        locked = Tenant.objects.select_for_update().get(id=tenant.id)
        if locked.state not in allowed:
            raise TenantStateError(
                f"A merchant that is {locked.state} cannot become {state}.", state=locked.state
            )
        locked.state, locked.state_changed_at, locked.delete_after = state, now, delete_after
        locked.save(update_fields=["state", "state_changed_at", "delete_after"])
        lookup.forget(locked)
        if closing is not None:
            _tell_billing(locked, closing, now=now)
    return locked


def _tell_billing(tenant: Tenant, closing: Closing, *, now: datetime) -> None:
    """In the public outbox, whoever asks: a partner is closed from the other brand's address."""
    with schema_context(settings.PUBLIC_SCHEMA_NAME):
        close(tenant_id=tenant.id, closing=closing, now=now)
