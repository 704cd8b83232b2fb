"""What people won: noted as they are told so, handed over once, and over where it is not theirs.

Whoever says to somebody that they won calls `record`, in that transaction; whoever takes it back
calls `void`.
"""

import re
import uuid
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.db import atomic_with_retry, insert_if_absent
from kernel.errors import ConflictError, NotFoundError
from operations.models import DrawPlace, OperationPrize, Participation, Win, WinningMoment
from tenants.rewards.giving_codes import ALPHABET, LENGTH, generate

# What a rehearsal shows: it looks like a code, and is never one.
SAMPLE = "ESSAI-HNKT4"
WAITS = Q(handed_at=None, voided_at=None)
# Of somebody who is forgotten nobody can be asked to hand anything over; their code still holds.
TO_HAND_OVER = WAITS & Q(participation__profile__erased_at=None)
_NOT_OF_A_CODE = re.compile("[^0-9A-Z]")


class UnknownWinError(NotFoundError):
    """There is no such win here."""

    code = "unknown_win"


class WinVoidedError(ConflictError):
    """The prize is this person's no more."""

    code = "win_voided"
    words = _(
        "Ne remettez pas ce lot : il n’est plus à cette personne. Sa participation a été annulée,"
        " ou le lot est allé à un suppléant."
    )


class WinHandedOverError(ConflictError):
    """The prize is with its winner."""

    code = "win_handed_over"
    words = _(
        "Ce lot est noté comme remis : il ne peut plus aller à un suppléant. Si c’est une erreur,"
        " annulez d’abord la remise, parmi les gagnants."
    )


def record(*, participation: Participation, prize: OperationPrize, now: datetime) -> Win:
    """Note a win, with a code that nobody can guess; again answers with the same.

    In the transaction that decides it: one insert.
    """
    while True:
        win = Win(participation=participation, prize=prize, code=generate(), won_at=now)
        if insert_if_absent([win]):
            return win
        there = Win.objects.filter(participation=participation).first()
        if there is not None:
            there.participation = participation
            return there
        # A code that there was already, by a chance of one in millions: another one.


def void(*, participation: Participation, now: datetime) -> None:
    """It is this person's no more; that it was handed over stays. Again changes nothing."""
    Win.objects.filter(participation=participation, voided_at=None).update(voided_at=now)


def keep_from_others(*, participation: Participation) -> None:
    """Before a prize goes on: WinHandedOverError where its winner has it; locked until then."""
    rows = Win.objects.select_for_update().filter(participation=participation)
    win = rows.first()
    if win is not None and win.handed_at is not None:
        raise WinHandedOverError


@atomic_with_retry
def hand_over(*, win_id: uuid.UUID, author_id: uuid.UUID, now: datetime) -> Win:
    """The person has their prize. Again changes nothing: who noted it first stays.

    UnknownWinError, WinVoidedError.
    """
    win = Win.objects.select_for_update().filter(id=win_id).first()
    if win is None:
        raise UnknownWinError
    if win.voided_at is not None:
        raise WinVoidedError
    if win.handed_at is None:
        win.handed_at, win.handed_by = now, author_id
        win.save(update_fields=["handed_at", "handed_by"])
    return win


@atomic_with_retry
def hand_over_all(*, win_ids: Collection[uuid.UUID], author_id: uuid.UUID, now: datetime) -> int:
    """The same of many: of those that wait. Returns how many these were."""
    rows = Win.objects.select_for_update().filter(WAITS, id__in=win_ids).order_by("id")
    waiting = list(rows.values_list("id", flat=True))
    return Win.objects.filter(id__in=waiting).update(handed_at=now, handed_by=author_id)


def take_back(*, win_id: uuid.UUID) -> None:
    """It was noted by mistake: the prize waits again. Again changes nothing."""
    Win.objects.filter(id=win_id).update(handed_at=None, handed_by=None)


def take_back_all(*, author_id: uuid.UUID, handed_at: datetime) -> int:
    """All that this member noted at that moment, in one act."""
    rows = Win.objects.filter(handed_by=author_id, handed_at=handed_at)
    return rows.update(handed_at=None, handed_by=None)


def code_of(participation: Participation) -> str:
    """The code of what this participation won, as its person reads it; "" where there is none."""
    if participation.is_test:
        return SAMPLE
    if participation._state.adding:
        return ""  # nobody's: the page right after a form names no person, and no code
    win: Win | None = getattr(participation, "win", None)
    return win.shown_code if win is not None and win.voided_at is None else ""


def as_code(text: str) -> str:
    """What somebody reads out or types of a code, as it is kept: no dash, no space, capitals."""
    return _NOT_OF_A_CODE.sub("", text.upper())


def is_whole_code(code: str) -> bool:
    return len(code) == LENGTH and set(code) <= set(ALPHABET)


def to_hand_over() -> int:
    """How many prizes wait for their winners."""
    return Win.objects.filter(TO_HAND_OVER).count()


@atomic_with_retry
def complete(*, now: datetime) -> int:
    """Note what was won without a line: by a version before this one, while another took its place.

    Returns how many. Again finds nothing.
    """
    rows = WinningMoment.objects.filter(participation__isnull=False, participation__win=None)
    won = list(rows.select_related("participation", "prize").order_by("id"))
    places = DrawPlace.objects.filter(prize__isnull=False, participation__win=None)
    drawn = list(places.select_related("participation", "prize").order_by("id"))
    found: list[WinningMoment | DrawPlace] = [*won, *drawn]
    for row in found:
        if row.participation is None or row.prize is None:
            continue
        record(participation=row.participation, prize=row.prize, now=row.won_at or now)
        over = row.stepped_down_at if isinstance(row, DrawPlace) else None
        if over is not None:
            void(participation=row.participation, now=over)
    return len(found)
