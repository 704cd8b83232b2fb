"""Outbox events, jobs and emails of every merchant: states and counts (D9).

Payloads are ids, and are not shown all the same; of emails there are numbers only.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.selectors.schemas import ask
from kernel.outbox.models import Event as OutboxEvent
from kernel.outbox.models import EventState
from tenants.models import Tenant

# Enough for a person to look at; more is a pattern, which the counts show.
MOST = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """One event that has not left; `tenant` is None for the platform's own."""

    tenant: Tenant | None
    id: uuid.UUID
    kind: str
    state: str
    failures: int
    created_at: datetime
    due_at: datetime
    error: str

    @property
    def is_dead(self) -> bool:
        return self.state == EventState.DEAD


def events(*, tenants: Sequence[Tenant], state: str, now: datetime) -> list[Waiting]:
    """Dead events, or those that are due and wait, the latest first, MOST of each merchant."""
    question = """
        SELECT {label}, id, kind, state, failures, created_at, due_at, last_error
        FROM {outbox_event} WHERE state = %s AND due_at <= %s ORDER BY id DESC LIMIT %s
    """
    # A dead event's due time is a lease that ran out, whenever that is.
    until = now + timedelta(days=3_650) if state == EventState.DEAD else now
    rows = ask(question, tenants=tenants, tables=["outbox_event"], params=[state, until, MOST])
    found = [Waiting(tenant, *row) for tenant, row in rows]
    return sorted(found, key=lambda one: one.created_at, reverse=True)[:MOST]


def own_events(*, state: str, now: datetime) -> list[Waiting]:
    """The same of the platform's own outbox. Called in the public schema."""
    rows = OutboxEvent.objects.filter(state=state).order_by("-id")
    if state != EventState.DEAD:
        rows = rows.filter(due_at__lte=now)
    return [
        Waiting(None, e.id, e.kind, e.state, e.failures, e.created_at, e.due_at, e.last_error)
        for e in rows[:MOST]
    ]


@dataclass(frozen=True, slots=True)
class Work:
    """One job of a merchant."""

    tenant: Tenant
    id: uuid.UUID
    kind: str
    state: str
    done: int
    total: int | None
    failures: int
    error: str
    created_at: datetime
    moved_at: datetime


def jobs(*, tenants: Sequence[Tenant], states: Sequence[str]) -> list[Work]:
    """Jobs in these states, those that moved last first."""
    question = """
        SELECT {label}, id, kind, state, done, total, failures, error_code, created_at, moved_at
        FROM {jobs_job} WHERE state = ANY(%s) ORDER BY moved_at DESC LIMIT %s
    """
    rows = ask(question, tenants=tenants, tables=["jobs_job"], params=[list(states), MOST])
    found = [Work(tenant, *row) for tenant, row in rows]
    return sorted(found, key=lambda one: one.moved_at, reverse=True)[:MOST]


@dataclass(frozen=True, slots=True)
class Mail:
    """A merchant's emails of some days, in numbers."""

    tenant: Tenant
    sent: int
    queued: int
    skipped: int
    bounced: int
    complained: int
    oldest_queued: datetime | None

    @property
    def share_bounced(self) -> float:
        """Of those sent, 0 to 1."""
        return self.bounced / self.sent if self.sent else 0.0


def emails(*, tenants: Sequence[Tenant], since: datetime) -> list[Mail]:
    """What was asked for since then, those who sent most first; who sent nothing is left out."""
    question = """
        SELECT {label},
            count(*) FILTER (WHERE state = 'sent'), count(*) FILTER (WHERE state = 'queued'),
            count(*) FILTER (WHERE state = 'skipped'), count(*) FILTER (WHERE outcome = 'bounced'),
            count(*) FILTER (WHERE outcome = 'complained'),
            min(queued_at) FILTER (WHERE state = 'queued')
        FROM {messaging_email} WHERE queued_at >= %s AND NOT is_test
    """
    rows = ask(question, tenants=tenants, tables=["messaging_email"], params=[since])
    found = [Mail(tenant, *row) for tenant, row in rows]
    return sorted(
        (one for one in found if one.sent or one.queued or one.skipped),
        key=lambda one: one.sent,
        reverse=True,
    )
