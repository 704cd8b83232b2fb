"""Loyalty's dated rules, its members, what each fact earned, and holds at checkout."""

from tenants.loyalty.models.checkout import CheckoutHold, HoldState
from tenants.loyalty.models.earnings import Earning, FactKind
from tenants.loyalty.models.members import Membership
from tenants.loyalty.models.rules import LoyaltyVersion, MembershipMode, SessionRate

__all__ = [
    "CheckoutHold",
    "Earning",
    "FactKind",
    "HoldState",
    "LoyaltyVersion",
    "Membership",
    "MembershipMode",
    "SessionRate",
]
