"""What a kind of work gives the runner."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kernel.jobs.models import Job


@dataclass(frozen=True, slots=True)
class Progress:
    """What a step did. `cursor` is where the next one begins; `result` replaces the last result."""

    done: int
    finished: bool
    total: int | None = None
    cursor: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] | None = None


# One step: a second or two of work, in the transaction that notes it. It may run again when that
# transaction fails, and must bear it.
Step = Callable[[Job, datetime], Progress]
