"""After a draw: a winner is replaced by the next substitute, for a reason that everybody can read.

The signed record stays as it is. Each replacement is an addendum of its own, signed by the same
key, that names what was signed before it: none can be taken away or put between two others.
"""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kernel.db import atomic_with_retry
from kernel.errors import ConflictError, InvalidInputError, NotFoundError
from operations import notices, winning
from operations.mechanics import prizes
from operations.mechanics.draw import signing
from operations.mechanics.draw.drawing import tell, utc
from operations.mechanics.shape import ResultEmail, Words
from operations.models import (
    Draw,
    DrawPlace,
    OperationModule,
    Participation,
    ParticipationState,
    Why,
)
from operations.words import pick

FORMAT = "ricochet-draw-addendum/1"
REPLACED = "replaced"
# What the public page, the person who is replaced and the team read, each in their language.
REASONS: dict[str, Words] = {
    Why.RENOUNCED: _("le gagnant a renoncé au lot"),
    Why.UNREACHABLE: _("le gagnant est resté introuvable"),
    Why.UNFIT: _("le gagnant ne remplit pas les conditions du règlement"),
    Why.VOID: _("la participation a été annulée"),
}


class UnknownPlaceError(NotFoundError):
    """There is no such place in this draw."""

    code = "unknown_draw_place"


class NobodyLeftError(ConflictError):
    """There is no substitute any more."""

    code = "no_substitute_left"
    words = _("Il ne reste aucun suppléant : le lot revient à l’organisateur.")


class NoReasonError(InvalidInputError):
    """A winner is replaced for a reason, in words."""

    code = "replacement_without_reason"
    words = _("Dites pourquoi ce gagnant est remplacé.")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in the words that are published, and what is kept beside it for the team and the person.

    `author_id` is the member who says so; None where a participation was voided.
    """

    why: Why
    note: str = ""
    author_id: uuid.UUID | None = None


@atomic_with_retry
def pass_on(
    *, place_id: uuid.UUID, module: OperationModule, reason: Reason, now: datetime
) -> DrawPlace:
    """The prize goes to the next substitute, in the order that was drawn; both are written to.

    Again changes nothing, and answers with whom it went to. NobodyLeftError where nobody waits,
    NoReasonError where a member gives no words, WinHandedOverError where the winner has it.
    """
    row, places = _locked(module)
    place = _won(places, place_id)
    if place.stepped_down_at is not None:
        return next((one for one in places if _went_to(one, place)), place)
    if reason.why != Why.VOID and (not reason.note.strip() or reason.author_id is None):
        raise NoReasonError(param="note")
    if reason.why != Why.VOID:
        winning.keep_from_others(participation=place.participation)
    heir = next((one for one in places if _waits(one)), None)
    if heir is None:
        raise NobodyLeftError
    _step_down(row, place, heir, reason, now, passed_over=_passed_over(places, heir))
    heir.prize, heir.won_at = place.prize, now
    heir.save(update_fields=["prize", "won_at"])
    tell(heir, now)
    return heir


@atomic_with_retry
def give_back(
    *, place_id: uuid.UUID, module: OperationModule, reason: Reason, now: datetime
) -> None:
    """Nobody is left to have the prize: it is not this person's all the same. Again: nothing."""
    row, places = _locked(module)
    place = _won(places, place_id)
    if place.stepped_down_at is None:
        _step_down(row, place, None, reason, now, passed_over=[])


def words_of(why: str, language: str) -> str:
    """The reason as a reader of this language has it."""
    with translation.override(language):
        return str(REASONS.get(why, ""))


def hold(document: Mapping[str, Any]) -> bool:
    """Whether the addenda are signed, follow each other, and keep the order drawn."""
    record, before, rank = document["record"], document["record"], 0
    order = {one["rank"]: one["participation"] for one in record["substitutes"]}
    holders = {one["participation"]: one["prize"] for one in record["winners"]}
    for number, one in enumerate(document["addenda"], start=1):
        told, heir = one["record"], one["record"]["heir"]
        if not signing.is_signed(told, one["signature"]):
            return False
        if told["number"] != number or told["draw"] != record["draw"]:
            return False
        if told["previous"] != _digest(before):
            return False
        if holders.pop(told["replaced"]["participation"], None) != told["prize"]:
            return False
        if heir is not None:
            if heir["rank"] <= rank or order.get(heir["rank"]) != heir["participation"]:
                return False
            rank = heir["rank"]
            holders[heir["participation"]] = told["prize"]
        before = told
    return True


