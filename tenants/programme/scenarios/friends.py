"""Reminders to people who were invited: one at most, whichever scenario it comes from (D7).

Only where the invitation itself announced it: an invitation of before the switch is left alone.
"""

import uuid
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from tenants.messaging.models import Email, Enrolment
from tenants.profiles.models import Profile
from tenants.programme import promises
from tenants.programme.models import Side
from tenants.programme.scenarios.shapes import Moment, StopError
from tenants.referrals.models import Invitation, Referral, ReferralCode


def email_key(invitation: Invitation) -> str:
    """One key for both scenarios: the database refuses a second reminder."""
    return f"reminder:invitation:{invitation.id}"


def find_invited(moment: Moment, limit: int) -> list[Enrolment]:
    """Who did not open their invitation."""
    rows = _invitations(moment).filter(clicked_at=None, asked=False)
    return [_enrolment(moment, row, row.created_at) for row in rows.order_by("id")[:limit]]


def find_clicked(moment: Moment, limit: int) -> list[Enrolment]:
    """Who came to the shop and did not buy."""
    rows = _invitations(moment).filter(clicked_at__isnull=False)
    return [
        _enrolment(moment, row, row.clicked_at or row.created_at)
        for row in rows.order_by("id")[:limit]
    ]


def speak_invited(enrolment: Enrolment, moment: Moment) -> dict[str, Any]:
    """Who invited, and what waits; over as soon as the friend came."""
    invitation = _invitation(enrolment)
    if invitation.clicked_at is not None:
        raise StopError("clicked")
    return _context(invitation, moment)


def speak_clicked(enrolment: Enrolment, moment: Moment) -> dict[str, Any]:
    """The same to who came and left."""
    return _context(_invitation(enrolment), moment)


def invitation_of(enrolment: Enrolment) -> Invitation:
    """The invitation, its address still known; StopError when it was forgotten."""
    number = enrolment.invitation_id or uuid.UUID(int=0)
    row = Invitation.objects.select_related("referrer").filter(id=number).first()
    if row is None or row.email_key is None:
        raise StopError("forgotten")
    return row


def _invitation(enrolment: Enrolment) -> Invitation:
    row = invitation_of(enrolment)
    if Referral.objects.filter(invitation=row).exists():
        raise StopError("referred")
    if Profile.objects.filter(email_key=row.email_key).exists():
        raise StopError("bought")
    if Email.objects.filter(key=email_key(row)).exists():
        raise StopError("already")
    return row


def _context(invitation: Invitation, moment: Moment) -> dict[str, Any]:
    code = ReferralCode.objects.filter(profile=invitation.referrer).first()
    if code is None:
        raise StopError("over")
    trigger = promises.main_trigger(moment.version)
    return {
        "referrer": invitation.referrer.name,
        "first_name": invitation.first_name,
        "code": code.code,
        "invitation": invitation.public_id,
        "amount": promises.amount(moment.version, side=Side.REFEREE, trigger=trigger),
        "unit": moment.version.unit,
    }


def _invitations(moment: Moment) -> QuerySet[Invitation]:
    enrolled = Enrolment.objects.filter(scenario=moment.scenario, invitation_id=OuterRef("pk"))
    return Invitation.objects.filter(
        ~Exists(enrolled),
        ~Exists(Referral.objects.filter(invitation=OuterRef("pk"))),
        email_key__isnull=False,
        created_at__gte=moment.scenario.enabled_at or moment.now,
        forget_at__gt=moment.now,
        referrer__is_test=False,
    )


def _enrolment(moment: Moment, row: Invitation, anchor_at: Any) -> Enrolment:
    return Enrolment(
        scenario=moment.scenario,
        invitation_id=row.id,
        occasion=f"inv:{row.id.hex}",
        anchor_at=anchor_at,
        started_at=moment.now,
        due_at=max(anchor_at + timedelta(days=moment.days), moment.now),
    )
