"""Who took part: the list, its search and its export."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import member_required
from kernel.ids import parse_public_id
from operations import fields, selectors
from operations.mechanics import mechanic_of
from operations.models import Operation, Participation, ParticipationState, SourceKind
from operations.views.common import frame, operation_or_404
from shell import formats
from shell.tables import Column, Empty, Filter, ListPage, View
from shell.text import folded
from tenants.profiles.models import Consent, ConsentEventKind

SOURCES: dict[str, str | Promise] = {
    SourceKind.SITE: gettext_lazy("Page de l’opération"),
    SourceKind.WIDGET: gettext_lazy("Widget"),
    SourceKind.LINK: gettext_lazy("Lien"),
    SourceKind.EMAIL: gettext_lazy("E-mail"),
    SourceKind.QR: gettext_lazy("QR code"),
}
STATES = {
    ParticipationState.COUNTED: "counted",
    ParticipationState.PENDING: "pending",
    ParticipationState.VOID: "cancelled",
}


RESULTS = (
    ("won", gettext_lazy("Lot gagné")),
    ("lost", gettext_lazy("Perdu")),
    ("given", gettext_lazy("Code reçu")),
    ("passed", gettext_lazy("Quiz réussi")),
    ("link", gettext_lazy("Lien donné")),
)


def _of_result(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return (
        rows.filter(outcome__passed=True) if value == "passed" else rows.filter(outcome__kind=value)
    )


def _state(*states: ParticipationState) -> Any:
    return lambda rows: rows.filter(state__in=states)


class ParticipantsPage(ListPage):
    """Of one operation: set `operation` before use."""

    # Its lines, its count and its tabs are of participations; the page is that of the participants.
    label = gettext_lazy("Participations")
    nouns = (gettext_lazy("participation"), gettext_lazy("participations"))
    search_label = gettext_lazy("Nom ou e-mail")
    default_sort = "-date"
    empty = Empty(
        gettext_lazy("Personne pour l’instant"),
        gettext_lazy("Les participations apparaissent ici dès la première."),
    )
    views = (
        View("toutes", gettext_lazy("Toutes les participations")),
        View("comptees", gettext_lazy("Comptées"), _state(ParticipationState.COUNTED)),
        View("attente", gettext_lazy("À confirmer"), _state(ParticipationState.PENDING)),
        View(
            "nouvelles",
            gettext_lazy("Nouveaux profils"),
            lambda rows: rows.filter(was_new=True, state=ParticipationState.COUNTED),
        ),
    )

    def __init__(self, request: HttpRequest, operation: Operation) -> None:
        super().__init__(request)
        self.operation = operation

    @property
    def export_name(self) -> str:  # type: ignore[override]  # one file for each operation
        return f"participants-{self.operation.slug}"

    @property
    def filters(self) -> Sequence[Filter]:  # type: ignore[override]  # its own modules
        modules = selectors.modules_of(self.operation)
        return (
            Filter(
                "source",
                gettext_lazy("Source"),
                lambda rows, value: rows.filter(source_kind=value),
                choices=tuple(SOURCES.items()),
            ),
            Filter(
                "module",
                gettext_lazy("Module"),
                lambda rows, value: rows.filter(module_id=parse_public_id("mod", value)),
                choices=tuple((row.public_id, mechanic_of(row).label) for row in modules),
            ),
            Filter("resultat", gettext_lazy("Résultat"), _of_result, choices=RESULTS),
        )

    @property
    def columns(self) -> Sequence[Column]:  # type: ignore[override]
        return (
            Column(
                "person",
                gettext_lazy("Participant"),
                kind="person",
                main=True,
                value="profile.name",
                sort=("profile__last_name", "profile__first_name"),
                detail=lambda row: row.profile.email,
            ),
            Column("email", gettext_lazy("E-mail"), value="profile.email", shown=False),
            Column(
                "state",
                gettext_lazy("État"),
                kind="state",
                value=lambda row: STATES[ParticipationState(row.state)],
            ),
            Column("module", gettext_lazy("Module"), value=_module),
            Column("outcome", gettext_lazy("Résultat"), value=_outcome),
            # Whose box was ticked, and holds: the merchant's own, and each partner's.
            Column("agreed", gettext_lazy("Accords"), value=self._agreed),
            Column("source", gettext_lazy("Source"), value=lambda row: SOURCES[row.source_kind]),
            Column(
                "date",
                gettext_lazy("Date"),
                kind="moment",
                sort="created_at",
                value="created_at",
            ),
            *self._answers(),
            Column("rules", gettext_lazy("Règlement accepté"), value=_rules, shown=False),
            Column("proof", gettext_lazy("Preuves"), value=self._proofs, shown=False),
        )

    def _answers(self) -> list[Column]:
        """In files, what was asked beside the names and the email."""
        known: dict[str, str] = {}
        for module in selectors.modules_of(self.operation):
            for field in fields.asked(module, language="fr"):
                known.setdefault(field.name, field.label)
        return [
            Column(f"field-{name}", label, value=_Answer(name), shown=False)
            for name, label in known.items()
            if name not in ("first_name", "last_name", "email")
        ]

    @staticmethod
    def _given(row: Participation) -> list[Consent]:
        """The yeses that came with it and hold, the merchant's own first."""
        given = [row.own_consent, *(share.consent for share in row.shares.all())]
        return [consent for consent in given if consent is not None and _holds(consent)]

    def _agreed(self, row: Participation) -> str:
        return ", ".join(consent.controller_name for consent in self._given(row))

    def _proofs(self, row: Participation) -> str:
        """D3: whoever takes people out of here takes the ids of the proofs with them."""
        return ", ".join(consent.public_id for consent in self._given(row))

    def queryset(self) -> QuerySet[Any]:
        # Each person's yeses are read for each slice of rows, not for each row.
        rows = selectors.participations(self.operation)
        return rows.select_related("own_consent", "rules").prefetch_related(
            "own_consent__events", "shares__consent__events"
        )

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return rows.filter(profile__search_text__contains=folded(query))

    def row_url(self, row: Any) -> str:
        return reverse("programme:customer", args=[row.profile.public_id])


class _Answer:
    """Reads one answer of a row."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, row: Participation) -> str:
        return str(row.fields.get(self.name, ""))


def _holds(consent: Consent) -> bool:
    """`consents.in_force`, of a consent whose events were read with it."""
    kinds = {event.kind for event in consent.events.all()}
    confirmed = not consent.needs_confirmation or ConsentEventKind.CONFIRMED in kinds
    return confirmed and ConsentEventKind.WITHDRAWN not in kinds


def _rules(row: Participation) -> str:
    """In files: which version was accepted, and when."""
    if row.rules is None or row.rules_accepted_at is None:
        return ""
    told = gettext("Version %(number)s, le %(when)s")
    return told % {
        "number": row.rules.number,
        "when": formats.moment(row.rules_accepted_at),
    }


def _module(row: Participation) -> str:
    return str(mechanic_of(row.module).label)


def _outcome(row: Participation) -> str:
    return mechanic_of(row.module).outcome_label(outcome=row.outcome)


@require_safe
@member_required()
def participants(request: HttpRequest, operation: str) -> HttpResponseBase:
    """Everybody who took part in one operation."""
    row = operation_or_404(operation)
    context = {
        **frame(request, row, timezone.now()),
        "current": "people",
        "people": selectors.people(row),
    }
    return ParticipantsPage(request, row).respond("operations/people.html", context)
