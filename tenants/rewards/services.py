"""Prizes and their claims, as the rooms above use them."""

from tenants.rewards.addresses import forget_old_addresses
from tenants.rewards.claims import (
    cancel,
    claim,
    hand_over,
    mark_sent,
    undo_hand_over,
    undo_sent,
)
from tenants.rewards.errors import (
    ClaimClosedError,
    InvalidAddressError,
    InvalidPrizeError,
    OutOfStockError,
    PrizeChangedError,
    PrizeLimitReachedError,
    PrizeOutOfSeasonError,
    PrizeUnavailableError,
    UnknownClaimError,
    UnknownPrizeError,
)
from tenants.rewards.models import Prize
from tenants.rewards.prizes import add_prize, save_prize

__all__ = [
    "ClaimClosedError",
    "InvalidAddressError",
    "InvalidPrizeError",
    "OutOfStockError",
    "Prize",
    "PrizeChangedError",
    "PrizeLimitReachedError",
    "PrizeOutOfSeasonError",
    "PrizeUnavailableError",
    "UnknownClaimError",
    "UnknownPrizeError",
    "add_prize",
    "cancel",
    "claim",
    "forget_old_addresses",
    "hand_over",
    "mark_sent",
    "save_prize",
    "undo_hand_over",
    "undo_sent",
]
