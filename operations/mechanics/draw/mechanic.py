"""The draw as a mechanic: promised when it goes live, drawn by itself when the operation ends."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from operations import winning
from operations.errors import OperationOverError
from operations.mechanics import prizes
from operations.mechanics.base import BaseMechanic
from operations.mechanics.draw import drawing, replacing
from operations.mechanics.draw.drawing import WON
from operations.mechanics.draw.forms import DrawSettings
from operations.mechanics.draw.replacing import REPLACED, NobodyLeftError, Reason
from operations.mechanics.shape import Figure, Mechanic, Outcome, Problem
from operations.models import Draw, DrawPlace, OperationModule, Participation, Why
from operations.words import pick
from shell import formats
from tenants.messaging import permission
from tenants.messaging.kinds import KINDS
from tenants.programme.dates import local

ENTERED = "entered"


class Draws(BaseMechanic):
    """Everybody who took part may be drawn, once; the record proves how."""

    kind = "draw"
    label = gettext_lazy("Tirage au sort")
    hint = gettext_lazy(
        "À la fin, les gagnants sont tirés au sort automatiquement, preuve à l’appui."
    )
    heading = gettext_lazy("Le tirage au sort")
    icon = "star"
    receipt = gettext_lazy("Il confirme votre participation au tirage.")
    needs_rules = True
    has_winners = True
    settings_form = DrawSettings

    def check(self, *, module: OperationModule) -> list[Problem]:
        return prizes.missing(module)

    def prepare(
        self, *, module: OperationModule, now: datetime, author_id: uuid.UUID | None = None
    ) -> None:
        drawing.promise(module=module, now=now)

    def questions(self, *, module: OperationModule, language: str) -> Mapping[str, Any]:
        row = Draw.objects.filter(module=module).first()
        return {
            "button": pick(module.settings.get("button"), language),
            "prizes": prizes.told(module, language),
            "draw": row.public_id if row else "",
        }

    def play(
        self,
        *,
        module: OperationModule,
        participation: Participation,
        answers: Mapping[str, Any],
        now: datetime,
    ) -> Outcome:
        """Whose form waited while the operation was being ended comes after the list was closed."""
        if not participation.is_test and drawing.is_closed(module=module):
            raise OperationOverError
        return Outcome(ENTERED)

    def undo(self, *, module: OperationModule, participation: Participation, now: datetime) -> None:
        """Before the draw, who does not count is not in the list. Afterwards the prize goes on."""
        place = DrawPlace.objects.filter(
            participation=participation, prize__isnull=False, stepped_down_at=None
        ).first()
        if place is None:
            return
        void = Reason(Why.VOID)
        try:
            replacing.pass_on(place_id=place.id, module=module, reason=void, now=now)
        except NobodyLeftError:
            replacing.give_back(place_id=place.id, module=module, reason=void, now=now)

    def result(
        self, *, module: OperationModule, participation: Participation, language: str
    ) -> Mapping[str, Any]:
        row = Draw.objects.filter(module=module).first()
        outcome = participation.outcome
        won = outcome.get("kind") == WON
        return {
            "won": won,
            "code": winning.code_of(participation) if won else "",
            "replaced": outcome.get("kind") == REPLACED,
            "why": replacing.words_of(str(outcome.get("why") or ""), language),
            "prize": pick(outcome.get("name"), language),
            "description": pick(outcome.get("description"), language),
            "words": pick(module.settings.get("won"), language),
            "drawn": row is not None and row.drawn_at is not None,
            "draw": row.public_id if row else "",
            "ends_at": module.operation.ends_at,
            "hears": _hears(),
        }

    def at_once(
        self,
        *,
        module: OperationModule,
        answers: Mapping[str, Any],
        outcome: Mapping[str, Any] | None,
    ) -> Mapping[str, Any]:
        return {"kind": ENTERED}

    def in_words(
        self, *, module: OperationModule, participation: Participation, language: str
    ) -> str:
        said = [_("Votre participation est dans le tirage au sort.")]
        to_win = prizes.named(module, language)
        if to_win:
            said.append(_("À gagner : %(prizes)s.") % {"prizes": to_win})
        ends = module.operation.ends_at
        if ends is not None:
            words = _("Le tirage a lieu après la fin des participations, le %(day)s.")
            said += [words % {"day": formats.day(local(ends), long=True)}, _hears()]
        return " ".join(said)

    def is_decided(self, *, module: OperationModule) -> bool:
        return Draw.objects.filter(module=module, drawn_at__isnull=False).exists()

    def outcome_label(self, *, outcome: Mapping[str, Any]) -> str:
        if outcome.get("kind") == REPLACED:
            return _("Remplacé : %(prize)s") % {"prize": pick(outcome.get("name"), "fr")}
        if outcome.get("kind") != WON:
            return _("Au tirage")
        return _("Gagné : %(prize)s") % {"prize": pick(outcome.get("name"), "fr")}

    def figures(self, *, module: OperationModule) -> list[Figure]:
        row = Draw.objects.filter(module=module).first()
        if row is None:
            return []
        names = {"operation": module.operation.public_id, "module": module.public_id}
        url = reverse("operations:draw", kwargs=names)
        if row.drawn_at is None:
            chances = drawing.chances(module)
            return [Figure(gettext_lazy("Chances au tirage"), chances, href=url)]
        won = DrawPlace.objects.filter(draw=row, prize__isnull=False, stepped_down_at=None).count()
        of = _("sur %(total)s") % {"total": formats.number(_pieces(module))}
        return [Figure(gettext_lazy("Gagnants tirés"), won, of, url)]

    def ending(self, *, module: OperationModule) -> str:
        """It draws at once; of fewer people than prizes, each wins one and the rest stays."""
        if not Draw.objects.filter(module=module, drawn_at=None).exists():
            return ""
        total = _pieces(module)
        said = _("Le tirage a lieu aussitôt, parmi les participations de ce moment.")
        left = total - min(drawing.people(module), total)
        return f"{said} {prizes.unwon(left=left, total=total)}" if left else said

    def close(
        self, *, module: OperationModule, now: datetime, author_id: uuid.UUID | None = None
    ) -> None:
        drawing.draw(module=module, now=now)


def _hears() -> str:
    """Who is written to after the draw: winners always, the others unless the merchant says not."""
    if permission.is_turned_off(KINDS["operation_drawn"]):
        return _("Les gagnants reçoivent un e-mail.")
    return _("Vous recevrez un e-mail, que vous ayez gagné ou non.")


def _pieces(module: OperationModule) -> int:
    """How many prizes there are in all."""
    return sum(prize.stock for prize in module.prizes.all())


DRAW: Mechanic = Draws()
