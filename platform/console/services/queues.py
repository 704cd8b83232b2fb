"""Another try for what did not leave, and for work that failed."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from console.entering import inside
from console.models import Act
from console.services.merchants import merchant
from console.services.trail import check_reason, note
from kernel.jobs import services as jobs
from kernel.jobs.models import Job, JobState
from kernel.outbox import services as outbox


def retry_events(
    *,
    tenant_id: uuid.UUID | None,
    ids: Sequence[uuid.UUID] | None,
    operator: User,
    now: datetime,
    reason: str = "",
) -> int:
    """Make dead events due again: those named, or all, of one merchant or (None) the platform.

    All of them at once need a reason. Returns how many there were; an event that is not dead (any
    more) is left alone, so that asking twice is asking once. Raises ReasonMissingError, or
    UnknownTenantError for a merchant that is not active.
    """
    why = check_reason(reason) if ids is None else ""
    with transaction.atomic():
        if tenant_id is None:
            tenant, count = None, outbox.retry_dead(now=now, ids=ids)
        else:
            tenant = merchant(tenant_id)
            with inside(tenant_id):
                count = outbox.retry_dead(now=now, ids=ids)
        if count:
            about = f"{count} × outbox" if ids is None or len(ids) != 1 else str(ids[0])
            note(
                act=Act.EVENT_RETRIED,
                operator=operator,
                tenant=tenant,
                about=about,
                reason=why,
                now=now,
            )
    return count


def retry_job(*, tenant_id: uuid.UUID, job_id: uuid.UUID, operator: User, now: datetime) -> bool:
    """Let a failed job go on where it stopped; False when it had not failed.

    Raises UnknownJobError, UnknownTenantError.
    """
    with transaction.atomic():
        with inside(tenant_id) as tenant:
            if jobs.get(job_id=job_id, lock=True).state != JobState.FAILED:
                return False
            job: Job = jobs.retry(job_id=job_id, now=now)
        about = f"{job.kind} {job.public_id}"
        note(act=Act.JOB_RETRIED, operator=operator, tenant=tenant, about=about, now=now)
    return True
