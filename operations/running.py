"""The life of an operation: checked, live, ended; by hand or when its day comes.

What is shown follows from the dates at every reading; the outbox's due events only let the stored
state follow, and close what has to be closed (a draw). A date that was changed meanwhile makes the
older event do nothing.
"""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.plans import Allowed, Limit
from kernel.db import atomic_with_retry
from kernel.errors import ConflictError
from kernel.ids import public_id
from kernel.outbox.services import emit
from operations import official, parties
from operations.editing import (
    BegunError,
    EndsBeforeStartError,
    NotEditableError,
    check_dates,
    locked,
)
from operations.errors import StaleFormError
from operations.mechanics import mechanic_of
from operations.mechanics.shape import Problem
from operations.models import ModulePartner, Operation, OperationModule, OperationState
from operations.sample_rules import following
from operations.telling import changed
from operations.words import pick
from partnerships.selectors import agreed, minors
from shell import formats
from tenants import features, limits

END_EVENT = "operations.end"
# Who pressed the button in the last second is still being written when the end comes.
_GRACE = timedelta(seconds=60)


class NotReadyError(ConflictError):
    """Something keeps the operation from going live: `problems` says what to do."""

    code = "operation_not_ready"
    words = gettext_lazy("L’opération n’est pas prête. Corrigez ce qui est indiqué.")

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


def problems(*, operation: Operation, now: datetime) -> list[Problem]:
    """What keeps an operation from going live; an empty list says that it may."""
    found = _about_dates(operation, now)
    if not pick(operation.title, "fr"):
        found.append(Problem(_("Donnez un titre à la page."), "words"))
    modules = list(operation.modules.filter(removed_at=None).prefetch_related("partners"))
    if not modules:
        found.append(Problem(_("Ajoutez au moins un module."), "modules"))
    for module in modules:
        found += _about_plan(module)
        found += [problem for problem in _about_partners(module) if problem not in found]
        of_mechanic = mechanic_of(module).check(module=module)
        found += [replace(problem, module=module.public_id) for problem in of_mechanic]
    # Last: the rules follow from all of the above.
    return found + following.problems(operation)


def _about_plan(module: OperationModule) -> list[Problem]:
    """What this module would need that the merchant's plan does not hold."""
    asked = [mechanic_of(module).held_by]
    if module.partners.all():
        asked.append(Allowed.MAJOR)
    return [Problem(features.plan_words(one)) for one in asked if not features.is_on(one)]


def _about_dates(operation: Operation, now: datetime) -> list[Problem]:
    if operation.starts_at is None or operation.ends_at is None:
        return [Problem(_("Choisissez le début et la fin."), "dates")]
    if operation.ends_at <= now:
        return [Problem(_("La fin est passée : choisissez-en une à venir."), "dates")]
    return []


def _about_partners(module: OperationModule) -> list[Problem]:
    found, partners = [], list(module.partners.all())
    numbers = [row.partnership_id for row in partners]
    known = minors(partnership_ids=numbers) if partners else {}
    # Whoever has still to accept gives its policy as it does, and has no box before that.
    ready = agreed(partnership_ids=numbers) if partners else set()
    for partner in partners:
        goes = any(
            str(partner.partnership_id) in map(str, row.get("partners") or ())
            for row in module.fields
        )
        minor = known.get(partner.partnership_id)
        name = parties.name_of(partner, minor)
        if parties.is_another(partner, minor):
            told = _("Confirmez que %(partner)s prend la place de %(former)s.")
            text = formats.elided(told % {"partner": name, "former": partner.name}, partner.name)
            found.append(Problem(text, "partners"))
        elif (
            partner.asks_optin
            and partner.partnership_id in ready
            and not parties.policy_of(partner, minor)
        ):
            words = _("Indiquez où lire la politique de confidentialité de %(partner)s.")
            found.append(_at(partner, name, "policy_url", words))
        if goes and not partner.asks_optin:
            words = _("Demandez l’accord pour %(partner)s, ou ne lui transmettez aucun champ.")
            found.append(_at(partner, name, "asks", words))
    return found


def _at(partner: ModulePartner, name: str, field: str, words: str) -> Problem:
    """What is missing of one partner, and the field that it goes into."""
    text = formats.elided(words % {"partner": name}, name)
    row = public_id("prt", partner.partnership_id)
    return Problem(text, "partners", partnership=row, field=field)


