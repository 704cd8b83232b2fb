"""A past to recalculate: customers, orders, sessions and rules, written as they would lie there."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from kernel.ids import uuid7
from kernel.ledger import selectors as books
from kernel.ledger import services as ledger
from tenants.activity.models import (
    Invoice,
    InvoiceState,
    Order,
    OrderState,
    Session,
    SessionState,
    SessionType,
    Source,
)
from tenants.loyalty.models import Earning, FactKind, LoyaltyVersion, SessionRate
from tenants.loyalty.recalculation import applying, counting, services
from tenants.loyalty.recalculation.models import Run, RunKind, RunState
from tenants.profiles.models import Profile

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)


def rules(*, since: datetime = LONG_AGO, rate: str = "1", **changes: Any) -> LoyaltyVersion:
    """One point for each euro."""
    number = LoyaltyVersion.objects.count() + 1
    return LoyaltyVersion.objects.create(
        number=number,
        starts_at=since,
        **{"unit": "PTS", "rate": Decimal(rate), "per": 100, **changes},
    )


def person(name: str = "Ana") -> Profile:
    return Profile.objects.create(
        first_name=name, email=f"{uuid7()}@exemple.fr", created_at=LONG_AGO
    )


def order(profile: Profile, cents: int, *, days_ago: int = 30, **changes: Any) -> Order:
    at = NOW - timedelta(days=days_ago)
    values = {
        "external_id": str(uuid7()),
        "profile": profile,
        "amount": cents,
        "currency": "EUR",
        "ordered_at": at,
        "received_at": at,
        "source": Source.API,
        "state": OrderState.CONFIRMED,
    }
    return Order.objects.create(**{**values, **changes})


def invoice(profile: Profile, cents: int, *, paid: int, days_ago: int = 30) -> Invoice:
    at = NOW - timedelta(days=days_ago)
    return Invoice.objects.create(
        external_id=str(uuid7()),
        profile=profile,
        total=cents,
        paid=paid,
        currency="EUR",
        issued_at=at,
        paid_at=at if paid >= cents else None,
        received_at=at,
        source=Source.API,
        state=InvoiceState.PAID if paid >= cents else InvoiceState.OPEN,
    )


def session(
    profile: Profile, kind: SessionType, *, days_ago: int = 30, validated: bool = True
) -> Session:
    at = NOW - timedelta(days=days_ago)
    return Session.objects.create(
        external_id=str(uuid7()),
        profile=profile,
        type=kind,
        booked_at=at,
        validated_at=at if validated else None,
        received_at=at,
        source=Source.API,
        state=SessionState.VALIDATED if validated else SessionState.BOOKED,
    )


def portrait(version: LoyaltyVersion, amount: int) -> SessionType:
    kind = SessionType.objects.create(key="portrait", name="Portrait", created_at=LONG_AGO)
    SessionRate.objects.create(version=version, session_type=kind, amount=amount)
    return kind


def earned(fact: Order, amount: int, *, expires_at: datetime | None = None) -> Earning:
    """What a confirmed order had earned at its time."""
    number = uuid7()
    transfer = ledger.issue(
        owner_id=fact.profile_id,
        unit="PTS",
        amount=amount,
        reason="earned_order",
        source=f"earning:{number}",
        key=f"earned:order:{fact.id}",
        now=fact.ordered_at,
        expires_at=expires_at,
    )
    return Earning.objects.create(
        id=number,
        profile_id=fact.profile_id,
        fact_kind=FactKind.ORDER,
        fact_id=fact.id,
        occurred_at=fact.ordered_at,
        version=LoyaltyVersion.objects.earliest("starts_at"),
        amount=amount,
        unit="PTS",
        transfer_id=transfer.id,
        created_at=fact.ordered_at,
    )


def spend(profile: Profile, amount: int) -> None:
    ledger.redeem(
        owner_id=profile.id,
        unit="PTS",
        amount=amount,
        reason="test",
        source="test:1",
        key=f"spent:{uuid7()}",
        now=NOW,
    )


def gift(profile: Profile, amount: int, *, reason: str = "adjusted") -> None:
    """Points that are not automatic: by hand, or for a referral."""
    ledger.issue(
        owner_id=profile.id,
        unit="PTS",
        amount=amount,
        reason=reason,
        source="decision:1",
        key=f"gift:{uuid7()}",
        now=NOW,
    )


def held(profile: Profile) -> int:
    """The balance, below zero where something is owed."""
    return books.balance(owner_id=profile.id, unit="PTS").posted


def counted(kind: RunKind = RunKind.RECALCULATE, months: int | None = None, **more: Any) -> Run:
    """A count, carried to its end."""
    since = NOW - timedelta(days=30 * months) if months else None
    run = services.count(kind=kind, months=months, since=since, author_id=None, now=NOW, **more)
    return count_to_the_end(run)


def count_to_the_end(run: Run) -> Run:
    from kernel.jobs.models import Job

    job = Job.objects.get(id=run.count_job_id)
    while not (progress := counting.step(job, NOW)).finished:
        job.done, job.cursor, job.total = progress.done, progress.cursor, progress.total
    run.refresh_from_db()
    return run


def carried_out(run: Run, *, now: datetime = NOW) -> Run:
    """The same, confirmed and carried out in one go."""
    services.confirm(run_id=run.id, author_id=None, now=now)
    run.refresh_from_db()
    after: uuid.UUID = uuid.UUID(int=0)
    while lines := applying.next_lines(run=run, after=after):
        chunk = applying.apply(run=run, lines=lines, expiry=never, now=now, wait=True)
        assert chunk.last is not None
        after = chunk.last
    run.state = RunState.DONE
    run.save()
    return run


def never(_months: int | None) -> datetime | None:
    return None


def balances(people: Iterable[Profile]) -> list[int]:
    return [held(one) for one in people]
