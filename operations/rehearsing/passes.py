"""The link that opens a test: signed for one merchant, one operation and one side, for a day (R24).

The minor's link is made in its own back office and leads to the major's address.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import connection
from django.urls import reverse

from partnerships.models import Partnership
from tenants.addresses import absolute_url
from tenants.models import Tenant

HOLDS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pass:
    """Which operation is tested, and by whom: `partnership_id` is None for its own merchant."""

    operation_id: uuid.UUID
    partnership_id: uuid.UUID | None = None


def token_for(given: Pass, *, schema: str, now: datetime) -> str:
    """What the address of a test holds; `schema` is that of the operation's merchant."""
    said = [
        str(given.operation_id),
        str(given.partnership_id or ""),
        int(now.timestamp()),
    ]
    return signing.dumps(said, salt=_salt(schema))


def read(token: str, *, now: datetime) -> Pass | None:
    """The pass that a token of the current merchant holds; None for any other, or an old one."""
    schema = str(getattr(connection, "schema_name", "") or "public")
    try:
        operation, partner, made = signing.loads(token[:600], salt=_salt(schema))
        given = Pass(uuid.UUID(operation), uuid.UUID(partner) if partner else None)
        age = now.timestamp() - int(made)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return given if 0 <= age <= HOLDS.total_seconds() else None


def url_for(given: Pass, *, major: Tenant, now: datetime) -> str:
    """The full address of a test, on the major's own host."""
    token = token_for(given, schema=major.schema_name, now=now)
    path = reverse("operations:rehearsal", args=[token], urlconf="config.urls_tenant")
    return absolute_url(major, path)


def _salt(schema: str) -> str:
    return f"operations.rehearsal:{schema}"


def way_back(given: Pass, *, operation_id: str) -> str:
    """Where whoever tests came from: the operation's tests, or the partner's own operations."""
    if given.partnership_id is None:
        return reverse("operations:tests", args=[operation_id])
    row = Partnership.objects.filter(id=given.partnership_id).select_related("minor").first()
    if row is None or row.minor is None:
        return ""
    return absolute_url(row.minor, reverse("operations:received", urlconf="config.urls_tenant"))
