"""The programme's dated rules, what they granted, and why."""

from tenants.programme.models.decisions import Decision
from tenants.programme.models.preferences import Preferences
from tenants.programme.models.rewards import Reward, RewardState
from tenants.programme.models.versions import (
    LeadsTo,
    ProgrammeVersion,
    Qualifying,
    RewardRule,
    Side,
    Trigger,
)

__all__ = [
    "Decision",
    "LeadsTo",
    "Preferences",
    "ProgrammeVersion",
    "Qualifying",
    "Reward",
    "RewardRule",
    "RewardState",
    "Side",
    "Trigger",
]
