"""What decisions and rewards tell of a customer (D6)."""

import uuid
from collections.abc import Collection
from datetime import datetime

from tenants.profiles.personal import End, Personal
from tenants.programme.models import Decision, Reward


def _forget_reasons(ids: Collection[uuid.UUID], _now: datetime, _end: End) -> None:
    """What the merchant wrote by hand goes; ids, dates and amounts explain the books and stay."""
    for row in Decision.objects.filter(profile_id__in=ids, facts__has_key="reason"):
        row.facts = {**row.facts, "reason": ""}
        row.save(update_fields=["facts"])


PERSONAL = (
    Personal(
        Decision,
        "profile_id",
        "decisions",
        purposes={"facts": "Explain every grant and refusal, in ids, dates and amounts; kept."},
        technical=frozenset({"code", "unit"}),
        erase=_forget_reasons,
        # It explains what another table holds.
        contact="",
    ),
    Personal(Reward, "profile_id", "gains-de-parrainage", technical=frozenset({"unit"})),
)
