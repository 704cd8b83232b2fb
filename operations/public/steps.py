"""The modules of a page as the steps that they are to people: numbered, one open, the next ahead.

Each is taken part in by itself, and whoever comes by a widget begins at its module; nobody has to
guess that one leads to the other.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.http import QueryDict

from operations import fields, selectors
from operations.models import OperationModule, Participation, ParticipationState
from operations.public.parts import Part, part_of
from operations.slots import free_slot
from tenants.programme.dates import local

# So long after taking part, what was typed is offered again to whoever holds the link.
FRESH = timedelta(hours=1)


def in_steps(
    parts: Sequence[Part],
    *,
    modules: Sequence[OperationModule],
    opened: str = "",
    done: Collection[object] = (),
) -> list[Part]:
    """The parts with their numbers among `modules`; `opened` is a module's outside id.

    Without it the first that is not done stands open. One module alone is no step.
    """
    if len(modules) < 2:
        return list(parts)
    order = {module.id: number for number, module in enumerate(modules, start=1)}
    ids = [part.module.public_id for part in parts]
    left = [part.module.public_id for part in parts if part.module.id not in done]
    first = opened if opened in ids else next(iter(left or ids), "")
    return [
        replace(
            part,
            number=order[part.module.id],
            of=len(modules),
            open=part.module.public_id == first,
            done=part.module.id in done,
        )
        for part in parts
    ]


def following(module: OperationModule, *, language: str) -> Part | None:
    """The step after this one, for whoever asks: an address that was typed tells nothing (R33)."""
    modules = selectors.modules_of(module.operation)
    ids = [one.id for one in modules]
    later = modules[ids.index(module.id) + 1 :] if module.id in ids else []
    return as_step(later[0], modules=modules, language=language) if later else None


def as_step(module: OperationModule, *, modules: Sequence[OperationModule], language: str) -> Part:
    """One module with its number, to be named."""
    (part,) = in_steps([part_of(module, language=language, seal="")], modules=modules)
    return part


def after(participation: Participation, *, now: datetime) -> OperationModule | None:
    """The next step of whoever took part, as far as the rules let them take it now."""
    operation = participation.operation
    if participation.state != ParticipationState.COUNTED or not (
        participation.is_test or operation.is_open(now)
    ):
        return None
    modules = selectors.modules_of(operation)
    ids = [module.id for module in modules]
    if participation.module_id not in ids:
        return None
    later = modules[ids.index(participation.module_id) + 1 :]
    over = set() if participation.is_test else done_by(participation, later, now=now)
    return next((module for module in later if module.id not in over), None)


def done_by(
    participation: Participation, modules: Sequence[OperationModule], *, now: datetime
) -> set[object]:
    """Of these modules, those in which this person cannot take part any more."""
    if participation.profile is None:
        return set()
    person, day = participation.profile, local(now).date()
    return {
        module.id for module in modules if free_slot(module=module, profile=person, day=day) is None
    }


def typed_before(
    participation: Participation, module: OperationModule, *, language: str, now: datetime
) -> QueryDict:
    """What this person typed a moment ago, as far as this module asks for it: never a box.

    Later on nothing: a link may have been passed on meanwhile.
    """
    found = QueryDict(mutable=True)
    if now - (participation.confirmed_at or participation.created_at) > FRESH:
        return found
    for asked in fields.asked(module, language=language):
        if asked.name in fields.KNOWN and participation.fields.get(asked.name):
            found[asked.name] = _as_typed(asked.name, str(participation.fields[asked.name]))
    return found


def _as_typed(name: str, kept: str) -> str:
    """A day is kept as 1990-04-17, and written 17/04/1990."""
    return "/".join(reversed(kept.split("-"))) if name == "birth_date" else kept
