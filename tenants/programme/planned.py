"""What the rules in force promise for one new customer, before there is one (SP-05)."""

from datetime import datetime

from tenants.programme import economics, promises, trades, versions
from tenants.programme.economics import Terms
from tenants.programme.models import ProgrammeVersion, RewardRule, Side, Trigger
from tenants.programme.setting_up import POINT_VALUE


def terms_of(version: ProgrammeVersion) -> Terms:
    """What these rules grant, in the cagnotte's unit; gifts in kind at their value in cents."""
    return Terms(
        unit=version.unit,
        referrer=_granted(version, Side.REFERRER),
        referee=_granted(version, Side.REFEREE),
        in_kind=sum(rule.value or 0 for rule in _gifts(version)),
        point_value=POINT_VALUE,
    )


def cost(*, now: datetime) -> int | None:
    """What one new customer will cost, in cents; None where no rules are in force."""
    version = versions.in_force(now=now)
    if version is None or not version.active:
        return None
    assumed = economics.assumptions(
        unit=version.unit,
        fallback_basket=trades.DEFAULT.basket,
        fallback_margin=trades.DEFAULT.margin,
        now=now,
    )
    return economics.estimate(terms=terms_of(version), assumptions=assumed).cost


def _granted(version: ProgrammeVersion, side: Side) -> int:
    facts = (Trigger.ACCOUNT, Trigger.QUALIFYING)
    return sum(promises.amount(version, side=side, trigger=trigger) for trigger in facts)


def _gifts(version: ProgrammeVersion) -> list[RewardRule]:
    return version.drafted if version.drafted is not None else versions.gifts_of(version)
