"""Writing the modules of an operation: their order, mechanic, rule, and what they ask of people.

What people agreed to or won is never rewritten: an operation that is online keeps its mechanics,
an ended one keeps everything.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.db import atomic_with_retry
from kernel.errors import ConflictError
from operations import fields as known
from operations import partaking, parties, selectors
from operations.editing import editable
from operations.errors import UnknownOperationError
from operations.mechanics import MECHANICS, UnknownMechanicError
from operations.models import ModulePartner, OperationModule
from operations.telling import changed
from tenants import features

MOST_MODULES = 10


class TooManyModulesError(ConflictError):
    """An operation holds ten modules at most."""

    code = "too_many_modules"
    words = _("Une opération a dix modules au plus. Retirez-en un d’abord.")


@atomic_with_retry
def add_module(*, operation_id: uuid.UUID, kind: str, now: datetime) -> OperationModule:
    """A module at the end, asking for a first name and an email; partners who share all others
    share it as well.

    Raises PlanRequiredError where the merchant's plan does not hold this mechanic.
    """
    if kind not in MECHANICS:
        raise UnknownMechanicError(param="kind")
    features.require(MECHANICS[kind].held_by)
    operation = editable(operation_id, now, live=False)
    there = selectors.modules_of(operation)
    if len(there) >= MOST_MODULES:
        raise TooManyModulesError
    made = OperationModule.objects.create(
        operation=operation,
        position=max((module.position for module in there), default=0) + 1,
        kind=kind,
        fields=[
            {"name": "first_name", "required": True, "partners": []},
            {"name": "email", "required": True, "partners": []},
        ],
        asks_optin=True,
        created_at=now,
    )
    # Whoever takes the only module out, to put another in its place, keeps its partners.
    last = operation.modules.exclude(removed_at=None).order_by("-removed_at")
    partaking.carry_on(module=made, others=there or list(last[:1]), now=now)
    changed(operation_id=operation.id, now=now)
    return made


@atomic_with_retry
def move_module(*, module: OperationModule, up: bool, now: datetime) -> None:
    """Change places with the neighbour; at the end of the list nothing happens."""
    operation = editable(module.operation_id, now, live=True)
    there = list(operation.modules.filter(removed_at=None))
    at = next((n for n, row in enumerate(there) if row.id == module.id), None)
    if at is None:
        raise UnknownOperationError
    to = at - 1 if up else at + 1
    if 0 <= to < len(there):
        there[at], there[to] = there[to], there[at]
    for position, row in enumerate(there, start=1):
        row.position = position
    OperationModule.objects.bulk_update(there, ["position"])


@atomic_with_retry
def remove_module(*, module: OperationModule, away: bool, now: datetime) -> None:
    """Take a module out of a draft, or put it back; what it holds stays."""
    editable(module.operation_id, now, live=False)
    OperationModule.objects.filter(id=module.id).update(removed_at=now if away else None)
    changed(operation_id=module.operation_id, now=now)


@atomic_with_retry
def save_mechanic(
    *, module: OperationModule, settings: Mapping[str, Any], now: datetime, **rule: Any
) -> OperationModule:
    """The mechanic's settings and the rule; not while people play."""
    editable(module.operation_id, now, live=False)
    row = OperationModule.objects.select_for_update().get(id=module.id)
    row.settings = dict(settings)
    for name, value in rule.items():
        if name not in _RULE:
            raise TypeError(f"{name} is no rule of a module")
        setattr(row, name, value)
    row.save(update_fields=["settings", *rule])
    return row


_RULE = frozenset({"title", "rule", "times", "minimum_age", "asks_rules"})


@atomic_with_retry
def save_acquisition(
    *,
    module: OperationModule,
    fields: Sequence[Mapping[str, Any]],
    asks_optin: bool,
    optin_text: Mapping[str, str],
    double_optin: bool,
    partners: Sequence[ModulePartner],
    offered: Collection[uuid.UUID],
    read: Mapping[uuid.UUID, str],
    now: datetime,
) -> OperationModule:
    """What is asked, of whom it goes where, and each brand's own box.

    `partners` are those from now on, unsaved rows of this module, of the partnerships that could be
    chosen (`offered`). Whoever could not be (the plan changed, the partnership is over) stays, with
    what goes there. `read` has the seal of each of `partners` as the merchant read them:
    AnotherPartnerError where somebody else stands there by now. Whoever has the form open while it
    changes is asked to read it again.
    """
    parties.hold(read=read)
    editable(module.operation_id, now, live=True)
    row = OperationModule.objects.select_for_update().get(id=module.id)
    kept = row.partners.exclude(partnership_id__in=offered)
    goes = {
        str(number): set(known.going_to(row, number))
        for number in kept.values_list("partnership_id", flat=True)
    }
    row.fields, row.asks_optin = [_with_kept(field, goes) for field in fields], asks_optin
    row.optin_text, row.double_optin = dict(optin_text), double_optin
    row.save(update_fields=["fields", "asks_optin", "optin_text", "double_optin"])
    row.partners.filter(partnership_id__in=offered).delete()
    for partner in partners:
        partner.module = row
        partner.save(force_insert=True)
    changed(operation_id=row.operation_id, now=now)
    return row


def _with_kept(field: Mapping[str, Any], goes: Mapping[str, set[str]]) -> dict[str, Any]:
    """A field with whom it goes to, those included that the form said nothing of."""
    kept = [number for number, names in goes.items() if field["name"] in names]
    return {**field, "partners": [*kept, *field.get("partners", ())]}
