"""What the rules give, in words: « 8,00 € et Bougie Aube », for one side and one fact."""

from kernel.money import Amount
from shell import formats
from tenants.programme import promises
from tenants.programme.models import ProgrammeVersion, RewardRule, Side, Trigger


def gift_name(rule: RewardRule, *, currency: str) -> str:
    """A reward in kind as people read it, with its value where it has one."""
    if not rule.value:
        return rule.name
    return f"{rule.name} ({formats.money(rule.value, currency)})"


def offer(
    version: ProgrammeVersion,
    *,
    side: Side,
    trigger: Trigger = Trigger.QUALIFYING,
    currency: str,
) -> str:
    """The amount and the gift for one side and one fact; "" where there is neither."""
    parts = []
    amount = promises.amount(version, side=side, trigger=trigger)
    if amount:
        parts.append(formats.amount(Amount(amount, version.unit)))
    parts += [
        gift_name(rule, currency=currency)
        for rule in promises.in_kind(version, trigger=trigger)
        if rule.side == side
    ]
    return formats.join(parts) if parts else ""
