"""The clock of the reminders: takes people in, and plans the emails that are due.

A step decided and its email queued are one transaction: a worker that dies leaves both or neither.
"""

import logging
import uuid
from datetime import datetime, timedelta

from django.db.models import Count

from billing.plans import Allowed, Limit
from kernel.db import atomic_with_retry, insert_if_absent
from tenants import limits
from tenants.features import Feature, is_on
from tenants.messaging import permission
from tenants.messaging import scenarios as stored
from tenants.messaging import services as messaging
from tenants.messaging.catalogue.reminders import kind_name
from tenants.messaging.kinds import Topic
from tenants.messaging.models import Email, EmailState, Enrolment, EnrolmentState, Scenario
from tenants.programme import versions
from tenants.programme.models import ProgrammeVersion
from tenants.programme.scenarios import friends
from tenants.programme.scenarios.catalogue import MOST_A_MONTH, SPECS
from tenants.programme.scenarios.shapes import Moment, Spec, StopError

logger = logging.getLogger(__name__)

_SLICE = 100
_MONTH = timedelta(days=30)


def run(*, now: datetime, limit: int) -> int:
    """In the current tenant: enrol whom an enabled scenario is for, then plan what is due.

    Returns how many emails were asked for.
    """
    if not (is_on(Feature.CAMPAIGNS) and is_on(Allowed.SCENARIOS)):
        return 0
    version = versions.in_force(now=now)
    room = limits.left(Limit.EMAILS, now=now)
    if version is None or room == 0:
        return 0  # at the month's limit reminders wait: nobody has asked for them
    sent = 0
    for row in Scenario.objects.filter(enabled=True).order_by("key"):
        spec = SPECS.get(row.key)
        if spec is None or (spec.feature is not None and not is_on(spec.feature)):
            continue
        most = limit if room is None else min(limit, room - sent)
        try:
            sent += _run_one(spec, row, version, now, most)
        except Exception:
            logger.exception("the scenario %s failed", row.key)
    return sent


def waiting_now(*, spec: Spec, row: Scenario | None, now: datetime) -> int:
    """How many people would be taken in if it were switched on this moment; up to 1 000."""
    version = versions.in_force(now=now)
    if version is None:
        return 0
    row = row or Scenario(key=spec.key, changed_at=now)
    asked = Scenario(id=row.id, key=spec.key, enabled_at=now, changed_at=now)
    days = stored.days_of(spec.key, None if row._state.adding else row)
    return len(spec.find(Moment(now, version, asked, days[0]), 1_000))


def _run_one(
    spec: Spec, row: Scenario, version: ProgrammeVersion, now: datetime, limit: int
) -> int:
    days = stored.days_of(spec.key, row)
    moment = Moment(now=now, version=version, scenario=row, days=days[0])
    insert_if_absent(spec.find(moment, limit))
    sent = done = 0
    while done < limit:
        size = min(_SLICE, limit - done)
        found, queued = _slice(spec, moment, days, size)
        done, sent = done + found, sent + queued
        if found < size:
            break
    return sent


@atomic_with_retry
def _slice(spec: Spec, moment: Moment, days: list[int], size: int) -> tuple[int, int]:
    """Decide some due steps: how many there were, and how many emails came of them."""
    # The scenario's own row first: who switches it off waits, or comes before.
    if (
        not Scenario.objects.select_for_update()
        .filter(id=moment.scenario.id, enabled=True)
        .exists()
    ):
        return 0, 0
    rows = list(
        Enrolment.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("profile")
        .filter(scenario=moment.scenario, state=EnrolmentState.WAITING, due_at__lte=moment.now)
        .order_by("due_at", "id")[:size]
    )
    refused = _refused(rows, moment.now)
    drafts = []
    for row in rows:
        try:
            if row.id in refused:
                raise StopError(refused[row.id])
            drafts.append(_draft(spec, row, moment))
            _advance(row, days, moment.now)
        except StopError as stop:
            _end(row, EnrolmentState.STOPPED, moment.now, stop.reason)
    messaging.queue_all(drafts=drafts, now=moment.now)
    Enrolment.objects.bulk_update(
        rows, ["step", "state", "due_at", "ended_at", "stopped_because"], batch_size=_SLICE
    )
    return len(rows), len(drafts)


def _draft(spec: Spec, row: Enrolment, moment: Moment) -> messaging.Draft:
    context = spec.speak(row, moment)
    kind = kind_name(spec.key, row.step)
    if spec.friends:
        invitation = friends.invitation_of(row)
        reason = permission.may_write(
            address=invitation.email, marketing=True, topic=Topic.INVITATIONS
        )
        if reason:
            raise StopError(reason)
        return messaging.Draft(
            kind=kind,
            to=invitation.email,
            key=friends.email_key(invitation),
            context=context,
            language=invitation.referrer.language,
        )
    if row.profile is None:
        raise StopError("over")
    return messaging.Draft(
        kind=kind,
        to=row.profile.email,
        key=f"reminder:{row.id}:{row.step}",
        context=context,
        profile=row.profile,
        language=row.profile.language,
    )


def _refused(rows: list[Enrolment], now: datetime) -> dict[uuid.UUID, str]:
    """Which of the customers must not be written to, and why."""
    people = {row.profile.id: row.profile for row in rows if row.profile is not None}
    profiles = list(people.values())
    found = permission.mailing_reasons(profiles=profiles, topic=Topic.REMINDERS)
    reasons = dict(zip(people, found, strict=True))
    often = _written_often(set(people), now)
    refused: dict[uuid.UUID, str] = {}
    for row in rows:
        if row.profile_id is None:
            continue
        reason = reasons[row.profile_id] or ("too_many" if row.profile_id in often else None)
        if reason:
            refused[row.id] = reason
    return refused


def _written_often(ids: set[uuid.UUID], now: datetime) -> set[uuid.UUID]:
    recent = Email.objects.filter(profile_id__in=ids, queued_at__gt=now - _MONTH).exclude(
        state=EmailState.SKIPPED
    )
    mailed = recent.filter(kind__startswith="reminder_") | recent.filter(
        kind__startswith="campaign:"
    )
    counts = mailed.values("profile_id").annotate(n=Count("id")).filter(n__gte=MOST_A_MONTH)
    return {row["profile_id"] for row in counts}


def _advance(row: Enrolment, days: list[int], now: datetime) -> None:
    if row.step >= len(days):
        _end(row, EnrolmentState.DONE, now)
        return
    row.due_at = now + timedelta(days=days[row.step])
    row.step += 1


def _end(row: Enrolment, state: EnrolmentState, now: datetime, reason: str = "") -> None:
    row.state, row.due_at, row.ended_at, row.stopped_because = state, None, now, reason
