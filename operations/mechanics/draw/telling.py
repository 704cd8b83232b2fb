"""After a draw: whoever was not drawn is told so, once each, and substitutes that they are some.

Winners have their own email from the draw itself. There may be a hundred thousand others: they are
taken in slices, an event each, in the order of the list that was drawn from.
"""

import uuid
from datetime import datetime

from django.urls import reverse
from django.utils.timezone import now as clock

from kernel.db import atomic_with_retry
from kernel.ids import parse_public_id
from kernel.outbox.services import emit
from kernel.outbox.types import EventData, Handler
from operations import notices
from operations.mechanics.draw import algorithm
from operations.mechanics.draw.drawing import DRAWN_EVENT
from operations.mechanics.shape import ResultEmail
from operations.models import Draw, DrawPlace, Participation, ParticipationState

_SLICE = 500


@atomic_with_retry
def tell_others(*, draw_id: uuid.UUID, first: int, now: datetime) -> None:
    """Write to the next people of the list, from the `first` on; the rest has its own event."""
    row = Draw.objects.filter(id=draw_id).first()
    if row is None or row.drawn_at is None:
        return
    entries = algorithm.from_text(row.entries)
    people = sorted({entry.person for entry in entries})
    taken = people[first : first + _SLICE]
    person_of = {entry.participation: entry.person for entry in entries}
    places = list(DrawPlace.objects.filter(draw=row).select_related("participation"))
    drawn = {person_of[one.participation.public_id]: one for one in places}
    for participation in _participations(taken):
        place = drawn.get(participation.public_id)
        if place is None or place.prize_id is None:
            _tell(row, participation, substitute=place is not None, now=now)
    if first + _SLICE < len(people):
        emit(
            kind=DRAWN_EVENT,
            payload={"draw": str(row.id), "first": first + _SLICE},
            now=now,
            key=f"{DRAWN_EVENT}:{row.id}:{first + _SLICE}",
        )


def _participations(names: list[str]) -> list[Participation]:
    """The people's first participations, as far as they still count."""
    ids = [number for name in names if (number := parse_public_id("prc", name))]
    rows = Participation.objects.filter(id__in=ids, state=ParticipationState.COUNTED)
    return list(
        rows.select_related("operation", "module", "profile__merged_into")
        .prefetch_related("module__partners")
        .order_by("id")
    )


def _tell(row: Draw, participation: Participation, *, substitute: bool, now: datetime) -> None:
    context = {
        "substitute": substitute,
        "proof_path": reverse("operations:draw_proof", args=[row.public_id]),
    }
    notices.result(
        participation=participation, email=ResultEmail("operation_drawn", context), now=now
    )


def _drawn(event: EventData) -> None:
    tell_others(
        draw_id=uuid.UUID(event.payload["draw"]), first=int(event.payload["first"]), now=clock()
    )


HANDLERS: dict[str, Handler] = {DRAWN_EVENT: _drawn}
