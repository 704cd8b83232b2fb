"""Reading operations for the back office."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kernel.db import read
from operations import parties
from operations.models import (
    ModulePartner,
    Operation,
    OperationModule,
    Participation,
    ParticipationState,
)
from tenants.programme.dates import local

_COUNTED = Q(participations__is_test=False, participations__state=ParticipationState.COUNTED)


def operations() -> QuerySet[Operation]:
    """Every operation, each with `people` (distinct, tests left out) and `partner_ids`, its
    partnerships: what they are called, `partner_names` says.
    """
    people = Count("participations__profile", filter=_COUNTED, distinct=True)
    numbers = (
        ModulePartner.objects.filter(
            module__operation=OuterRef("pk"), module__removed_at__isnull=True
        )
        .order_by("partnership_id")
        .values("partnership_id")
        .distinct()
    )
    rows = Operation.objects.annotate(people=people, partner_ids=ArraySubquery(numbers))
    return rows.order_by("-created_at", "-id")


def partner_names() -> dict[uuid.UUID, str]:
    """What every partner of whatever operation is called today, by partnership: there are few."""
    return parties.called(ModulePartner.objects.order_by("added_at", "id"))


def calling(modules: list[OperationModule]) -> list[OperationModule]:
    """These modules, each of their partners with `called`, its name of today."""
    rows = [row for module in modules for row in module.partners.all()]
    names = parties.called(rows)
    for row in rows:
        row.called = names[row.partnership_id]  # type: ignore[attr-defined]
    return modules


def with_partners(rows: QuerySet[Operation]) -> QuerySet[Operation]:
    """Those that somebody runs with us."""
    partners = ModulePartner.objects.filter(
        module__operation=OuterRef("pk"), module__removed_at__isnull=True
    )
    return rows.filter(Exists(partners))


def modules_of(operation: Operation) -> list[OperationModule]:
    """The modules that are there, in order, with their partners."""
    rows = operation.modules.filter(removed_at=None).prefetch_related("partners")
    return list(rows.order_by("position", "id"))


def module_of(*, module_id: uuid.UUID) -> OperationModule | None:
    """One module that is there, with its operation and partners."""
    rows = OperationModule.objects.filter(id=module_id, removed_at=None)
    return rows.select_related("operation").prefetch_related("partners").first()


_OPERATION = "SELECT {0} FROM operations_operation WHERE slug = %s"
_MODULE = "SELECT {0} FROM operations_module WHERE id = %s AND removed_at IS NULL"
_PARTNERS = """
    SELECT {0} FROM operations_module_partner WHERE module_id = %s ORDER BY added_at, id
"""
# One row for each partner of the module; where there is none, one row without.
_SENT = """
    SELECT {0}, {1}, {2} FROM operations_operation
    LEFT JOIN operations_module ON operations_module.id = %s
        AND operations_module.operation_id = operations_operation.id
        AND operations_module.removed_at IS NULL
    LEFT JOIN operations_module_partner
        ON operations_module_partner.module_id = operations_module.id
    WHERE operations_operation.slug = %s
    ORDER BY operations_module_partner.added_at, operations_module_partner.id
"""


def operation_at(*, slug: str) -> Operation | None:
    """The operation of an address, whatever its state."""
    found = read((Operation,), _OPERATION, [slug])
    return found[0][0] if found else None


def module_sent(*, module_id: uuid.UUID, operation: Operation) -> OperationModule | None:
    """What `module_of` gives, of this operation: for forms, of which hundreds come in a second."""
    found = read((OperationModule,), _MODULE, [module_id])
    if not found or found[0][0].operation_id != operation.id:
        return None
    rows = [row for (row,) in read((ModulePartner,), _PARTNERS, [module_id])]
    return _whole(found[0][0], operation, rows)


def sent_at(*, slug: str, module_id: uuid.UUID) -> tuple[Operation | None, OperationModule | None]:
    """`operation_at` and `module_sent` in one query: for forms, which name both."""
    found = read((Operation, OperationModule, ModulePartner), _SENT, [module_id, slug])
    if not found:
        return None, None
    operation, module, _partner = found[0]
    if module.id is None:
        return operation, None
    partners = [partner for _, _, partner in found if partner.id is not None]
    return operation, _whole(module, operation, partners)


def _whole(
    module: OperationModule, operation: Operation, rows: list[ModulePartner]
) -> OperationModule:
    """A module that asks for neither its operation nor its partners any more."""
    module.operation = operation
    partners = ModulePartner.objects.all()
    partners._result_cache = rows
    module._prefetched_objects_cache = {"partners": partners}  # type: ignore[attr-defined]
    return module


def partners_of(operation: Operation) -> dict[str, uuid.UUID]:
    """The partners' names of one operation, as they are now, each with its back office."""
    there = parties.in_operation(operation).items()
    return {parties.name_of(row, minor): parties.office_of(row, minor) for row, minor in there}


def participations(operation: Operation) -> QuerySet[Participation]:
    """Who took part, the latest first; rehearsals left out."""
    rows = Participation.objects.filter(operation=operation, is_test=False)
    return rows.select_related("profile", "module").order_by("-created_at", "-id")


def people(operation: Operation) -> int:
    """Participants: distinct people whose participation counts."""
    rows = participations(operation).filter(state=ParticipationState.COUNTED)
    return rows.order_by().values("profile").distinct().count()


@dataclass(frozen=True, slots=True)
class Bar:
    """One operation in a week of the calendar: from column `first` to `last`, 1 to 7."""

    operation: Operation
    state: str
    first: int
    last: int
    begins: bool
    ends: bool


@dataclass(frozen=True, slots=True)
class Week:
    days: list[date]
    bars: list[Bar]


def calendar(*, first_day: date, now: datetime) -> list[Week]:
    """The weeks of a month, Monday first, each with the operations that run in it."""
    start = first_day - timedelta(days=first_day.weekday())
    next_month = (first_day.replace(day=28) + timedelta(days=4)).replace(day=1)
    weeks = []
    rows = list(
        Operation.objects.filter(
            archived_at=None, starts_at__isnull=False, ends_at__isnull=False
        ).order_by("starts_at", "id")
    )
    while start < next_month:
        weeks.append(_week(start, rows, now))
        start += timedelta(days=7)
    return weeks


def _week(start: date, rows: list[Operation], now: datetime) -> Week:
    days = [start + timedelta(days=n) for n in range(7)]
    bars = []
    for row in rows:
        last = row.last_moment
        if row.starts_at is None or last is None:
            continue
        begins = local(row.starts_at).date()
        ends = local(last).date()
        if ends < days[0] or begins > days[-1]:
            continue
        bars.append(
            Bar(
                operation=row,
                state=row.shown_state(now),
                first=max((begins - start).days, 0) + 1,
                last=min((ends - start).days, 6) + 1,
                begins=begins >= days[0],
                ends=ends <= days[-1],
            )
        )
    return Week(days, bars)


def prizes_of(operation: Operation) -> list[dict[str, Any]]:
    """The prizes that its modules give, as they are set: `stock` pieces, each of `value` cents or
    None.
    """
    return [row for module in modules_of(operation) for row in module.settings.get("prizes") or ()]
