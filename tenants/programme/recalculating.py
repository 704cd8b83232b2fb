"""Recalculations as the programme carries them out: their steps, their words, who is told.

The arithmetic and the books are `tenants.loyalty.recalculation`'s.
"""

import uuid
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from kernel.db import atomic_with_retry
from kernel.ids import UUID7_SQL
from kernel.jobs.models import Job
from kernel.jobs.types import Progress, Step
from kernel.money import Amount
from shell import formats
from tenants.features import Feature, require
from tenants.loyalty.recalculation import applying, counting, services
from tenants.loyalty.recalculation.applying import Change
from tenants.loyalty.recalculation.errors import NotCountedError
from tenants.loyalty.recalculation.models import Line, Run, RunKind, RunState
from tenants.messaging import services as messaging
from tenants.programme.dates import months_after, months_before
from tenants.programme.decisions import Code
from tenants.programme.tiers import settle_tiers

_NOBODY = uuid.UUID(int=0)


@atomic_with_retry
def count(*, kind: RunKind, months: int | None, author_id: uuid.UUID | None, now: datetime) -> Run:
    """Begin to count over the last `months` of the merchant's calendar, or for ever.

    Raises the errors of `recalculation.services.count`.
    """
    since = months_before(now, months) if months is not None else None
    return services.count(kind=kind, months=months, since=since, author_id=author_id, now=now)


def apply_step(job: Job, now: datetime) -> Progress:
    """Recalculate the next cagnottes; tiers that they reach now are given with them."""
    require(Feature.LOYALTY)
    run = services.get(run_id=uuid.UUID(job.params["run_id"]), lock=True)
    if run.state != RunState.RUNNING:
        raise NotCountedError
    # Whoever was busy in the first round is waited for in the second, one at a time.
    patient = bool(job.cursor.get("patient"))
    after = uuid.UUID(job.cursor.get("after", str(_NOBODY)))
    lines = applying.next_lines(run=run, after=after)[: 1 if patient else None]
    if not lines:
        if not patient and Line.objects.filter(run=run, applied__isnull=True).exists():
            return Progress(done=job.done, finished=False, cursor={"patient": True})
        _finish(run, now)
        return Progress(done=job.done, finished=True)
    chunk = applying.apply(
        run=run,
        lines=lines,
        expiry=lambda months: months_after(now, months),
        now=now,
        wait=patient,
    )
    _tell(run, chunk.changes, now)
    settle_tiers(profile_ids=[c.line.profile_id for c in chunk.changes if c.amount > 0], now=now)
    return Progress(
        done=job.done + len(chunk.changes),
        finished=False,
        cursor={"after": str(chunk.last), "patient": patient},
    )


_TELL = f"""
    INSERT INTO programme_decision
        (id, code, decided_at, profile_id, amount, unit, facts, author_id)
    SELECT {UUID7_SQL}, %s, %s, n.profile_id, n.amount, %s,
        jsonb_build_object('run', %s::text, 'kind', %s::text, 'facts', n.facts), %s::uuid
    FROM unnest(%s::uuid[], %s::bigint[], %s::integer[]) AS n (profile_id, amount, facts)
"""  # noqa: S608


def _tell(run: Run, changes: list[Change], now: datetime) -> None:
    """One explanation for each customer whose cagnotte changed, in one statement for all."""
    told = [change for change in changes if change.amount]
    if not told:
        return
    values: list[list[Any]] = [
        [change.line.profile_id for change in told],
        [change.amount for change in told],
        [change.facts for change in told],
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _TELL,
            [Code.RECALCULATED, now, run.unit, str(run.id), run.kind, run.author_id, *values],
        )


def _finish(run: Run, now: datetime) -> None:
    run.state, run.finished_at = RunState.DONE, now
    run.save(update_fields=["state", "finished_at"])
    if run.author_id is None:
        return
    author = User.objects.filter(id=run.author_id, is_active=True).first()
    if author is None:
        return
    messaging.queue(
        kind="recalculation_done",
        to=author.email,
        key=f"recalculation-done:{run.id}",
        language=author.language,
        now=now,
        context={
            "count": run.changed,
            "for_reset": run.kind == RunKind.RESET,
            "amount": run.credited,
            "taken": run.taken,
            "unit": run.unit,
            "path": f"/fidelite/recalcul/{run.public_id}",
        },
    )


def history_words(run: Run) -> tuple[str, str]:
    """The title and the explanation of a recalculation's line in a cagnotte's history."""
    day = formats.day(run.confirmed_at or run.created_at)
    if run.kind == RunKind.RESET:
        title = _("Remise à zéro du %(day)s") % {"day": day}
        return title, _("Les points gagnés automatiquement ont été retirés.")
    return _("Recalcul du %(day)s") % {"day": day}, period_words(run)


def period_words(run: Run) -> str:
    """Which facts a recalculation looks at, in a sentence."""
    if run.months is None:
        return _("Tous les achats et séances, selon les règles de leur date.")
    return ngettext(
        "Les achats et séances du dernier mois, selon les règles de leur date.",
        "Les achats et séances des %(months)s derniers mois, selon les règles de leur date.",
        run.months,
    ) % {"months": run.months}


def amount(run: Run, value: int, *, signed: bool = False) -> str:
    """An amount in the unit that this recalculation counts in."""
    return formats.amount(Amount(value, run.unit), signed=signed)


JOBS: dict[str, Step] = {services.COUNT: counting.step, services.APPLY: apply_step}
