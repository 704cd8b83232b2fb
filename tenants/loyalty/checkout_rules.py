"""The part of the dated rules that is about checkout: what the merchant sets, and its limits."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kernel.db import atomic_with_retry
from kernel.money import POINTS
from tenants.loyalty import versions
from tenants.loyalty.models import LoyaltyVersion
from tenants.loyalty.versions import InvalidLoyaltyError

FIELDS = (
    "checkout_on",
    "line_label",
    "point_value",
    "most_points",
    "minimum_order",
)
# Cents that a point saves, at most: ten euros. At two decimals a line comes to whole cents in
# steps of a hundred points at most.
MOST_VALUE = Decimal(1_000)
_DECIMALS = 2


@atomic_with_retry
def publish(
    *, now: datetime, unit: str, author_id: uuid.UUID | None = None, **changes: Any
) -> tuple[LoyaltyVersion, bool]:
    """Put other rules of checkout in force from `now`; returns (version, is new).

    `unit` is what cagnottes count in: it opens the first version where there is none, at 1 for
    each unit of money paid. Raises InvalidLoyaltyError, LoyaltyChangedError.
    """
    current = versions.in_force(now=now)
    if unit != POINTS:
        changes["point_value"] = Decimal(1)  # a cent is a cent
    check(changes)
    same = current is not None and all(
        getattr(current, name) == value for name, value in changes.items()
    )
    if current is not None and same:
        return current, False
    first: dict[str, Any] = {} if current is not None else {"unit": unit}
    return versions.publish(now=now, author_id=author_id, **first, **changes), True


def check(values: dict[str, Any]) -> None:
    """Raise InvalidLoyaltyError, which names the value that cannot hold and says what to write."""
    value = Decimal(values.get("point_value", 1))
    exponent = value.normalize().as_tuple().exponent
    if not 0 < value <= MOST_VALUE:
        raise InvalidLoyaltyError(
            _("Indiquez une valeur entre 0,0001 et 10,00."), param="point_value"
        )
    if not isinstance(exponent, int) or -exponent > _DECIMALS:
        raise InvalidLoyaltyError(
            _("Cette valeur a trop de décimales : indiquez-en quatre au plus, par exemple 0,005."),
            param="point_value",
        )
    most = values.get("most_points")
    if most is not None and most < 1:
        raise InvalidLoyaltyError(
            _("Indiquez au moins 1, ou laissez vide pour ne rien limiter."), param="most_points"
        )
    if values.get("minimum_order", 0) < 0:
        raise InvalidLoyaltyError(_("Indiquez un montant, ou 0,00."), param="minimum_order")
