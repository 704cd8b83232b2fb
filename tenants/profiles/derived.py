"""What Python works out of a record's own fields, for many records written by SQL."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection

from tenants.profiles import emails
from tenants.profiles.models import Profile
from tenants.profiles.services import search_text

_REFRESH = """
    UPDATE profiles_profile p SET email_folded = f.folded, search_text = f.search
    FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS f(id, folded, search) WHERE p.id = f.id
"""


def refresh(*, profile_ids: Sequence[uuid.UUID]) -> None:
    """Work `email_folded` and `search_text` out again, in two statements."""
    if not profile_ids:
        return
    people = list(
        Profile.everyone.filter(id__in=profile_ids).only(
            "id", "email", "first_name", "last_name", "phone", "shop", "external_id"
        )
    )
    values: list[Any] = [
        [person.id for person in people],
        [emails.folded(person.email) if person.email else "" for person in people],
        [search_text(person) for person in people],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, values)
