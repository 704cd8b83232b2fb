"""What operations tell of a person (D6)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from operations import withdrawing
from operations.models import (
    DrawPlace,
    Participation,
    ParticipationState,
    ReceivedParticipation,
    RulesVersion,
    Share,
    Win,
)
from tenants.profiles.personal import End, Personal


def _erase(ids: Collection[UUID], now: datetime, end: End) -> None:
    """What stays is that somebody took part, and what came of it.

    Of a wish the partners are told first (D4); time ends nothing but what is here (D6).
    """
    if end == End.WISH:
        withdrawing.forget_people(ids, now)
    else:
        withdrawing.end_own(ids, now)
    rows = Participation.objects.filter(profile_id__in=ids)
    rows.update(fields={}, answers={}, body_hash="", person_key="")
    # An email that still asks for a confirmation confirms nothing of somebody who is forgotten.
    rows.filter(state=ParticipationState.PENDING).update(
        state=ParticipationState.VOID, voided_at=now
    )


def _with_rules(row: dict[str, Any]) -> dict[str, Any]:
    """In a person's file, the rules that they accepted, in full."""
    version = RulesVersion.objects.filter(id=row.pop("rules_id", None)).first()
    return row | {
        "rules_version": version.number if version is not None else None,
        "rules_since": version.since if version is not None else None,
        "rules_text": version.text if version is not None else {},
        "rules_hash": version.text_hash if version is not None else "",
    }


_ANSWER = "Take part in an operation, as its page says; 3 years after the last contact."

PERSONAL = (
    Personal(
        Participation,
        "profile_id",
        "participations",
        purposes={
            "fields": _ANSWER,
            "answers": _ANSWER,
            "outcome": "Honour what was won, and prove a draw; as long as the operation.",
        },
        technical=frozenset(
            {
                "source_ref",
                "slot",
                "boxes",
                "going",
                "language",
                "form_version",
                "key",
                "body_hash",
                "person_key",
            }
        ),
        erase=_erase,
        withheld=frozenset({"key", "body_hash", "person_key"}),
        redact=_with_rules,
        contact="created_at",
    ),
    Personal(
        DrawPlace,
        "participation__profile_id",
        "tirages",
        purposes={
            "stepped_down_note": "Say why a prize went on; as long as the operation.",
        },
        technical=frozenset({"stepped_down_why"}),
        blank={"stepped_down_note": ""},
        contact="",
    ),
    # That something was won, and handed over, stays of somebody who has no name any more.
    Personal(
        Win,
        "participation__profile_id",
        "lots-gagnes",
        technical=frozenset({"code"}),
        contact="",
    ),
    Personal(
        ReceivedParticipation,
        "profile_id",
        "participations-recues",
        purposes={
            "fields": "Write to the person as they agreed to; 3 years after the last contact,"
            " and no longer than they agree.",
        },
        technical=frozenset({"source_ref"}),
        blank={"fields": {}},
        contact="received_at",
    ),
    Personal(
        Share,
        "participation__profile_id",
        "partages",
        technical=frozenset({"fields"}),
        contact="",
    ),
)
