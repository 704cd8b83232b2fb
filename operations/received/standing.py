"""Whether a yes that came from a partner still stands: the yes itself says so, and nothing else.

It ends where it was given, at the major, or here: by this merchant's own emails, in the customer's
space, by hand. `withdrawn_at` keeps the end of what came without a record or has no proof left.
"""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber

from kernel.db import atomic_with_retry
from operations.models import ReceivedParticipation
from tenants.profiles.models import ConsentEvent, ConsentEventKind


def _withdrawals(prefix: str) -> QuerySet[ConsentEvent]:
    return ConsentEvent.objects.filter(
        consent_id=OuterRef(f"{prefix}consent_id"), kind=ConsentEventKind.WITHDRAWN
    )


def holds(prefix: str = "") -> Q:
    """The rows whose yes was not taken back anywhere; `prefix` leads to them, as "rows__"."""
    return Q(**{f"{prefix}withdrawn_at": None}) & ~Q(Exists(_withdrawals(prefix)))


def first_yes(rows: QuerySet[ReceivedParticipation]) -> QuerySet[Any]:
    """The keys of what counts as opt-ins: of each person's yeses in an operation that hold, the
    first. One that ended here leaves its place to the next, which to the major is not the first.
    """
    named = Q(proof__isnull=False, profile__isnull=False)
    holding = rows.filter(holds(), Q(is_first_optin=True) | named)
    person = Coalesce("profile__merged_into_id", "profile_id", "id")
    turn = Window(RowNumber(), partition_by=[F("operation_id"), person], order_by="id")
    return holding.order_by().annotate(turn=turn).filter(turn=1).values("pk")


def with_end(rows: QuerySet[ReceivedParticipation]) -> QuerySet[ReceivedParticipation]:
    """Each row with `ended_at`, when its yes was taken back first, or None where it holds."""
    return rows.annotate(
        ended_at=Coalesce(Subquery(_withdrawals("").values("at")[:1]), F("withdrawn_at"))
    )


@atomic_with_retry
def blank_what_ended(*, now: datetime) -> int:
    """Keep nothing of what was agreed to once the agreement has ended, wherever it did."""
    ended = ReceivedParticipation.objects.filter(Exists(_withdrawals("")), withdrawn_at=None)
    return ended.update(withdrawn_at=now, fields={})
