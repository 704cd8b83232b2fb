"""Making a draw: the promise when the operation goes live, the draw when it ends, what follows."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, NullIf

from kernel.db import atomic_with_retry, insert_if_absent
from kernel.ids import parse_public_id, public_id
from kernel.outbox.services import emit
from operations import notices, winning
from operations.mechanics import prizes
from operations.mechanics.draw import algorithm, signing
from operations.mechanics.draw.algorithm import Entry
from operations.mechanics.shape import ResultEmail
from operations.models import (
    Draw,
    DrawPlace,
    OperationModule,
    OperationPrize,
    Participation,
    ParticipationState,
)
from operations.words import pick
from tenants.context import current_tenant

# Everybody who was not drawn is written to, in slices: `draw.telling`.
DRAWN_EVENT = "operations.drawn"
SUBSTITUTES = 5
# Many may take part at once, and none of them while the list is being closed.
_SHARE = "SELECT drawn_at FROM operations_draw WHERE module_id = %s FOR SHARE"
EACH, PERSON = "each", "person"
WON = "won"


@atomic_with_retry
def promise(*, module: OperationModule, now: datetime) -> None:
    """Choose the seed and show its hash; again changes nothing."""
    prizes.freeze(module=module, now=now)
    seed = secrets.token_hex(32)
    row = Draw(module=module, seed=seed, commitment=algorithm.commit(seed), committed_at=now)
    Draw.objects.bulk_create([row], ignore_conflicts=True)


@atomic_with_retry
def draw(*, module: OperationModule, now: datetime) -> Draw | None:
    """Draw, once, from those who count at this moment; the winners are written to.

    Its row is locked, which `is_closed` shares: every participation either is in the list or comes
    too late. None where nothing was promised, because it never went live.
    """
    row = Draw.objects.select_for_update().filter(module=module).first()
    if row is None or row.drawn_at is not None:
        return row
    offered = list(OperationPrize.objects.filter(module=module))
    text = algorithm.as_text(entries(module))
    record = _record(row, module, offered, text, now)
    row.drawn_at, row.entries = now, text
    row.record = {"record": record, "signature": signing.sign(record)}
    row.save(update_fields=["drawn_at", "entries", "record"])
    _place(row, offered, record, now)
    emit(
        kind=DRAWN_EVENT,
        payload={"draw": str(row.id), "first": 0},
        now=now,
        key=f"{DRAWN_EVENT}:{row.id}:0",
    )
    return row


def is_closed(*, module: OperationModule) -> bool:
    """Whether the list was closed. Where it was not, it stays open until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARE, [module.id])
        found = cursor.fetchone()
    return found is not None and found[0] is not None


def entries(module: OperationModule) -> list[Entry]:
    """The chances that count, of people who are still there.

    Records merged since are one person, and so are the aliases of one address.
    """
    rows = (
        _counting(module)
        .annotate(
            of_person=Coalesce("profile__merged_into_id", "profile_id"),
            address=Coalesce("profile__merged_into__email_folded", "profile__email_folded"),
        )
        .order_by("created_at", "id")
        .values_list("id", "of_person", "address")
    )
    each = _is_each(module)
    first: dict[str, str] = {}
    found = []
    for number, of_person, address in rows.iterator(chunk_size=5_000):
        name, person = public_id("prc", number), address or str(of_person)
        known = person in first
        first.setdefault(person, name)
        if each or not known:
            found.append(Entry(name, first[person]))
    return found


def chances(module: OperationModule) -> int:
    """How many `entries` there are, for pages: many may have taken part."""
    return _counting(module).count() if _is_each(module) else people(module)


def people(module: OperationModule) -> int:
    """How many can win: each person one prize, with however many chances."""
    address = Coalesce("profile__merged_into__email_folded", "profile__email_folded")
    number = Cast(Coalesce("profile__merged_into_id", "profile_id"), TextField())
    person = Coalesce(NullIf(address, Value("")), number, output_field=TextField())
    rows = _counting(module)
    return int(rows.aggregate(people=Count(person, distinct=True))["people"])