@atomic_with_retry
def go_live(
    *,
    operation_id: uuid.UUID,
    now: datetime,
    author_id: uuid.UUID | None = None,
    rules_read: str = "",
) -> Operation:
    """Put an operation online, or have it begin on its day; again changes nothing.

    Nobody took part before it was there: a start that has passed becomes `now`, before anything
    is drawn between the dates or said of them in the rules. One that is to come stays.

    `rules_read` is the hash of the rules that whoever decides has read: StaleFormError where others
    would be published. NotReadyError with what is missing, LimitReachedError where the plan has no
    room for another; the mechanics make ready in the same transaction.
    """
    operation = locked(operation_id)
    if operation.state == OperationState.LIVE:
        return operation
    if operation.state == OperationState.ENDED or operation.archived_at is not None:
        raise NotEditableError(operation.shown_state(now))
    found = problems(operation=operation, now=now)
    if found:
        raise NotReadyError(found)
    if rules_read and rules_read != official.hash_of(following.rules_of(operation)):
        raise StaleFormError
    limits.require(Limit.OPERATIONS, now=now)
    operation.starts_at = begins(operation.starts_at, now)
    _prepare(operation, now, author_id)
    following.fix(operation)
    official.in_force(operation=operation, now=now)
    operation.state, operation.live_at, operation.updated_at = OperationState.LIVE, now, now
    fixed = ["starts_at", "rules", "rules_from_settings"]
    operation.save(update_fields=["state", "live_at", "updated_at", *fixed])
    plan(operation=operation, now=now)
    changed(operation_id=operation.id, now=now)
    return operation


def begins(starts_at: datetime | None, now: datetime) -> datetime | None:
    """When people can take part from, of what is online or goes online now."""
    return max(starts_at, now) if starts_at is not None else None


def _prepare(operation: Operation, now: datetime, author_id: uuid.UUID | None) -> None:
    for module in operation.modules.filter(removed_at=None).order_by("id"):
        module.operation = operation
        mechanic_of(module).prepare(module=module, now=now, author_id=author_id)


def plan(*, operation: Operation, now: datetime) -> None:
    """Have the end of a live operation come by itself, on its present date."""
    if operation.ends_at is None:
        return
    ends = operation.ends_at
    emit(
        kind=END_EVENT,
        payload={"operation": str(operation.id), "ends_at": ends.isoformat()},
        now=now,
        due_at=max(ends + _GRACE, now),
        key=f"{END_EVENT}:{operation.id}:{ends.isoformat()}",
    )


@atomic_with_retry
def set_dates(
    *,
    operation_id: uuid.UUID,
    starts_at: datetime | None,
    ends_at: datetime | None,
    now: datetime,
    author_id: uuid.UUID | None = None,
) -> Operation:
    """Other dates, by `author_id`. Once it has begun the start stays; once it has ended both do.

    What is planned and gets a start in the past begins now, as what goes online does.
    """
    operation = locked(operation_id)
    shown = operation.shown_state(now)
    if shown in ("ended", "archived"):
        raise NotEditableError(shown)
    if shown == "live" and starts_at != operation.starts_at:
        raise BegunError(param="starts_at")
    check_dates(starts_at, ends_at)
    if shown in ("live", "planned") and (starts_at is None or ends_at is None or ends_at <= now):
        raise EndsBeforeStartError(param="ends_at")
    if shown == "planned":
        starts_at = begins(starts_at, now)
    operation.starts_at, operation.ends_at, operation.updated_at = starts_at, ends_at, now
    operation.save(update_fields=["starts_at", "ends_at", "updated_at"])
    changed(operation_id=operation.id, now=now)
    if operation.state == OperationState.LIVE:
        _prepare(operation, now, author_id)  # what was drawn between the dates follows them
        plan(operation=operation, now=now)
    return operation


@atomic_with_retry
def stop(
    *, operation_id: uuid.UUID, now: datetime, author_id: uuid.UUID | None = None
) -> Operation:
    """End an operation before its day; again changes nothing. What was taken part in stays."""
    operation = locked(operation_id)
    if operation.state == OperationState.ENDED:
        return operation
    if operation.state != OperationState.LIVE:
        raise NotEditableError(operation.shown_state(now))
    if operation.starts_at is not None and now > operation.starts_at:
        operation.ends_at = min(operation.ends_at or now, now)
    _close(operation, now, author_id)
    return operation


@atomic_with_retry
def end_due(*, operation_id: uuid.UUID, ends_at: datetime, now: datetime) -> None:
    """The day has come, unless another was chosen meanwhile."""
    rows = Operation.objects.select_for_update(no_key=True)
    operation = rows.filter(id=operation_id).first()
    if operation is None or operation.state != OperationState.LIVE:
        return
    if operation.ends_at != ends_at or now < ends_at:
        return
    _close(operation, now)


def _close(operation: Operation, now: datetime, author_id: uuid.UUID | None = None) -> None:
    operation.state, operation.ended_at, operation.updated_at = OperationState.ENDED, now, now
    operation.save(update_fields=["state", "ends_at", "ended_at", "updated_at"])
    for module in operation.modules.filter(removed_at=None).order_by("id"):
        mechanic_of(module).close(module=module, now=now, author_id=author_id)
    changed(operation_id=operation.id, now=now)
