"""Making and changing prizes. Claims made before keep what they were (SP-15)."""

import uuid
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from kernel.db import atomic_with_retry, insert_if_absent
from tenants.rewards.days import today
from tenants.rewards.errors import InvalidPrizeError, UnknownPrizeError
from tenants.rewards.models import ListedCode, Prize, PrizeKind
from tenants.rewards.models.prizes import CODE_KINDS

VALUE_KINDS = (PrizeKind.DISCOUNT, PrizeKind.VOUCHER)


@atomic_with_retry
def save_prize(
    *, now: datetime, unit: str, prize_id: uuid.UUID | None = None, **fields: Any
) -> Prize:
    """Make or change a prize; InvalidPrizeError names the field that does not fit its kind."""
    if prize_id is None:
        prize = Prize(created_at=now, unit=unit)
    else:
        found = Prize.objects.select_for_update().filter(id=prize_id).first()
        if found is None:
            raise UnknownPrizeError
        prize = found
    for name, value in fields.items():
        setattr(prize, name, value)
    _check(prize)
    prize.save()
    return prize


@atomic_with_retry
def add_prize(*, key: uuid.UUID, now: datetime, unit: str, **fields: Any) -> Prize:
    """Offer one more prize, behind the others; the same `key` answers the same prize.

    However often and however close together it comes: `key` is the prize's id.
    """
    prize = Prize(id=key, created_at=now, unit=unit, position=Prize.objects.count(), **fields)
    _check(prize)
    if prize.stock == 0:
        raise InvalidPrizeError(
            _("Un lot proposé sans stock ne peut pas être choisi : indiquez au moins 1, ou rien."),
            param="stock",
        )
    insert_if_absent([prize])
    return Prize.objects.get(id=key)


def in_season(prize: Prize, *, now: datetime) -> bool:
    """Whether the merchant's day falls into the prize's season, both ends included (R11)."""
    day = today(now)
    after = prize.starts_on is None or prize.starts_on <= day
    return after and (prize.ends_on is None or day <= prize.ends_on)


def offered(*, now: datetime, unit: str) -> QuerySet[Prize]:
    """The prizes that can be chosen on this day, in the merchant's order."""
    day = today(now)
    free = ListedCode.objects.filter(code_list=OuterRef("code_list"), taken_at__isnull=True)
    return Prize.objects.filter(
        Q(stock=None) | Q(stock__gt=0),
        Q(starts_on=None) | Q(starts_on__lte=day),
        Q(ends_on=None) | Q(ends_on__gte=day),
        Q(code_list=None) | Exists(free),
        active=True,
        unit=unit,
    )


def with_season(rows: QuerySet[Prize], *, day: date) -> QuerySet[Prize]:
    """Prizes with `season`: -1 before it, 0 in it (or without one), 1 after it."""
    return rows.annotate(
        season=Case(
            When(starts_on__gt=day, then=Value(-1)),
            When(ends_on__lt=day, then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        )
    )


def _check(prize: Prize) -> None:
    """What a prize of this kind needs; what it has no use for is left out."""
    if not prize.name.strip() or prize.cost <= 0 or (prize.stock is not None and prize.stock < 0):
        raise InvalidPrizeError
    if prize.kind in VALUE_KINDS and not prize.value:
        raise InvalidPrizeError(
            _("Indiquez combien vaut cette remise ou ce bon, par exemple 10,00."), param="value"
        )
    if prize.kind == PrizeKind.PARTNER_VOUCHER and not prize.partner_name.strip():
        raise InvalidPrizeError(
            _("Indiquez chez qui ce bon s’utilise, par exemple Café Aurore."), param="partner_name"
        )
    if prize.starts_on and prize.ends_on and prize.ends_on < prize.starts_on:
        raise InvalidPrizeError(
            _("La saison se termine avant de commencer : vérifiez les deux dates."),
            param="ends_on",
        )
    if prize.kind not in CODE_KINDS:
        prize.code_list, prize.valid_days = None, None
    if prize.kind != PrizeKind.PARTNER_VOUCHER:
        prize.partner_name = ""
