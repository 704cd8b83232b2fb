"""Shapes that handlers and the relay share."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class EventData:
    """One event, as its handler sees it. The payload holds ids only, never personal data.

    `attempt` starts at 1. `interrupted` says that an earlier attempt ended without a word (a
    killed process): whatever it did outside the database may have happened.
    """

    id: uuid.UUID
    kind: str
    payload: dict[str, Any]
    created_at: datetime
    attempt: int
    interrupted: bool


# Called inside the transaction that marks the event done: what it writes to the database
# happens once. What it does outside must bear repetition.
Handler = Callable[[EventData], None]
