"""What referrals tell of a customer, and of the friends whom they named (D6, D7)."""

import secrets
import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from tenants.profiles.personal import End, Personal
from tenants.referrals.models import Click, Invitation, Referral, ReferralCode

_FRIEND = "Write to a friend once, in the referrer's name; deleted when unused after the set days."


def _rename(ids: Collection[uuid.UUID], _now: datetime, _end: End) -> None:
    """A code is made of a first name: it gets a text that leads nowhere and tells nothing."""
    for row in ReferralCode.objects.filter(profile_id__in=ids):
        Referral.objects.filter(code_used=row.code).update(code_used="")
        row.code = f"X-{secrets.token_hex(8).upper()}"
        row.save(update_fields=["code"])


def _without_askers(row: dict[str, Any]) -> dict[str, Any]:
    """An address that a friend gave themselves is not the referrer's to read (R23)."""
    return {**row, "email": ""} if row["asked"] else row


_REFERRAL = {
    "notes": "The merchant's own notes on a referral; as long as the referral.",
    "code_used": "Explain why a referral counts; as long as the referral.",
    "facts": "Explain why a referral was refused, in dates and amounts; as long as the referral.",
}

PERSONAL = (
    Personal(
        ReferralCode,
        "profile_id",
        "code",
        purposes={"code": "Share with friends; as long as the record."},
        erase=_rename,
        contact="",
    ),
    Personal(
        Invitation,
        "referrer_id",
        "invitations",
        purposes={
            "email": _FRIEND,
            "email_key": _FRIEND,
            "first_name": _FRIEND,
            "email_hash": "Invite nobody twice, as a keyed hash; kept.",
        },
        blank={"email": "", "email_key": None, "first_name": ""},
        withheld=frozenset({"email_key", "email_hash"}),
        redact=_without_askers,
        contact="created_at",
    ),
    Personal(Click, "visitor_id", "clics", blank={"visitor": None}, contact="clicked_at"),
    Personal(Referral, "referee_id", "parraine-par", purposes=_REFERRAL, blank={"notes": ""}),
    Personal(
        Referral,
        "referrer_id",
        "parrainages",
        purposes=_REFERRAL,
        blank={"notes": ""},
        # A referrer never learns what a friend bought, or since when.
        withheld=frozenset({"facts", "refusal"}),
    ),
)


def forget_address(*, key: str) -> None:
    """Blank the invitation that somebody got at this address; its keyed hash stays."""
    rows = Invitation.objects.filter(email_key=key)
    rows.update(email="", email_key=None, first_name="")
