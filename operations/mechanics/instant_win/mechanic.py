"""The instant win: stock is exact, because each piece is one row that one participation takes."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from operations import slots, winning
from operations.mechanics import prizes
from operations.mechanics.base import BaseMechanic
from operations.mechanics.finding import people_url
from operations.mechanics.instant_win import moments
from operations.mechanics.instant_win.forms import WINS, InstantWinSettings
from operations.mechanics.shape import (
    Figure,
    Mechanic,
    Outcome,
    Problem,
    ResultEmail,
)
from operations.models import OperationModule, Participation, Rule, WinningMoment, WinningPlan
from operations.words import pick
from shell import formats

WON, LOST = "won", "lost"
# What the page right after the form tells of all others: whoever lost, and whoever had played.
NOTHING = "nothing"
_AGAIN = gettext_lazy("Vous pouvez rejouer une fois par jour, jusqu’à la fin de l’opération.")


class InstantWin(BaseMechanic):
    """Each prize has its moment; the first who plays from then on wins it, and knows at once."""

    kind = "instant_win"
    label = gettext_lazy("Instant gagnant")
    hint = gettext_lazy("Des moments tirés d’avance : qui joue le premier ensuite gagne.")
    heading = gettext_lazy("Tentez votre chance")
    icon = "clock"
    needs_rules = True
    has_winners = True
    rehearsed = gettext_lazy(
        "Les essais gagnent et perdent tour à tour, pour montrer les deux résultats. En ligne, on"
        " ne gagne qu’aux moments tirés d’avance."
    )
    receipt = gettext_lazy("Il confirme votre résultat.")
    settings_form = InstantWinSettings

    def check(self, *, module: OperationModule) -> list[Problem]:
        return prizes.missing(module)

    def prepare(
        self, *, module: OperationModule, now: datetime, author_id: uuid.UUID | None = None
    ) -> None:
        offered = prizes.freeze(module=module, now=now)
        moments.draw(module=module, prizes=offered, now=now, author_id=author_id)

    def questions(self, *, module: OperationModule, language: str) -> Mapping[str, Any]:
        row = WinningPlan.objects.filter(module=module).first()
        return {
            "button": pick(module.settings.get("button"), language),
            "prizes": prizes.told(module, language),
            "moments": row.public_id if row else "",
            "confirms": module.double_optin,
        }

    def play(
        self,
        *,
        module: OperationModule,
        participation: Participation,
        answers: Mapping[str, Any],
        now: datetime,
    ) -> Outcome:
        if participation.profile is None:
            return _rehearse(module, participation)
        theirs = slots.of_person(participation.profile, by="participation__profile")
        wins = WinningMoment.objects.filter(theirs, module=module)
        if wins.count() >= int(module.settings.get("wins") or WINS):
            return Outcome(LOST)
        due = WinningMoment.objects.filter(module=module, participation=None, at__lte=now)
        # Whom somebody else is winning at this moment is theirs: no one waits, no one loses twice.
        row = due.order_by("at", "id").select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return Outcome(LOST)
        row.participation, row.won_at = participation, now
        row.save(update_fields=["participation", "won_at"])
        winning.record(participation=participation, prize=row.prize, now=now)
        return Outcome(WON, prizes.as_won(row.prize))

    def undo(self, *, module: OperationModule, participation: Participation, now: datetime) -> None:
        """The prize goes back, and to whoever plays next."""
        WinningMoment.objects.filter(module=module, participation=participation).update(
            participation=None, won_at=None
        )
        winning.void(participation=participation, now=now)

    def result(
        self, *, module: OperationModule, participation: Participation, language: str
    ) -> Mapping[str, Any]:
        outcome = participation.outcome
        kind = str(outcome.get("kind") or LOST)
        return {
            "won": kind == WON,
            "code": winning.code_of(participation) if kind == WON else "",
            "in_email": kind == WON and participation._state.adding,
            "nothing": kind == NOTHING,
            "prize": pick(outcome.get("name"), language),
            "description": pick(outcome.get("description"), language),
            "words": pick(module.settings.get(kind), language),
            "daily": module.rule == Rule.DAILY,
            "last": module.operation.last_moment,
        }

    def at_once(
        self,
        *,
        module: OperationModule,
        answers: Mapping[str, Any],
        outcome: Mapping[str, Any] | None,
    ) -> Mapping[str, Any]:
        """A win, or that this form won nothing: true, too, of one that does not count, whose
        sender may have won before. The merchant's words to losers go by email, to those alone.
        """
        return outcome if outcome is not None and outcome.get("kind") == WON else {"kind": NOTHING}

    def in_words(
        self, *, module: OperationModule, participation: Participation, language: str
    ) -> str:
        outcome = participation.outcome
        if outcome.get("kind") != WON:
            words = pick(module.settings.get(LOST), language)
            if words:
                return words
            told = _("Ce n’était pas un moment gagnant : pas de lot cette fois.")
            return f"{told} {_AGAIN}" if module.rule == Rule.DAILY else told
        words = _("Vous avez gagné : %(prize)s. Un autre e-mail dit comment le lot vous parvient.")
        return words % {"prize": pick(outcome.get("name"), language)}

    def is_decided(self, *, module: OperationModule) -> bool:
        return True

    def outcome_label(self, *, outcome: Mapping[str, Any]) -> str:
        if outcome.get("kind") != WON:
            return _("Perdu")
        return _("Gagné : %(prize)s") % {"prize": pick(outcome.get("name"), "fr")}

    def result_email(
        self, *, module: OperationModule, participation: Participation
    ) -> ResultEmail | None:
        """Whoever has not won reads so in the receipt."""
        outcome = participation.outcome
        if outcome.get("kind") != WON:
            return None
        language = participation.language
        context = {
            "prize": pick(outcome.get("name"), language),
            "code": winning.code_of(participation),
            **prizes.how_it_comes(
                description=outcome.get("description"),
                words=module.settings.get("won"),
                language=language,
            ),
        }
        return ResultEmail("operation_won", context)

    def ending(self, *, module: OperationModule) -> str:
        rows = WinningMoment.objects.filter(module=module)
        total, left = rows.count(), rows.filter(participation=None).count()
        if not total:
            return ""
        return prizes.unwon(left=left, total=total) if left else _("Tous les lots ont été gagnés.")

    def close(
        self, *, module: OperationModule, now: datetime, author_id: uuid.UUID | None = None
    ) -> None:
        """An end that somebody brought nearer is one of its dates."""
        offered = prizes.freeze(module=module, now=now)
        moments.draw(module=module, prizes=offered, now=now, author_id=author_id)

    def figures(self, *, module: OperationModule) -> list[Figure]:
        rows = WinningMoment.objects.filter(module=module)
        won = rows.filter(participation__isnull=False).count()
        due = rows.filter(participation=None, at__lte=timezone.now()).count()
        total, ends = rows.count(), module.operation.ends_at
        beyond = rows.filter(participation=None, at__gt=ends).count() if ends else 0
        names = {"operation": module.operation.public_id, "module": module.public_id}
        url = reverse("operations:moments", kwargs=names)
        late = [Figure(gettext_lazy("Lots après la fin"), beyond, _("non gagnés"), url)]
        left = (
            [Figure(gettext_lazy("Lots non attribués"), total - won, href=url)]
            if module.operation.shown_state(timezone.now()) == "ended"
            else [
                Figure(gettext_lazy("Lots à prendre"), due, _("leur moment gagnant est venu")),
                Figure(
                    gettext_lazy("Lots à venir"),
                    total - won - due - beyond,
                    _("leur moment gagnant n’est pas encore venu"),
                    url,
                ),
                *(late if beyond else ()),
            ]
        )
        return [
            Figure(
                gettext_lazy("Lots gagnés"),
                won,
                _("sur %(total)s") % {"total": formats.number(total)},
                people_url(module, WON),
            ),
            *left,
        ]


def _rehearse(module: OperationModule, participation: Participation) -> Outcome:
    """One rehearsal in two wins, in turn, so that whoever tests sees both; nothing is taken."""
    before = Participation.objects.filter(
        module=module, is_test=True, rehearsal=participation.rehearsal
    ).exclude(id=participation.id)
    offered = module.settings.get("prizes") or []
    played = before.count()
    if played % 2 or not offered:
        return Outcome(LOST)
    row = offered[played // 2 % len(offered)]
    return Outcome(
        WON,
        {
            "prize": row["number"],
            "name": row["name"],
            "description": row.get("description") or {},
            "value": row.get("value"),
        },
    )


INSTANT_WIN: Mechanic = InstantWin()
