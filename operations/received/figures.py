"""The figures of a received operation: this merchant's own, by the major's definitions."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from operations.mechanics import MECHANICS
from operations.models import BroughtBy, ReceivedOperation, ReceivedParticipation
from operations.received.standing import holds
from operations.reporting import Counted, Day, Figures, Line, every_day, in_order, source_label
from operations.words import pick
from tenants.context import current_tenant

_OPTINS = Q(is_first_optin=True) & holds()
_PEOPLE = Counted(participants=Q(is_first=True), optins=_OPTINS, new_profiles=Q(was_new=True))
_IN_MODULE = Counted(
    participants=Q(is_first_in_module=True), optins=_OPTINS, new_profiles=Q(was_new=True)
)


def _rows(operation: ReceivedOperation) -> QuerySet[ReceivedParticipation]:
    return ReceivedParticipation.objects.filter(operation=operation)


def total(*, operation: ReceivedOperation) -> Figures:
    """Participants, opt-ins to this merchant, profiles that it did not know before."""
    return _PEOPLE.of(_rows(operation))


def by_day(*, operation: ReceivedOperation, now: datetime) -> list[Day]:
    found = [(day, figures) for (day,), figures in _PEOPLE.by(_rows(operation), "day")]
    return every_day(found, starts_at=operation.starts_at, ends_at=operation.ends_at, now=now)


def by_source(*, operation: ReceivedOperation) -> list[Line]:
    """The ways people came by: the major's, our own, and all other partners' together."""
    brands = {BroughtBy.MAJOR: operation.major_name, BroughtBy.MINOR: current_tenant().name}
    found = _PEOPLE.by(_rows(operation), "source_kind", "brought_by")
    return in_order(
        Line(source_label(kind, brands.get(BroughtBy(by), "")), figures)
        for (kind, by), figures in found
        if figures.participants
    )


def by_module(*, operation: ReceivedOperation) -> list[Line]:
    """The modules in which this merchant takes part, in the order of the page; what came by
    others, in which it took part before, is one line.
    """
    found = {str(key): figures for (key,), figures in _IN_MODULE.by(_rows(operation), "module_id")}
    lines = []
    for module in operation.modules:
        mechanic = MECHANICS.get(module["kind"])
        label = pick(module["title"], current_tenant().language)
        lines.append(
            Line(
                label or (mechanic.label if mechanic is not None else module["kind"]),
                found.pop(module["id"], Figures()),
            )
        )
    if found:
        lines += in_order(Line(_("Autres modules"), figures) for figures in found.values())
    return lines
