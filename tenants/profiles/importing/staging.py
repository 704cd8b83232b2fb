"""Cleaned lines go into `profiles_import_row`, by COPY: a hundred thousand take a second."""

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection

from kernel.ids import uuid7
from shell.text import folded
from tenants.context import current_tenant
from tenants.profiles import emails
from tenants.profiles.forgetting import erased_among
from tenants.profiles.importing import storing
from tenants.profiles.importing.cells import Cleaner
from tenants.profiles.importing.cleaning import Cleaned, clean
from tenants.profiles.importing.fields import BY_KEY, Field
from tenants.profiles.models import CustomerImport, ImportRow, Profile, RowAction

_COPY = (
    "COPY profiles_import_row (customer_import_id, line, profile_id, email_key, external_id,"
    " phone, data, problems, action) FROM STDIN"
)


def columns_of(customer_import: CustomerImport) -> list[tuple[int, Field]]:
    """The columns that were named, with their fields."""
    pairs = [(int(number), BY_KEY[key]) for number, key in customer_import.mapping.items()]
    return sorted(pairs, key=lambda pair: pair[0])


def stage(customer_import: CustomerImport, *, chunk: int, now: datetime) -> int:
    """Clean one chunk of lines and store them; returns how many, nought past the last chunk."""
    lines = storing.read_chunk(customer_import, chunk)
    if not lines:
        return 0
    columns = columns_of(customer_import)
    how = Cleaner(zone=ZoneInfo(current_tenant().timezone), now=now)
    width = len(customer_import.headers)
    cleaned = [clean(line, cells, columns=columns, width=width, how=how) for line, cells in lines]
    _refuse_erased(cleaned)
    _copy(customer_import.id, cleaned)
    return len(lines)


def restart(customer_import: CustomerImport) -> None:
    """Forget what an earlier check staged."""
    ImportRow.objects.filter(customer_import=customer_import).delete()


def _refuse_erased(cleaned: Sequence[Cleaned]) -> None:
    erased = erased_among(addresses=[row.email_key for row in cleaned if row.email_key])
    if erased:  # who came back by themselves is known again
        here = Profile.everyone.filter(email_key__in=erased)
        erased -= set(here.values_list("email_key", flat=True))
    for row in cleaned:
        if row.email_key in erased:
            row.problems.append((None, "erased", {}))


def _derived(row: Cleaned) -> dict[str, str]:
    """What a new record needs beside its cells: Python works it out, and SQL stores it."""
    said = row.data
    words = ("first_name", "last_name", "email", "phone", "shop", "external_id")
    return {
        "_folded": emails.folded(said["email"]) if said.get("email") else "",
        "_search": folded(" ".join(said[name] for name in words if said.get(name))),
    }


def _copy(import_id: uuid.UUID, cleaned: Sequence[Cleaned]) -> None:
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in cleaned:
            data = {**row.data, **_derived(row)}
            copy.write_row(
                (
                    import_id,
                    row.line,
                    uuid7(),
                    row.email_key,
                    data.get("external_id"),
                    data.get("phone"),
                    json.dumps(data, ensure_ascii=False),
                    json.dumps(row.problems) if row.problems else None,
                    RowAction.REJECTED if row.problems else RowAction.NEW,
                )
            )
