"""A merchant's schema from its making to its removal."""

import logging
import secrets
import uuid
import zoneinfo
from datetime import datetime, timedelta

import psycopg
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from billing.plans import plan_named
from billing.services.accounts import PARTNER, Opening, forget_account, open_account
from kernel.errors import ConflictError, InvalidInputError
from kernel.ids import uuid7
from tenants import lookup
from tenants.models import Domain, Tenant, TenantState
from tenants.provisioning import record, replay
from tenants.provisioning.dedicated import connect
from tenants.provisioning.slugs import check_slug

logger = logging.getLogger(__name__)

# A tenant that is still being made after this long was left by a crash.
HALF_MADE_AFTER = timedelta(minutes=10)


class SlugTakenError(ConflictError):
    """This address belongs to another merchant, or once did. Choose another one."""

    code = "slug_taken"


class InvalidTenantError(InvalidInputError):
    """The merchant cannot be made as described."""

    code = "invalid_tenant"


def provision_tenant(
    *,
    name: str,
    slug: str,
    now: datetime,
    kind: str = "",
    contact_email: str = "",
    site_url: str = "",
    currency: str = "EUR",
    language: str = "fr",
    timezone: str = "Europe/Paris",
    partner_only: bool = False,
    opening: Opening | None = None,
    tenant_id: uuid.UUID | None = None,
) -> Tenant:
    """Make an active merchant with an empty schema, at `<slug>.<platform domain>`.

    `opening` is the plan it begins with; a limited partner's is always `partner`. Without one it
    has no account, and may use everything. A caller who has to find it again after a crash draws
    its `tenant_id` beforehand (`uuid7`).

    Commits on its own, so it cannot be part of a transaction: RuntimeError inside one. Raises
    InvalidSlugError, ReservedSlugError, InvalidTenantError (with `param`), UnknownPlanError or
    SlugTakenError, with nothing left behind. A crash in between leaves the state PROVISIONING,
    which `sweep_half_made` finishes or removes.
    """
    tenant = Tenant(
        id=tenant_id or uuid7(),
        schema_name=f"t_{secrets.token_hex(8)}",
        slug=check_slug(slug),
        name=name.strip(),
        kind=kind.strip(),
        contact_email=contact_email.strip(),
        site_url=site_url.strip(),
        currency=currency,
        language=language,
        timezone=timezone,
        partner_only=partner_only,
        created_at=now,
        state_changed_at=now,
    )
    _check(tenant)
    _store(tenant, PARTNER if partner_only else opening, now=now)
    try:
        return _finish(tenant, now=now)
    except Exception:
        try:
            _remove(tenant)
        except Exception:
            logger.exception("tenant %s is left half made, for the sweep", tenant.id)
        raise


def _store(tenant: Tenant, opening: Opening | None, *, now: datetime) -> None:
    """Commit the merchant's row, its address and its account: the address decides who is first."""
    if opening is not None:
        plan_named(opening.plan)
    host = f"{tenant.slug}.{settings.PLATFORM_DOMAIN}"
    try:
        with transaction.atomic(durable=True):
            tenant.save(force_insert=True)
            Domain.objects.create(domain=host, tenant=tenant, is_primary=True)
            if opening is not None:
                open_account(tenant_id=tenant.id, opening=opening, now=now)
                tenant.refresh_from_db(fields=["entitlements", "entitled_until"])
    except IntegrityError as error:
        raise SlugTakenError(param="slug") from error


def _check(tenant: Tenant) -> None:
    """Refuse what the columns could not hold or the code could not use, field by field."""
    try:
        zoneinfo.ZoneInfo(tenant.timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidTenantError("This is not a known time zone.", param="timezone") from error
    if tenant.language not in dict(settings.LANGUAGES):
        raise InvalidTenantError("The platform does not speak this language.", param="language")
    try:
        tenant.clean_fields()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise InvalidTenantError(" ".join(messages), param=field) from error


def build_schema(tenant: Tenant, *, now: datetime) -> None:
    """Make the tenant's schema, whole; one that is there and complete is left as it is.

    Replays the recording for this code, recording first when there is none. A replay that
    fails is logged and the migrations are run instead: slower, and with the same result.
    """
    recording = record.recording_for_this_code() or record.record(now=now)
    schema = tenant.schema_name
    try:
        replay.replay(recording, schema)
        return
    except psycopg.errors.DuplicateSchema:
        if replay.is_complete(recording, schema):
            return
    except psycopg.OperationalError:
        raise
    except (psycopg.Error, replay.SchemaDiffersError):
        logger.exception("replay failed, migrating %s instead", schema)
        recording.delete()
    replay.drop(schema)
    record.create_and_migrate(schema)


def _finish(tenant: Tenant, *, now: datetime) -> Tenant:
    build_schema(tenant, now=now)
    tenant.state, tenant.state_changed_at = TenantState.ACTIVE, now
    tenant.save(update_fields=["state", "state_changed_at"])
    lookup.forget(tenant)
    return tenant


def _remove(tenant: Tenant) -> None:
    """Take away what was never in use: its schema name was drawn at random, once."""
    replay.drop(tenant.schema_name)
    forget_account(tenant_id=tenant.id)
    Tenant.objects.filter(id=tenant.id, state=TenantState.PROVISIONING).delete()


def resume_or_remove(tenant: Tenant, *, now: datetime) -> Tenant | None:
    """Finish a half-made tenant; one that cannot be finished is removed, and None returned."""
    if tenant.state != TenantState.PROVISIONING:
        return tenant
    try:
        return _finish(tenant, now=now)
    except psycopg.OperationalError:
        raise
    except Exception:
        logger.exception("tenant %s could not be finished and is removed", tenant.id)
        _remove(tenant)
        return None


def sweep_half_made(now: datetime) -> int:
    """Finish or remove every tenant that a crash left half made; returns how many there were."""
    left = Tenant.objects.filter(
        state=TenantState.PROVISIONING, created_at__lte=now - HALF_MADE_AFTER
    )
    count = 0
    for tenant in left.order_by("created_at"):
        count += 1
        try:
            resume_or_remove(tenant, now=now)
        except Exception:
            # The next sweep tries again, and those behind this one need not wait for it.
            logger.exception("tenant %s stays half made for now", tenant.id)
    return count


def schema_exists(schema: str) -> bool:
    """Whether the database has a schema of this name."""
    with connect() as own:
        found = own.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema]).fetchone()
    return found is not None
