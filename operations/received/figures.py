"""The figures of a received operation: this merchant's own, by the major's definitions."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from operations.mechanics import MECHANICS
from operations.models import BroughtBy, ReceivedOperation, ReceivedParticipation
from operations.received.standing import first_yes
from operations.reporting import Counted, Day, Figures, Line, every_day, in_order, source_label
from operations.words import pick
from tenants.context import current_tenant


def _people(operation: ReceivedOperation, participants: str = "is_first") -> Counted:
    return Counted(
        participants=Q(**{participants: True}),
        optins=Q(pk__in=first_yes(_rows(operation))),
        new_profiles=Q(was_new=True),
    )


def _rows(operation: ReceivedOperation) -> QuerySet[ReceivedParticipation]:
    return ReceivedParticipation.objects.filter(operation=operation)


def total(*, operation: ReceivedOperation) -> Figures:
    """Participants, opt-ins to this merchant, profiles that it did not know before."""
    return _people(operation).of(_rows(operation))


def by_day(*, operation: ReceivedOperation, now: datetime) -> list[Day]:
    by_day = _people(operation).by(_rows(operation), "day")
    found = [(day, figures) for (day,), figures in by_day]
    return every_day(found, starts_at=operation.starts_at, ends_at=operation.ends_at, now=now)


def by_source(*, operation: ReceivedOperation) -> list[Line]:
    """The ways people came by: the major's, our own, and all other partners' together."""
    brands = {BroughtBy.MAJOR: operation.major_name, BroughtBy.MINOR: current_tenant().name}
    found = _people(operation).by(_rows(operation), "source_kind", "brought_by")
    return in_order(
        Line(source_label(kind, brands.get(BroughtBy(by), "")), figures)
        for (kind, by), figures in found
        if figures.participants
    )


def by_module(*, operation: ReceivedOperation) -> list[Line]:
    """The modules in which this merchant takes part, in the order of the page; what came by
    others, in which it took part before, is one line.
    """
    in_module = _people(operation, "is_first_in_module").by(_rows(operation), "module_id")
    found = {str(key): figures for (key,), figures in in_module}
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
