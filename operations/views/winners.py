"""Who won what, by which code, and whether they have it: of one operation, or of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import member_required
from kernel.ids import parse_public_id
from operations import winning
from operations.mechanics import MECHANICS
from operations.mechanics.draw.mechanic import DRAW
from operations.mechanics.draw.replacing import REASONS
from operations.models import Draw, Operation, OperationPrize, Win
from operations.partaking import title_of
from operations.views.common import can_change, frame, names_of, operation_or_404
from operations.words import pick
from shell import formats
from shell.tables import BulkAction, Column, Empty, Filter, ListPage, View
from shell.text import folded
from tenants.profiles.models import Profile
from tenants.programme.views.rewards import masked

_PERSON = "participation__profile"


def to_be_drawn(operation: Operation) -> datetime | None:
    """When a draw takes place that is all that can be won by, as long as it has not."""
    kinds = operation.modules.filter(removed_at=None).values_list("kind", flat=True)
    games = {kind for kind in kinds if MECHANICS[kind].has_winners}
    waits = not Draw.objects.filter(
        module__operation=operation, module__removed_at=None, drawn_at__isnull=False
    ).exists()
    return operation.ends_at if games == {DRAW.kind} and waits else None


@dataclass(frozen=True, slots=True)
class Handing:
    """When and by whom it was handed over, or why it never will be; and what may be done."""

    note: str = ""
    act: str = ""

    def __str__(self) -> str:
        return self.note


def person_of(win: Win) -> Profile:
    """Whose it is: where two records of one person became one, the one that stays."""
    profile = win.participation.profile
    if profile is None:
        raise TypeError("a rehearsal wins nothing")
    return profile.merged_into or profile


def prize_of(win: Win) -> str:
    return pick(win.prize.name, _language())


def _language() -> str:
    return get_language() or "fr"


_AT_ONCE = gettext_lazy(
    "Dès qu’un lot est gagné, son gagnant apparaît ici, avec le code à vérifier à la remise."
)
_DRAWN = gettext_lazy(
    "Le tirage a lieu après la fin des participations, le %(when)s. Les gagnants apparaissent ici"
    " aussitôt, avec le code à vérifier à la remise."
)


class WinnersPage(ListPage):
    """Of one operation, or of all of them."""

    label = gettext_lazy("Gagnants")
    nouns = (gettext_lazy("gagnant"), gettext_lazy("gagnants"))
    search_label = gettext_lazy("Nom, e-mail ou code")
    default_sort = "-won"
    views = (
        View("tous", gettext_lazy("Tous")),
        View(
            "a-remettre",
            gettext_lazy("À remettre"),
            lambda rows: rows.filter(winning.TO_HAND_OVER),
        ),
        View(
            "remis",
            gettext_lazy("Remis"),
            lambda rows: rows.filter(handed_at__isnull=False, voided_at=None),
        ),
        View(
            "annules",
            gettext_lazy("Annulés ou remplacés"),
            lambda rows: rows.filter(voided_at__isnull=False),
        ),
    )

    def __init__(self, request: HttpRequest, operation: Operation | None = None) -> None:
        super().__init__(request)
        self.operation = operation
        self.may_change = can_change(request)

    @property
    def empty(self) -> Empty:  # type: ignore[override]  # before a draw it says when that is
        when = to_be_drawn(self.operation) if self.operation is not None else None
        words = _DRAWN % {"when": formats.moment(when)} if when is not None else _AT_ONCE
        return Empty(gettext_lazy("Aucun gagnant pour l’instant"), words)

    @property
    def export_name(self) -> str:  # type: ignore[override]  # one file for each operation
        return f"gagnants-{self.operation.slug}" if self.operation else "gagnants"

    @cached_property
    def filters(self) -> Sequence[Filter]:  # type: ignore[override]  # its own prizes
        if self.operation is None:
            won_in = Operation.objects.filter(modules__prizes__wins__isnull=False)
            return (
                Filter(
                    "operation",
                    gettext_lazy("Opération"),
                    lambda rows, value: rows.filter(
                        prize__module__operation_id=parse_public_id("opn", value)
                    ),
                    choices=[(row.public_id, row.name) for row in won_in.distinct()],
                ),
            )
        prizes = OperationPrize.objects.filter(module__operation=self.operation)
        ordered = prizes.order_by("module__position", "module_id", "number")
        return (
            Filter(
                "lot",
                gettext_lazy("Lot"),
                lambda rows, value: rows.filter(prize_id=parse_public_id("opz", value)),
                choices=[(row.public_id, pick(row.name, _language())) for row in ordered],
            ),
        )

    @cached_property
    def columns(self) -> Sequence[Column]:  # type: ignore[override]
        return (
            Column(
                "person",
                gettext_lazy("Gagnant"),
                kind="person",
                main=True,
                value=lambda win: person_of(win).name,
                sort=(f"{_PERSON}__last_name", f"{_PERSON}__first_name"),
                detail=lambda win: person_of(win).email,
            ),
            Column(
                "email",
                gettext_lazy("E-mail"),
                value=lambda win: person_of(win).email,
                shown=False,
            ),
            Column(
                "prize",
                gettext_lazy("Lot"),
                value=prize_of,
                sort="prize__name__fr",
                detail=self._where,
            ),
            Column("module", gettext_lazy("Module"), value=_module, shown=False),
            Column("operation", gettext_lazy("Opération"), value=_operation, shown=False),
            Column(
                "code",
                gettext_lazy("Code"),
                value=self._code,
                template="operations/cells/win_code.html",
            ),
            Column("won", gettext_lazy("Gagné le"), kind="date", sort="won_at", value="won_at"),
            Column("state", gettext_lazy("État"), kind="state", value=_state),
            Column(
                "handing",
                gettext_lazy("Remise"),
                value=self._handing,
                template="operations/cells/win_handing.html",
            ),
            Column("handed", gettext_lazy("Remis le"), value="handed_at", shown=False),
            Column("by", gettext_lazy("Remis par"), value=self._handed_by, shown=False),
        )

    def _where(self, win: Win) -> str:
        return _module(win) if self.operation else f"{_operation(win)}, {_module(win)}"

    def _code(self, win: Win) -> str:
        """Who may only look learns no code that they could use."""
        return win.shown_code if self.may_change else masked(win.code)

    @cached_property
    def _names(self) -> dict[UUID | None, str]:
        """Of all who handed anything over: asked once, for files as for pages."""
        rows = self.queryset().order_by().exclude(handed_by=None)
        return names_of(rows.values_list("handed_by", flat=True).distinct())

    def _handed_by(self, win: Win) -> str:
        return self._names.get(win.handed_by, "") if win.handed_by else ""

    def _handing(self, win: Win) -> Handing:
        if win.voided_at is not None:
            return Handing(_why_over(win))
        if win.handed_at is None:
            return Handing(act="hand" if self.may_change else "")
        words = {"when": formats.day(win.handed_at), "who": self._handed_by(win)}
        told = gettext("le %(when)s par %(who)s") if words["who"] else gettext("le %(when)s")
        return Handing(told % words, act="take_back" if self.may_change else "")

    def queryset(self) -> QuerySet[Any]:
        rows = Win.objects.select_related(
            f"{_PERSON}__merged_into", "participation__draw_place", "prize__module__operation"
        )
        if self.operation is not None:
            rows = rows.filter(prize__module__operation=self.operation)
        return rows.order_by("-won_at", "-id")

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        """A code is found from its beginning; by who may only look, whole, or it could be spelt."""
        named = Q()
        for word in folded(query).split():
            known = Q(**{f"{_PERSON}__search_text__contains": word})
            named &= known | Q(**{f"{_PERSON}__merged_into__search_text__contains": word})
        code = winning.as_code(query)
        if code and (self.may_change or winning.is_whole_code(code)):
            named |= Q(code__startswith=code)
        return rows.filter(named)

    def row_url(self, row: Any) -> str:
        return reverse("programme:customer", args=[person_of(row).public_id])

    def bulk(self) -> Sequence[BulkAction]:
        view = self.state.view.key if self.state.view else ""
        if not self.may_change or view in ("remis", "annules"):
            return ()
        url = (
            reverse("operations:hand_winners", args=[self.operation.public_id])
            if self.operation
            else reverse("operations:hand_all_winners")
        )
        return (BulkAction(gettext("Marquer remis"), url),)


def _is_replaced(win: Win) -> bool:
    place = getattr(win.participation, "draw_place", None)
    return place is not None and place.stepped_down_at is not None


def _why_over(win: Win) -> str:
    """The reason that was given, where somebody else has the prize."""
    if not _is_replaced(win):
        return ""
    return str(REASONS.get(win.participation.draw_place.stepped_down_why, ""))


def _state(win: Win) -> str:
    """A name of `shell.states`."""
    if win.voided_at is not None:
        return "replaced" if _is_replaced(win) else "cancelled"
    if win.handed_at is not None:
        return "handed_over"
    return "to_hand_over" if person_of(win).erased_at is None else "erased"


def _module(win: Win) -> str:
    return title_of(win.prize.module, language=_language())


def _operation(win: Win) -> str:
    return win.prize.module.operation.name


@require_safe
@member_required()
def winners(request: HttpRequest, operation: str) -> HttpResponseBase:
    """Everybody who won something in one operation."""
    row = operation_or_404(operation)
    context = {**frame(request, row, timezone.now()), "current": "winners"}
    return WinnersPage(request, row).respond("operations/winners.html", context)


@require_safe
@member_required()
def all_winners(request: HttpRequest) -> HttpResponseBase:
    """The same of all operations: whoever comes with a code need not say which it was."""
    context = {"current": "winners", "waits": winning.to_hand_over()}
    return WinnersPage(request).respond("operations/all_winners.html", context)
