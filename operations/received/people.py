"""The people behind what partners shared: found, corrected and erased one by one, at their wish.

A person is known by one row that came with their yes: `rcp_…`. They have a record of their own; of
those who came before an address went with everything, the row is all there is.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from kernel.db import atomic_with_retry
from kernel.errors import NotFoundError
from kernel.ids import parse_public_id
from operations.models import ReceivedParticipation
from operations.received import selectors
from operations.received.standing import holds, with_end
from shell.text import folded
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.profiles.selectors import present
from tenants.programme import erasing

# What of the answers is a record's own as well.
OF_RECORD = ("first_name", "last_name", "email", "phone")
_PERSON = Coalesce("profile__merged_into_id", "profile_id")


class UnknownPersonError(NotFoundError):
    """Nobody here, or forgotten meanwhile."""

    code = "unknown_received_person"


def _named() -> QuerySet[Any]:
    """Rows that tell of somebody: with a record, or with answers of their own."""
    rows = ReceivedParticipation.objects.filter(proof__isnull=False)
    return rows.filter(
        Q(profile=None) & ~Q(fields={}) | Q(profile__isnull=False, profile__erased_at=None)
    ).annotate(person=_PERSON)


def people() -> QuerySet[Any]:
    """Everybody of whom something came, each by their latest row."""
    later = _named().filter(person=OuterRef("person"), id__gt=OuterRef("id"))
    rows = _named().filter(~Exists(later))
    rows = with_end(rows).select_related("profile__merged_into", "operation")
    return rows.order_by("-received_at", "-id")


def people_without_yes() -> QuerySet[Any]:
    """Those of them who took back every yes: their address is kept so that nobody writes to it."""
    held = _named().filter(holds(), Q(person=OuterRef("person")) | Q(id=OuterRef("id")))
    return people().filter(~Exists(held))


def who_left(*, begin: datetime, end: datetime) -> QuerySet[Any]:
    """Those of them who took a yes back in this time."""
    ended: QuerySet[Any] = with_end(_named())
    ended = ended.filter(ended_at__gte=begin, ended_at__lt=end)
    same = Q(person=OuterRef("person")) | Q(id=OuterRef("id"))
    return people_without_yes().filter(Exists(ended.filter(same)))


def matching(rows: QuerySet[Any], *, text: str) -> QuerySet[Any]:
    """Those whose record or answers hold every word."""
    for word in text.split():
        plain = folded(word)
        known = Q(profile__search_text__contains=plain)
        known |= Q(profile__merged_into__search_text__contains=plain)
        for name in OF_RECORD:
            known |= Q(profile=None, **{f"fields__{name}__icontains": word})
        rows = rows.filter(known)
    return rows


@dataclass(slots=True)
class Person:
    """Somebody, with all rows that came of them, the latest first."""

    row: ReceivedParticipation
    profile: Profile | None
    rows: list[Any] = field(default_factory=list)

    @property
    def public_id(self) -> str:
        return self.row.public_id

    @property
    def name(self) -> str:
        """As a list and a page call them."""
        if self.profile is not None:
            return self.profile.name
        names = (self.row.fields.get(name, "") for name in ("first_name", "last_name"))
        return " ".join(filter(None, names)) or str(self.row.fields.get("email") or "—")

    @property
    def majors(self) -> list[str]:
        return sorted({row.operation.major_name for row in self.rows})

    @property
    def holds(self) -> bool:
        """Whether one of their yeses was not taken back."""
        return any(row.ended_at is None for row in self.rows)


def person(*, public_id: str) -> Person:
    """Who an address names, of this merchant's own (R23); UnknownPersonError."""
    number = parse_public_id("rcp", public_id)
    row = _named().select_related("profile__merged_into").filter(id=number).first()
    if row is None:
        raise UnknownPersonError
    profile = present(row.profile) if row.profile is not None else None
    if profile is not None and profile.erased_at is not None:
        raise UnknownPersonError
    same = Q(person=row.person) if row.person is not None else Q(id=row.id)
    rows = with_end(_named()).select_related("operation", "consent").filter(same)
    return Person(row, profile, list(rows.order_by("-received_at", "-id")))


def answers(found: Person, *, language: str) -> dict[str, tuple[str, str]]:
    """Each thing that was asked for this merchant: its label, and what is known now."""
    known: dict[str, tuple[str, str]] = {}
    for row in found.rows:
        for name, label in selectors.known(row.operation, language=language).items():
            kept = row.fields if row.ended_at is None else {}
            value = str(kept.get(name) or "")
            if found.profile is not None and name in OF_RECORD:
                value = str(getattr(found.profile, name))
            if name not in known or not known[name][1]:
                known[name] = (label, value)
    return known


@atomic_with_retry
def correct(*, public_id: str, values: Mapping[str, str]) -> Person:
    """Put right what is known of somebody: their record, and every answer that is still kept.

    Only what was asked for this merchant is taken; what was taken back stays blank. Raises
    UnknownPersonError, and what `tenants.profiles.services.update` does.
    """
    found = person(public_id=public_id)
    asked_of = {row.id: set(selectors.known(row.operation, language="fr")) for row in found.rows}
    may = set().union(*asked_of.values())
    taken = {name: value for name, value in values.items() if name in may}
    own = {name: value for name, value in taken.items() if name in OF_RECORD}
    if found.profile is not None and own:
        # Locks the record first, as whatever takes a yes back does.
        profiles.update(profile_id=found.profile.id, **own)
    rows = ReceivedParticipation.objects.select_for_update().filter(holds(), id__in=list(asked_of))
    for row in rows.order_by("id"):
        mine = {name: value for name, value in taken.items() if name in asked_of[row.id]}
        kept = {**row.fields, **mine}
        row.fields = {name: value for name, value in kept.items() if value}
        row.save(update_fields=["fields"])
    return person(public_id=public_id)


@atomic_with_retry
def erase(*, public_id: str, author_id: uuid.UUID, now: datetime) -> None:
    """Forget somebody here, for good, as every record is; what stays is a count.

    The brand that shared them answers for itself. Raises UnknownPersonError, the second time too.
    """
    found = person(public_id=public_id)
    if found.profile is not None:
        erasing.erase(profile_id=found.profile.id, author_id=author_id, now=now)
        return
    ReceivedParticipation.objects.filter(id=found.row.id).update(fields={})


def is_forgotten(*, public_id: str) -> bool:
    """Whether this was somebody here who has been erased since."""
    number = parse_public_id("rcp", public_id)
    if number is None:
        return False
    rows = ReceivedParticipation.objects.filter(id=number, proof__isnull=False)
    return rows.exists() and not _named().filter(id=number).exists()


def file_of(found: Person, *, now: datetime) -> bytes:
    """All that is known of somebody, as a zip for them."""
    if found.profile is not None:
        return erasing.person_file(profile=found.profile, now=now)
    row = found.row
    told = {
        "operation": row.operation.name,
        "brand": row.operation.major_name,
        "received_at": row.received_at,
        "proof": row.proof_id,
        "fields": row.fields,
    }
    return erasing.packed({"exported_at": now, "person": row.public_id}, {"participations": [told]})