def _locked(module: OperationModule) -> tuple[Draw, list[DrawPlace]]:
    row = Draw.objects.select_for_update().filter(module=module).first()
    if row is None:
        raise UnknownPlaceError
    places = (
        DrawPlace.objects.select_for_update(of=("self",))
        .select_related("participation__profile", "prize")
        .filter(draw=row)
        .order_by("rank")
    )
    return row, list(places)


def _won(places: list[DrawPlace], place_id: uuid.UUID) -> DrawPlace:
    place = next((one for one in places if one.id == place_id), None)
    if place is None or place.prize_id is None:
        raise UnknownPlaceError
    return place


def _went_to(one: DrawPlace, place: DrawPlace) -> bool:
    return one.prize_id == place.prize_id and one.won_at == place.stepped_down_at


def _waits(place: DrawPlace) -> bool:
    """A substitute whose participation still counts, and who is still there."""
    profile = place.participation.profile
    return (
        place.substitute
        and place.prize_id is None
        and place.participation.state == ParticipationState.COUNTED
        and profile is not None
        and profile.erased_at is None
    )


def _passed_over(places: list[DrawPlace], heir: DrawPlace) -> list[int]:
    """The ranks before the heir's whose participation counts no more, or who are gone."""
    return [one.rank for one in places if one.prize_id is None and one.rank < heir.rank]


def _step_down(
    row: Draw,
    place: DrawPlace,
    heir: DrawPlace | None,
    reason: Reason,
    now: datetime,
    *,
    passed_over: list[int],
) -> None:
    place.stepped_down_at, place.stepped_down_by = now, reason.author_id
    place.stepped_down_why, place.stepped_down_note = reason.why, reason.note.strip()[:300]
    place.save(
        update_fields=[
            "stepped_down_at",
            "stepped_down_by",
            "stepped_down_why",
            "stepped_down_note",
        ]
    )
    before = row.addenda[-1]["record"] if row.addenda else row.record["record"]
    record = {
        "format": FORMAT,
        "draw": row.public_id,
        "number": len(row.addenda) + 1,
        "written_at": utc(now),
        "prize": place.prize.number if place.prize else 0,
        "replaced": _named(place),
        "heir": _named(heir) if heir is not None else None,
        "passed_over": passed_over,
        "reason": str(reason.why),
        "previous": _digest(before),
    }
    row.addenda = [*row.addenda, {"record": record, "signature": signing.sign(record)}]
    row.save(update_fields=["addenda"])
    _tell_replaced(row, place, reason, now)


def _named(place: DrawPlace) -> dict[str, Any]:
    return {"rank": place.rank, "participation": place.participation.public_id}


def _digest(record: Mapping[str, Any]) -> str:
    return hashlib.sha256(signing.canonical(record)).hexdigest()


def _tell_replaced(row: Draw, place: DrawPlace, reason: Reason, now: datetime) -> None:
    """Whoever was told that they had won is told that they have not any more, and why."""
    participation = Participation.objects.select_related("module", "operation", "profile").get(
        id=place.participation_id
    )
    if place.prize is None:
        return
    participation.outcome = {
        "kind": REPLACED,
        "why": str(reason.why),
        **prizes.as_won(place.prize),
    }
    participation.save(update_fields=["outcome"])
    winning.void(participation=participation, now=now)
    if participation.profile is None or participation.profile.erased_at is not None:
        return
    language = participation.language
    context = {
        "prize": pick(place.prize.name, language),
        "reason": words_of(reason.why, language),
        "proof_path": reverse("operations:draw_proof", args=[row.public_id]),
    }
    notices.result(
        participation=participation, email=ResultEmail("operation_replaced", context), now=now
    )
