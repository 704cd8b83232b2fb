"""Consents: given, confirmed, withdrawn, and which of them hold (D1, D2).

Each is to one brand. What a withdrawal sets off elsewhere (the partner is told, mailings stop) is
for the caller: nothing above this floor is known here.
"""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from kernel.db import atomic_with_retry, insert, insert_if_absent, update_fields
from tenants.profiles.models import (
    Consent,
    ConsentEvent,
    ConsentEventKind,
    ConsentPurpose,
    Profile,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A box that somebody ticked: to whom it says yes, and in which words."""

    controller_name: str
    text: str
    controller_tenant_id: uuid.UUID | None = None
    policy_url: str = ""
    purpose: ConsentPurpose = ConsentPurpose.NEWS


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where and how it was ticked; `source` holds ids, never personal data."""

    source_kind: str
    source: dict[str, str] = field(default_factory=dict)
    language: str = "fr"
    form_version: str = ""
    needs_confirmation: bool = False


def text_hash(text: str) -> str:
    """SHA-256 of the exact words, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@atomic_with_retry
def grant(
    *, profile: Profile, asked: Iterable[Asked], circumstances: Circumstances, now: datetime
) -> list[Consent]:
    """Keep a yes for each box that was ticked; one row each, in their order."""
    rows = [
        Consent(
            profile=profile,
            purpose=box.purpose,
            controller_tenant_id=box.controller_tenant_id,
            controller_name=box.controller_name,
            policy_url=box.policy_url,
            text=box.text,
            text_hash=text_hash(box.text),
            language=circumstances.language,
            form_version=circumstances.form_version,
            source_kind=circumstances.source_kind,
            source=circumstances.source,
            needs_confirmation=circumstances.needs_confirmation,
            granted_at=now,
        )
        for box in asked
    ]
    insert(rows)
    return rows


@atomic_with_retry
def confirm(*, consents: Iterable[Consent], how: str, now: datetime) -> int:
    """Note that their person confirmed these; once more changes nothing. Returns how many did."""
    return _note(consents, ConsentEventKind.CONFIRMED, how, now)


def note_on(*, profile: Profile, at: datetime) -> None:
    """A locked profile said yes to the merchant's own news and reminders: mailings ask there."""
    profile.consented_at = at
    update_fields(profile, "consented_at")


@atomic_with_retry
def withdraw(*, consent: Consent, how: str, now: datetime) -> list[Consent]:
    """Withdraw this consent, and every other of the same person to the same brand and purpose.

    Returns those that this call withdrew: none where all were withdrawn before.
    """
    same = Consent.objects.filter(
        profile_id=consent.profile_id,
        purpose=consent.purpose,
        controller_tenant_id=consent.controller_tenant_id,
    )
    return _withdraw(same, how, now)


@atomic_with_retry
def withdraw_own(*, profile_id: uuid.UUID, how: str, now: datetime) -> list[Consent]:
    """Withdraw whatever this person said yes to for the merchant's own news."""
    own = Consent.objects.filter(profile_id=profile_id, controller_tenant_id=None)
    return _withdraw(own, how, now)


@atomic_with_retry
def withdraw_all(*, profile_ids: Iterable[uuid.UUID], how: str, now: datetime) -> list[Consent]:
    """Withdraw all consents of these records of one person, to whatever brand."""
    return _withdraw(Consent.objects.filter(profile_id__in=list(profile_ids)), how, now)


def in_force(*, profile_id: uuid.UUID | None = None) -> QuerySet[Consent]:
    """The consents that hold: confirmed where they had to be, and not withdrawn."""
    rows = valid().filter(~_has("withdrawn"))
    return rows if profile_id is None else rows.filter(profile_id=profile_id)


def valid() -> QuerySet[Consent]:
    """The consents that hold or held: confirmed where they had to be, withdrawn since or not."""
    return Consent.objects.filter(Q(needs_confirmation=False) | Q(_has("confirmed")))


def withdrawn_when(rows: Sequence[Consent]) -> dict[uuid.UUID, datetime]:
    """When those of these consents that were withdrawn were."""
    events = ConsentEvent.objects.filter(
        consent__in=[row.id for row in rows], kind=ConsentEventKind.WITHDRAWN
    )
    return dict(events.values_list("consent_id", "at"))


def not_withdrawn() -> QuerySet[Consent]:
    """Consents that were not withdrawn, be they confirmed or not yet."""
    return Consent.objects.filter(~_has("withdrawn"))


def _has(kind: str) -> Exists:
    return Exists(ConsentEvent.objects.filter(consent_id=OuterRef("id"), kind=kind))


def _withdraw(rows: QuerySet[Consent], how: str, now: datetime) -> list[Consent]:
    open_ones = list(rows.filter(~_has("withdrawn")).order_by("id"))
    events = [
        ConsentEvent(consent=row, kind=ConsentEventKind.WITHDRAWN, at=now, how=how)
        for row in open_ones
    ]
    noted = insert_if_absent(events)
    return [event.consent for event in events if event.id in noted]


def _note(consents: Iterable[Consent], kind: ConsentEventKind, how: str, now: datetime) -> int:
    rows = [ConsentEvent(consent=row, kind=kind, at=now, how=how) for row in consents]
    return len(insert_if_absent(rows))
