"""Taking in what a partner carries here, in the minor's schema and the carrier's transaction.

Everything happens once, by the unique key of operation and participation: what is here already is
passed over. Whoever of the minor's own file is meant is found here, and "new" is decided here.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kernel.db import insert, insert_if_absent
from kernel.errors import RicochetError
from kernel.ids import public_id
from operations.models import ReceivedOperation, ReceivedParticipation
from operations.received import telling
from operations.received.shapes import Carried, Description, Proof
from tenants.messaging import unsubscribing
from tenants.profiles import emails, forgetting
from tenants.profiles.models import Consent, ConsentEvent, ConsentEventKind, Profile
from tenants.profiles.services import Identity, find_or_create

# How a profile that only a partner's operation brought is marked.
SOURCE = "partner"


def describe(*, description: Description, now: datetime) -> ReceivedOperation:
    """Keep the copy of an operation as it is now, and have its owners told what is due.

    What was to come here before is not forgotten: people agreed to it, and it stays.
    """
    known = _known_fields(description)
    row, _made = ReceivedOperation.objects.update_or_create(
        major_id=description.major_id,
        operation_id=description.operation_id,
        defaults={
            **description.values,
            "known_fields": known,
            "partnership_id": description.partnership_id,
            "version": description.version,
            "refreshed_at": now,
        },
        create_defaults={
            **description.values,
            "known_fields": known,
            "partnership_id": description.partnership_id,
            "version": description.version,
            "received_at": now,
            "refreshed_at": now,
        },
    )
    telling.plan(row=row, now=now)
    return row


def _known_fields(description: Description) -> list[Any]:
    """Every field that was ever told of, in its latest words."""
    before = ReceivedOperation.objects.filter(
        major_id=description.major_id, operation_id=description.operation_id
    ).first()
    told = [field for module in description.values["modules"] for field in module["fields"]]
    found: dict[str, Any] = {}
    for field in [*told, *(before.known_fields if before is not None else ())]:
        found.setdefault(field["name"], field)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Person:
    profile: Profile
    is_new: bool


def take_in(*, carried: Sequence[Carried], major_id: uuid.UUID, now: datetime) -> int:
    """Write what is not here yet; returns how many rows that were. The operations are known."""
    operations = {
        row.operation_id: row
        for row in ReceivedOperation.objects.filter(
            major_id=major_id, operation_id__in={one.operation_id for one in carried}
        )
    }
    here = _here(operations.values(), carried)
    fresh = [
        one
        for one in carried
        if (operations[one.operation_id].id, one.participation_id) not in here
    ]
    rows, given = [], {}
    erased = forgetting.erased_when(
        addresses={one.fields["email"] for one in fresh if one.fields.get("email")}
    )
    # People in the order of their addresses: two deliveries never wait for each other.
    for one in sorted(fresh, key=lambda one: emails.key(one.fields.get("email", ""))):
        proof = one.proof if _may_keep(one, erased) else None
        person = _person(one, now) if proof is not None else None
        row = _row(one, operations[one.operation_id], proof, person, now)
        rows.append(row)
        if proof is not None and person is not None:
            given[row.id] = (_consent(one, proof, person.profile, row), proof, person.profile)
    written = insert_if_absent(rows)
    kept = [entry for row_id, entry in given.items() if row_id in written]
    _keep_proofs(kept)
    _welcome([(profile, proof) for _consent_row, proof, profile in kept], now)
    return len(written)


def _here(
    operations: Iterable[ReceivedOperation], carried: Sequence[Carried]
) -> set[tuple[uuid.UUID, uuid.UUID]]:
    rows = ReceivedParticipation.objects.filter(
        operation__in=list(operations),
        participation_id__in=[one.participation_id for one in carried],
    )
    return set(rows.values_list("operation_id", "participation_id"))


def _may_keep(one: Carried, erased: Mapping[str, datetime]) -> bool:
    """Whether who asked to be forgotten here has come back since, by a yes of their own (D4)."""
    address = one.fields.get("email", "")
    if one.proof is None or address not in erased:
        return one.proof is not None
    if one.proof.granted_at <= erased[address]:
        return False
    forgetting.allow_again(address=address)
    return True


def _person(one: Carried, now: datetime) -> _Person | None:
    """The person in the minor's own file, by the fields that came; None without an address."""
    if not one.fields.get("email"):
        return None
    identity = Identity(
        email=one.fields["email"],
        first_name=one.fields.get("first_name", ""),
        last_name=one.fields.get("last_name", ""),
        phone=one.fields.get("phone", ""),
    )
    try:
        profile, made = find_or_create(identity=identity, source=SOURCE, now=now)
    except RicochetError:
        # What the major took and this file refuses (an old spelling, say) still counts.
        return None
    if made and one.proof is not None and profile.language != one.proof.language:
        profile.language = one.proof.language
        profile.save(update_fields=["language"])
    return _Person(profile, made)


