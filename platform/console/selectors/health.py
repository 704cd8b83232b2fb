"""How merchants are: the level of their schema, what has not left, their last order, their size."""

import functools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.migrations.loader import MigrationLoader

from console.selectors.schemas import ask, sizes
from tenants.models import Tenant, TenantState
from tenants.provisioning import guards
from tenants.provisioning.labels import tenant_app_labels

# What waits longer than this is not simply on its way.
LATE = timedelta(minutes=5)
_LIVING = (TenantState.ACTIVE, TenantState.SUSPENDED, TenantState.DELETING)


@dataclass(frozen=True, slots=True)
class Health:
    """One merchant. `missing` migrations; `oldest` is when the oldest late event fell due."""

    missing: int | None = None
    oldest: datetime | None = None
    late: int = 0
    dead: int = 0
    last_order_at: datetime | None = None
    size: int = 0

    @property
    def has_schema(self) -> bool:
        return self.missing is not None

    @property
    def is_well(self) -> bool:
        """Its schema is up to the code, and all that should have left has."""
        return self.missing == 0 and not self.late and not self.dead


_QUESTION = """
    SELECT {label},
        (SELECT count(*) FROM unnest(%s::text[]) AS expected(name) WHERE NOT EXISTS (
            SELECT FROM {django_migrations} m WHERE m.app || '.' || m.name = expected.name)),
        (SELECT min(due_at) FROM {outbox_event} WHERE state = 'pending' AND due_at <= %s),
        (SELECT count(*) FROM {outbox_event} WHERE state = 'pending' AND due_at <= %s),
        (SELECT count(*) FROM {outbox_event} WHERE state = 'dead'),
        (SELECT max(received_at) FROM {activity_order})
"""
_TABLES = ("django_migrations", "outbox_event", "activity_order")


def health(tenants: Sequence[Tenant], *, now: datetime) -> dict[uuid.UUID, Health]:
    """Each of these merchants; one without a schema has none of it."""
    late = now - LATE
    found = {tenant.id: Health() for tenant in tenants}
    disk = sizes(tenants)
    rows = ask(_QUESTION, tenants=tenants, tables=_TABLES, params=[expected(), late, late])
    for tenant, (missing, oldest, waiting, dead, last_order) in rows:
        found[tenant.id] = Health(
            missing=missing,
            oldest=oldest,
            late=waiting,
            dead=dead,
            last_order_at=last_order,
            size=disk.get(tenant.schema_name, 0),
        )
    return found


def living() -> list[Tenant]:
    """Every merchant that should have a schema, by name. Called in the public schema."""
    return list(Tenant.objects.filter(state__in=_LIVING).order_by("name", "slug"))


def unwell(*, now: datetime) -> list[uuid.UUID]:
    """The merchants that somebody should look at."""
    # One that is closed keeps its events until it is opened: nothing of it is late.
    looked_at = living()
    found = health(looked_at, now=now)
    return [
        tenant.id
        for tenant in looked_at
        if found[tenant.id].missing != 0
        or (tenant.state == TenantState.ACTIVE and not found[tenant.id].is_well)
    ]


@functools.cache
def expected() -> list[str]:
    """What a schema that is up to this code has applied: migrations, and the guards' version."""
    labels = tenant_app_labels()
    nodes = MigrationLoader(None).graph.nodes
    names = [f"{app}.{name}" for app, name in nodes if app in labels]
    return sorted([*names, f"{guards.APP}.{guards.version()}"])
