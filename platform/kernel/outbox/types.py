"""Shapes that handlers and the relay share."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class EventData:
    """One outbox event, as a handler sees it. The payload holds ids only, never personal data."""

    id: uuid.UUID
    kind: str
    payload: dict[str, Any]
    created_at: datetime
    attempts: int


Handler = Callable[[EventData], None]
