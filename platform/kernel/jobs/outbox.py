"""Answers the outbox's `jobs.step`: the step's writes and the next step's event are one commit."""

import uuid

from django.utils import timezone

from kernel.jobs.services import EVENT_KIND, run_step
from kernel.outbox.types import EventData, Handler


def step(event: EventData) -> None:
    """Run the step that the event names, unless it ran already."""
    run_step(
        job_id=uuid.UUID(event.payload["job_id"]),
        step=int(event.payload["step"]),
        now=timezone.now(),
    )


HANDLERS: dict[str, Handler] = {EVENT_KIND: step}