def _counting(module: OperationModule) -> QuerySet[Participation]:
    rows = Participation.objects.filter(module=module, is_test=False)
    return rows.filter(state=ParticipationState.COUNTED, profile__erased_at=None)


def _is_each(module: OperationModule) -> bool:
    return bool(module.settings.get("chances") == EACH)


def _record(
    row: Draw, module: OperationModule, offered: list[OperationPrize], text: str, now: datetime
) -> dict[str, Any]:
    operation = module.operation
    told = [
        {"number": prize.number, "name": pick(prize.name, "fr"), "stock": prize.stock}
        for prize in offered
    ]
    lines = algorithm.from_text(text)
    asked = int(module.settings.get("substitutes", SUBSTITUTES))
    pieces = sum(prize.stock for prize in offered)
    drawn = algorithm.ranking(seed=row.seed, text=text, most=pieces + asked)
    return {
        "format": algorithm.FORMAT,
        "draw": row.public_id,
        "organiser": current_tenant().name,
        "operation": {
            "id": operation.public_id,
            "name": operation.name,
            "starts_at": utc(operation.starts_at),
            "ends_at": utc(operation.ends_at),
        },
        "commitment": {"sha256": row.commitment, "published_at": utc(row.committed_at)},
        "seed": row.seed,
        "drawn_at": utc(now),
        "chances": str(module.settings.get("chances") or PERSON),
        "asked": asked,
        "list": {
            "sha256": algorithm.hash_of(text),
            "chances": len(lines),
            "people": len({entry.person for entry in lines}),
        },
        "prizes": told,
        **algorithm.places(prizes=told, drawn=drawn),
        "how": {language: list(steps) for language, steps in algorithm.HOW.items()},
    }


def utc(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else ""


def _place(
    row: Draw, offered: list[OperationPrize], record: Mapping[str, Any], now: datetime
) -> None:
    """Each drawn participation gets its place; the winners' outcomes and emails follow."""
    by_number = {prize.number: prize for prize in offered}
    told_of = [*record["winners"], *record["substitutes"]]
    ids = [parse_public_id("prc", told["participation"]) for told in told_of]
    participations = Participation.objects.in_bulk([number for number in ids if number])
    rows = [
        DrawPlace(
            draw=row,
            rank=told["rank"],
            participation=participations[number],
            prize=by_number.get(told.get("prize", 0)),
            substitute="prize" not in told,
            won_at=now if "prize" in told else None,
        )
        for told, number in zip(told_of, ids, strict=True)
        if number
    ]
    insert_if_absent(rows)
    won = [place for place in rows if place.prize is not None]
    for place in won:
        tell(place, now)


def tell(place: DrawPlace, now: datetime) -> None:
    """Write the prize into the participation's outcome, and to its person."""
    participation = Participation.objects.select_related("module", "operation", "profile").get(
        id=place.participation_id
    )
    if place.prize is None:
        return
    participation.outcome = {"kind": WON, **prizes.as_won(place.prize)}
    participation.save(update_fields=["outcome"])
    winning.record(participation=participation, prize=place.prize, now=now)
    language = participation.language
    context = {
        "prize": pick(place.prize.name, language),
        "code": winning.code_of(participation),
        **prizes.how_it_comes(
            description=place.prize.description,
            words=participation.module.settings.get("won"),
            language=language,
        ),
        "by_draw": True,
    }
    notices.result(
        participation=participation, email=ResultEmail("operation_won", context), now=now
    )


def document(row: Draw) -> dict[str, Any]:
    """What is downloaded, published and checked: the signed record, the list it speaks of, and
    what was signed about it since.
    """
    return {**row.record, "entries": row.entries, "addenda": row.addenda}
