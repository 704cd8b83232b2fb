"""The merchant's own list of gifts for referrers, in an order of their own (OF-05)."""

import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry
from kernel.errors import ConflictError, InvalidInputError, NotFoundError
from tenants.rewards.models import GiftType


class UnknownGiftTypeError(NotFoundError):
    """There is no such gift in the list."""

    code = "unknown_gift_type"
    words = gettext_lazy("Ce cadeau n’est plus dans votre liste.")


class GiftNameTakenError(ConflictError):
    """Another gift of the list has this name."""

    code = "gift_name_taken"
    words = gettext_lazy("Un autre cadeau porte déjà ce nom. Choisissez-en un autre.")


class InvalidGiftTypeError(InvalidInputError):
    """A gift needs a name."""

    code = "invalid_gift_type"
    words = gettext_lazy("Donnez un nom au cadeau, par exemple Ramonage offert.")


@atomic_with_retry
def save_gift_type(
    *, gift_id: uuid.UUID, now: datetime, new: bool = False, **fields: Any
) -> GiftType:
    """Put a gift at the end of the list, or change it; the same id makes one."""
    row = GiftType.objects.select_for_update().filter(id=gift_id).first()
    if row is not None and new:
        return row
    if row is None and not new:
        raise UnknownGiftTypeError
    row = row or GiftType(id=gift_id, created_at=now, position=GiftType.objects.count())
    for name, value in fields.items():
        setattr(row, name, value)
    row.name = " ".join(row.name.split())
    if not row.name:
        raise InvalidGiftTypeError(param="name")
    same = GiftType.objects.filter(name__iexact=row.name, active=True).exclude(id=row.id)
    if row.active and same.exists():
        raise GiftNameTakenError(
            _("« %(name)s » est déjà dans votre liste. Choisissez un autre nom.")
            % {"name": row.name},
            param="name",
        )
    row.save()
    return row


@atomic_with_retry
def move_gift_type(*, gift_id: uuid.UUID, up: bool) -> None:
    """Move a gift one place; at either end nothing happens."""
    rows = list(GiftType.objects.select_for_update().filter(active=True))
    at = next((index for index, row in enumerate(rows) if row.id == gift_id), None)
    if at is None:
        raise UnknownGiftTypeError
    to = at + (-1 if up else 1)
    if 0 <= to < len(rows):
        rows[at], rows[to] = rows[to], rows[at]
    for position, row in enumerate(rows):
        if row.position != position:
            row.position = position
            row.save(update_fields=["position"])
