"""The plan table as people read it: a line for each feature and limit, a cell for each plan."""

from dataclasses import dataclass

from django.utils.functional import Promise

from billing.plans import SOLD, Allowed, Limit, Plan


@dataclass(frozen=True, slots=True)
class Cell:
    """What one plan says to one line: held or not, or how many (None: as many as one likes)."""

    plan: Plan
    held: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One feature or one limit, and what each plan says to it."""

    label: str | Promise
    is_limit: bool
    cells: tuple[Cell, ...]


def lines(plans: tuple[Plan, ...] = SOLD) -> list[Line]:
    """Features first, then limits, in the table's own order."""
    features = [
        Line(one.label, False, tuple(Cell(plan, held=one in plan.features) for plan in plans))
        for one in Allowed
    ]
    limits = [
        Line(limit.label, True, tuple(Cell(plan, count=plan.limits[limit]) for plan in plans))
        for limit in Limit
    ]
    return [*features, *limits]
