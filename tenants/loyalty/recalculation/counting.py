"""The dry run, in steps: who would gain, who would lose, and what would be owed."""

import uuid
from datetime import datetime

from django.db.models import Count, F, Q, Sum

from kernel.jobs.models import Job
from kernel.jobs.types import Progress
from tenants.loyalty.recalculation import services, sql
from tenants.loyalty.recalculation.models import Run, RunState
from tenants.profiles.models import Profile

CUSTOMERS_A_STEP = 5_000
_NOBODY = uuid.UUID(int=0)


def step(job: Job, now: datetime) -> Progress:
    """Count the next customers; at the end, what all of it adds up to."""
    run = services.get(run_id=uuid.UUID(job.params["run_id"]), lock=True)
    if run.state != RunState.COUNTING:
        return Progress(done=job.done, finished=True)
    total = job.total if job.total is not None else Profile.objects.count()
    after = uuid.UUID(job.cursor["after"]) if job.cursor else _NOBODY
    ids = list(
        Profile.objects.filter(id__gt=after)
        .order_by("id")
        .values_list("id", flat=True)[:CUSTOMERS_A_STEP]
    )
    if ids:
        run.facts += sql.count_between(run=run, after=after, up_to=ids[-1])
        run.save(update_fields=["facts"])
    done = job.done + len(ids)
    if len(ids) == CUSTOMERS_A_STEP:
        return Progress(done=done, total=total, finished=False, cursor={"after": str(ids[-1])})
    _add_up(run)
    return Progress(done=done, total=max(total, done), finished=True)


def _add_up(run: Run) -> None:
    change = F("after") - F("before")
    gains, losses = Q(after__gt=F("before")), Q(after__lt=F("before"))
    figures = run.lines.aggregate(
        gaining=Count("id", filter=gains),
        losing=Count("id", filter=losses),
        gain=Sum(change, filter=gains),
        loss=Sum(-change, filter=losses),
        indebted=Count("id", filter=Q(debt__gt=0)),
        owed=Sum("debt"),
    )
    run.gaining, run.losing = figures["gaining"], figures["losing"]
    run.gain, run.loss = int(figures["gain"] or 0), int(figures["loss"] or 0)
    run.indebted, run.debt = figures["indebted"], int(figures["owed"] or 0)
    run.state = RunState.COUNTED
    run.save()
