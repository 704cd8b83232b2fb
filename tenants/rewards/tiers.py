"""Making and changing tiers. What they gave is not touched (FS-23)."""

import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry
from kernel.errors import ConflictError, InvalidInputError, NotFoundError
from tenants.rewards.models import AwardKind, Tier

# Kinds that are worth an amount.
VALUE_KINDS = (AwardKind.PROMO_CODE, AwardKind.GIFT_CARD)


class UnknownTierError(NotFoundError):
    """There is no such tier."""

    code = "unknown_tier"
    words = gettext_lazy("Ce palier n’existe pas.")


class TierNameTakenError(ConflictError):
    """Another tier on offer has this name."""

    code = "tier_name_taken"
    words = gettext_lazy("Un autre palier porte déjà ce nom. Choisissez-en un autre.")


class InvalidTierError(InvalidInputError):
    """A tier lacks something; `param` says what."""

    code = "invalid_tier"
    words = gettext_lazy("Donnez un nom au palier, et un seuil supérieur à zéro.")


@atomic_with_retry
def save_tier(
    *, tier_id: uuid.UUID, now: datetime, unit: str = "", new: bool = False, **fields: Any
) -> Tier:
    """Make the tier of this id, or change it; the same id makes one.

    Raises InvalidTierError, TierNameTakenError or UnknownTierError.
    """
    tier = Tier.objects.select_for_update().filter(id=tier_id).first()
    if tier is not None and new:
        return tier
    if tier is None and not new:
        raise UnknownTierError
    tier = tier or Tier(id=tier_id, unit=unit, created_at=now)
    for name, value in fields.items():
        setattr(tier, name, value)
    tier.name = " ".join(tier.name.split())
    _check(tier)
    tier.save()
    return tier


def _check(tier: Tier) -> None:
    if not tier.name or tier.threshold <= 0:
        raise InvalidTierError(param="threshold" if tier.name else "name")
    if tier.kind in VALUE_KINDS and not tier.value:
        raise InvalidTierError(
            _("Indiquez combien vaut ce code ou ce bon, par exemple 10,00."), param="value"
        )
    same = Tier.objects.filter(name__iexact=tier.name, active=True).exclude(id=tier.id)
    if tier.active and (other := same.first()) is not None:
        raise TierNameTakenError(
            _("Un palier s’appelle déjà « %(name)s ». Choisissez un autre nom, ou archivez-le.")
            % {"name": other.name},
            param="name",
        )
