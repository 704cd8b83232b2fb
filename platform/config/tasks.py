"""Celery tasks: the outbox's relay and sweep, and the programme's clock.

A task that works in a tenant carries its id and refuses to run anywhere else. Nothing here is
lost with the broker: each task looks in the database for what is due.
"""

import functools
import logging
import time
from collections.abc import Callable, Iterable

import redis
from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.services import purge
from api import services as api
from billing import reminders as payments
from billing.stripe import reconcile
from billing.stripe.client import StripeUnavailableError
from kernel.outbox.relay import relay
from kernel.outbox.services import forget_delivered
from operations import retention as operations
from operations import winning
from partnerships.services import making
from partnerships.services.forgetting import forget_contacts
from signup.services import making as signups
from tenants import entitlements
from tenants.context import UnknownTenantError, enter_by_id
from tenants.database.current import this_connection
from tenants.due import active_tenants, tenants_with_due_events
from tenants.models import Tenant
from tenants.programme import clock, connections, limit_notices, retention
from tenants.programme.campaigns import sending as campaigns
from tenants.programme.scenarios import clock as reminders
from tenants.provisioning import lifecycle
from tenants.provisioning.services import sweep_half_made
from tenants.tasks import tenant_task

logger = logging.getLogger(__name__)

_BATCH = 500
_SHARE = 50
HEARTBEAT = "worker:heartbeat"


@functools.cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.3, socket_timeout=0.5)


def _nudged(schema: str) -> str:
    return f"{schema}:outbox:nudged"


def nudge(schema: str) -> None:
    """Ask a worker to look at one schema's outbox soon. Raises when the broker is down."""
    # Asked of the server itself, not of the tolerant cache: a broker that is down answers here at
    # once, where Celery would try to connect for seconds.
    if not _redis().set(_nudged(schema), 1, nx=True, ex=2):
        return  # a worker was asked already, and has not looked yet
    tenant = this_connection().tenant
    if schema == settings.PUBLIC_SCHEMA_NAME:
        relay_public.apply_async(retry=False)
    elif isinstance(tenant, Tenant) and tenant.schema_name == schema:
        relay_tenant.apply_async(args=(str(tenant.id),), retry=False)


def _relay_here(schema: str, limit: int = _BATCH) -> int:
    # Forget the nudge before looking: what commits from now on asks again.
    _redis().delete(_nudged(schema))
    handlers = import_string(settings.OUTBOX_HANDLERS)
    return relay(handlers=handlers, clock=timezone.now, limit=limit)


@tenant_task(name="config.relay_tenant")
def relay_tenant(tenant_id: str) -> None:
    """Deliver what is due in the tenant's outbox."""
    _relay_here(this_connection().schema_name)


@shared_task(name="config.relay_public")
def relay_public() -> None:
    """Deliver what is due in the public outbox."""
    this_connection().set_schema_to_public()
    _relay_here(this_connection().schema_name)


@shared_task(name="config.sweep")
def sweep() -> None:
    """Deliver what lost nudges left, in every tenant that has something due."""
    this_connection().set_schema_to_public()
    started = timezone.now()
    due = list(tenants_with_due_events(now=started))
    lag = max(((started - oldest).total_seconds() for _tenant, oldest in due), default=0.0)
    cache.set(HEARTBEAT, {"at": time.time(), "lag": lag}, 300)
    # A few events of each: a merchant with many does not keep the others waiting.
    tenants = [tenant for tenant, _oldest in due]
    _in_each(tenants, lambda: _relay_here(this_connection().schema_name, limit=_SHARE))
    _relay_here(settings.PUBLIC_SCHEMA_NAME)


@shared_task(name="config.post_due_rewards")
def post_due_rewards() -> None:
    """Post the pending rewards whose delay has passed, and expire credits, tenant by tenant."""
    this_connection().set_schema_to_public()
    _in_each(active_tenants(), lambda: clock.settle(now=timezone.now(), limit=_BATCH))


@shared_task(name="config.send_reminders")
def send_reminders() -> None:
    """Begin planned campaigns and send the reminders that are due, tenant by tenant."""
    this_connection().set_schema_to_public()
    _in_each(active_tenants(), lambda: campaigns.launch_due(now=timezone.now()))
    _in_each(active_tenants(), lambda: reminders.run(now=timezone.now(), limit=_BATCH))


