"""Rewards whose delay has passed."""

import uuid
from datetime import datetime

from kernel.db import atomic_with_retry
from tenants.programme import rewarding
from tenants.programme.models import Reward


@atomic_with_retry
def post_due_reward(*, transfer_id: uuid.UUID, now: datetime) -> Reward | None:
    """The delay of a pending reward has passed: make it definitive."""
    return rewarding.post(transfer_id=transfer_id, now=now)