def _row(
    one: Carried,
    operation: ReceivedOperation,
    proof: Proof | None,
    person: _Person | None,
    now: datetime,
) -> ReceivedParticipation:
    return ReceivedParticipation(
        operation=operation,
        participation_id=one.participation_id,
        module_id=one.module_id,
        day=one.day,
        source_kind=one.source_kind,
        source_ref=one.source_ref,
        brought_by=one.brought_by,
        is_first=one.is_first,
        is_first_in_module=one.is_first_in_module,
        is_first_optin=one.is_first_optin and proof is not None,
        # Of whom there is no record here, no proof can be kept: then nothing else is either.
        fields=one.fields if proof is not None and person is not None else {},
        proof=proof.id if proof is not None else None,
        profile=person.profile if person is not None else None,
        was_new=person is not None and person.is_new,
        received_at=now,
    )


def _consent(one: Carried, proof: Proof, profile: Profile, row: ReceivedParticipation) -> Consent:
    """The same yes, word for word, as this merchant's own proof."""
    consent = Consent(
        profile=profile,
        purpose=proof.purpose,
        controller_name=proof.controller_name,
        policy_url=proof.policy_url,
        text=proof.text,
        text_hash=proof.text_hash,
        language=proof.language,
        form_version=proof.form_version,
        source_kind=SOURCE,
        source={
            "operation": public_id("opn", one.operation_id),
            "module": public_id("mod", one.module_id),
            "participation": public_id("prc", one.participation_id),
            "consent": public_id("cst", proof.id),
        },
        needs_confirmation=proof.confirmed_at is not None,
        granted_at=proof.granted_at,
    )
    row.consent = consent
    return consent


def _keep_proofs(kept: Sequence[tuple[Consent, Proof, Profile]]) -> None:
    """Foreign keys are checked when the transaction ends: the rows above name these already."""
    insert([consent for consent, _proof, _profile in kept])
    insert(
        [
            ConsentEvent(
                consent=consent,
                kind=ConsentEventKind.CONFIRMED,
                at=proof.confirmed_at,
                how="partner",
            )
            for consent, proof, _profile in kept
            if proof.confirmed_at is not None
        ]
    )


def _welcome(people: Sequence[tuple[Profile, Proof]], now: datetime) -> None:
    """The yes opens this merchant's mailings; only a confirmed one ends an earlier no (R44)."""
    for profile, proof in people:
        if proof.confirmed_at is not None:
            unsubscribing.choose(profile=profile, wanted=True, now=now)
    others = {profile.id: profile.email for profile, proof in people if proof.confirmed_at is None}
    refused = unsubscribing.unsubscribed_among(addresses=others.values()) if others else set()
    wanted = [number for number, address in others.items() if address not in refused]
    Profile.objects.filter(id__in=wanted, consented_at=None, unsubscribed_at=None).update(
        consented_at=now
    )
