"""Which tenants have something due, found without visiting each of them."""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection
from psycopg import sql

from tenants.models import Tenant, TenantState

# Schemas asked in one statement: large enough to be quick, small enough to plan.
_SLICE = 200


def active_tenants() -> list[Tenant]:
    """Every tenant that may work, by age. Called in the public schema."""
    return list(Tenant.objects.filter(state=TenantState.ACTIVE).order_by("created_at"))


def tenants_with_due_events(*, now: datetime) -> Iterator[tuple[Tenant, datetime]]:
    """The active tenants whose outbox holds something due, with the oldest due time of each.

    One UNION ALL for each slice of the fleet. A tenant that disappears in between is found out
    by the relay, which refuses to enter it.
    """
    tenants = active_tenants()
    for start in range(0, len(tenants), _SLICE):
        part = {tenant.schema_name: tenant for tenant in tenants[start : start + _SLICE]}
        with connection.cursor() as cursor:
            cursor.execute(_question(list(part)), [now] * len(part))
            rows = cursor.fetchall()
        for schema, oldest in rows:
            yield part[schema], oldest


def _question(schemas: list[str]) -> sql.Composable:
    one = sql.SQL(
        "(SELECT {label}::text, due_at FROM {table}"
        " WHERE state = 'pending' AND due_at <= %s ORDER BY due_at LIMIT 1)"
    )
    return sql.SQL(" UNION ALL ").join(
        one.format(label=sql.Literal(schema), table=sql.Identifier(schema, "outbox_event"))
        for schema in schemas
    )