@shared_task(name="config.forget_api_answers")
def forget_api_answers() -> None:
    """Delete old idempotency answers and delivered events, tenant by tenant."""
    this_connection().set_schema_to_public()
    _in_each(active_tenants(), _forget_here)
    forget_delivered(now=timezone.now())


def _forget_here() -> None:
    now = timezone.now()
    api.forget_old_records(now)
    forget_delivered(now=now)


@shared_task(name="config.forget_old_facts")
def forget_old_facts() -> None:
    """Forget clicks, refusals, letters and players whose time is over, tenant by tenant (D6)."""
    this_connection().set_schema_to_public()
    _in_each(active_tenants(), _forget_facts_here)


def _forget_facts_here() -> None:
    """Who only played may come back without a word: theirs comes before the rule of all prospects,
    at the same moment, and where it could not be followed to its end, the other waits.
    """
    now = timezone.now()
    operations.forget(now=now)
    retention.forget(now=now)


@shared_task(name="config.complete_wins")
def complete_wins() -> None:
    """Note the wins that a version before theirs wrote no line of, tenant by tenant."""
    this_connection().set_schema_to_public()
    _in_each(active_tenants(), lambda: winning.complete(now=timezone.now()))


@shared_task(name="config.check_connections")
def check_connections() -> None:
    """Find the scripts and keys that fell silent, and tell the owners, tenant by tenant (O7)."""
    this_connection().set_schema_to_public()
    _in_each(active_tenants(), lambda: connections.check(now=timezone.now()))


@shared_task(name="config.purge_accounts")
def purge_accounts() -> None:
    """Delete sessions, links, throttles, attempts, invitations, contacts and sign-ups that are
    over."""
    this_connection().set_schema_to_public()
    purge(now=timezone.now())
    forget_contacts(now=timezone.now())
    signups.forget_signups(now=timezone.now())


@shared_task(name="config.tend_tenants")
def tend_tenants() -> None:
    """Finish or remove half-made tenants, and delete those whose thirty days are over."""
    this_connection().set_schema_to_public()
    sweep_half_made(timezone.now())
    lifecycle.delete_due(timezone.now())


@shared_task(name="config.refresh_entitlements")
def refresh_entitlements() -> None:
    """Refresh what merchants may use where a trial, a grace period or a grant is over."""
    this_connection().set_schema_to_public()
    entitlements.refresh_due(now=timezone.now())


@shared_task(name="config.check_limits")
def check_limits() -> None:
    """Tell the owners of what comes near a limit of their plan, tenant by tenant."""
    this_connection().set_schema_to_public()
    _in_each(active_tenants(), lambda: limit_notices.check(now=timezone.now()))


@shared_task(name="config.finish_partners")
def finish_partners() -> None:
    """Finish the partners' back offices that a crash left in the making."""
    this_connection().set_schema_to_public()
    making.sweep(now=timezone.now())


@shared_task(name="config.finish_signups")
def finish_signups() -> None:
    """Finish the merchants' back offices that a crash left in the making."""
    this_connection().set_schema_to_public()
    signups.sweep(now=timezone.now())


@shared_task(name="config.remind_of_payments")
def remind_of_payments() -> None:
    """Tell owners of a payment that failed, and of a trial that ends."""
    this_connection().set_schema_to_public()
    payments.remind(now=timezone.now())


@shared_task(name="config.reconcile_payments")
def reconcile_payments() -> None:
    """Fetch the events of Stripe that never came, and mend every account that differs (R14)."""
    this_connection().set_schema_to_public()
    try:
        reconcile.nightly(now=timezone.now())
    except StripeUnavailableError:
        logger.warning("stripe could not be asked tonight; tomorrow finds the same")


def _in_each(tenants: Iterable[Tenant], work: Callable[[], object]) -> None:
    """Run `work` inside each tenant; one that fails is logged and does not stop the others.

    Who was suspended or deleted since the list was read is left alone (R20).
    """
    for tenant in tenants:
        try:
            with enter_by_id(tenant.id):
                work()
        except UnknownTenantError:
            continue
        except Exception:
            logger.exception("a periodic task failed in %s", tenant.schema_name)
