"""Scenarios of reminders: switching them, their steps, and what stops a person in one.

Who is in which, and why they leave it, is `tenants.programme.scenarios`' to say: it knows
referrals and cagnottes.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime

from kernel.db import atomic_with_retry
from tenants.messaging.catalogue.reminders import FRIEND_SCENARIOS, SCENARIOS
from tenants.messaging.models import Enrolment, EnrolmentState, Scenario, ScenarioStep

TURNED_OFF = "turned_off"


def friends_reminded() -> bool:
    """Whether people who were invited may get a reminder: the invitation says so then."""
    return Scenario.objects.filter(key__in=FRIEND_SCENARIOS, enabled=True).exists()


def days_of(key: str, row: Scenario | None) -> list[int]:
    """The delays of a scenario's steps, in their order: the merchant's own, else the usual ones."""
    own = {} if row is None else dict(row.steps.values_list("number", "days"))
    return [own.get(number, days) for number, days in enumerate(SCENARIOS[key], start=1)]


@atomic_with_retry
def switch(*, key: str, enabled: bool, author_id: uuid.UUID | None, now: datetime) -> Scenario:
    """Switch a scenario on or off. Off ends it for everybody who is in it; on begins afresh."""
    row = _row(key, author_id, now)
    if row.enabled == enabled:
        return row
    row.enabled, row.changed_at, row.author_id = enabled, now, author_id
    row.enabled_at = now if enabled else row.enabled_at
    row.save(update_fields=["enabled", "enabled_at", "changed_at", "author_id"])
    if not enabled:
        waiting = Enrolment.objects.filter(scenario=row, state=EnrolmentState.WAITING)
        waiting.update(
            state=EnrolmentState.STOPPED, stopped_because=TURNED_OFF, ended_at=now, due_at=None
        )
    return row


@atomic_with_retry
def set_days(
    *, key: str, days: Mapping[int, int], author_id: uuid.UUID | None, now: datetime
) -> None:
    """Change delays, in days by step number. Steps that are already planned keep their date."""
    row = _row(key, author_id, now)
    for number, value in days.items():
        ScenarioStep.objects.update_or_create(scenario=row, number=number, defaults={"days": value})
    row.changed_at, row.author_id = now, author_id
    row.save(update_fields=["changed_at", "author_id"])


def _row(key: str, author_id: uuid.UUID | None, now: datetime) -> Scenario:
    Scenario.objects.bulk_create(
        [Scenario(key=key, changed_at=now, author_id=author_id)], ignore_conflicts=True
    )
    return Scenario.objects.select_for_update().get(key=key)
