"""Prizes and their claims; tiers, gifts, and what was given; voucher codes."""

from tenants.rewards.models.awards import Award, AwardOrigin, AwardState
from tenants.rewards.models.codes import CodeList, ListedCode
from tenants.rewards.models.prizes import Claim, ClaimState, Prize, PrizeKind
from tenants.rewards.models.tiers import AwardKind, GiftType, Tier

__all__ = [
    "Award",
    "AwardKind",
    "AwardOrigin",
    "AwardState",
    "Claim",
    "ClaimState",
    "CodeList",
    "GiftType",
    "ListedCode",
    "Prize",
    "PrizeKind",
    "Tier",
]
