"""Where the fields of the referral rules stand: what each is for, and their order on screen."""

from tenants.programme.models import Side, Trigger

BOTH = "both"
FACT, ACCOUNT = "fact", "account"
# Where something can be given: the amount's field (none for an invitation), the gift's prefix.
CELLS = (
    (Side.REFERRER, Trigger.QUALIFYING, "referrer_amount", "gift_referrer_order"),
    (Side.REFEREE, Trigger.QUALIFYING, "referee_amount", "gift_referee_order"),
    (Side.REFERRER, Trigger.ACCOUNT, "referrer_account_amount", "gift_referrer_account"),
    (Side.REFEREE, Trigger.ACCOUNT, "referee_account_amount", "gift_referee_account"),
    (Side.REFEREE, Trigger.INVITATION, "", "gift_referee_invitation"),
)
PLAIN = (
    "active", "name", "qualifying", "leads_to", "minimum_order", "pending_days", "cookie_days",
    "expiry_months", "referrals_a_year", "terms",
)  # fmt: skip
PARTS = ("kind", "name", "value", "days", "list")


def _cells(*triggers: Trigger) -> list[str]:
    """The names of the cells' fields, as the page shows them: amount, then gift."""
    return [
        name
        for wanted in triggers
        for _side, trigger, amount, prefix in CELLS
        if trigger == wanted
        for name in (amount, *(f"{prefix}_{part}" for part in PARTS))
        if name
    ]


# The summary of errors follows it (B2). What is not named comes last.
ON_SCREEN = (
    "active", "name", "who", "what", "qualifying",
    *_cells(Trigger.QUALIFYING, Trigger.ACCOUNT),
    "minimum_order", "pending_days", "leads_to",
    *_cells(Trigger.INVITATION),
    "referrals_a_year", "expiry_months", "cookie_days", "terms",
)  # fmt: skip
