"""How much a merchant may have of what plans count.

What comes in from customers is always kept. What the merchant begins asks `require` first, in the
transaction that begins it. At 80 and 100 per cent the owners are told, once.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from billing.models import LimitNotice
from billing.plans import Limit
from kernel.db import atomic_with_retry
from kernel.errors import RicochetError
from shell import formats
from tenants import entitlements
from tenants.context import current_tenant
from tenants.models import Tenant

TOLD_AT = (100, 80)
# Below this much, what was told is forgotten: the next rise is told anew.
_FORGOTTEN_BELOW = 60

_SENTENCES: Mapping[Limit, str | Promise] = {
    Limit.PROFILES: _(
        "Votre formule va jusqu’à %(most)s clients ; vous en avez %(used)s. Choisissez une formule"
        " supérieure dans Réglages, Abonnement."
    ),
    Limit.EMAILS: _(
        "Votre formule va jusqu’à %(most)s e-mails par mois ; %(used)s sont partis ou en route,"
        " et cet envoi en ferait %(more)s de plus. Réduisez-le, attendez le mois prochain, ou"
        " choisissez une formule supérieure dans Réglages, Abonnement."
    ),
    Limit.OPERATIONS: _(
        "Votre formule va jusqu’à %(most)s opérations en ligne à la fois. Terminez-en une, ou"
        " choisissez une formule supérieure dans Réglages, Abonnement."
    ),
    Limit.USERS: _(
        "Votre formule va jusqu’à %(most)s personnes dans l’équipe, invitations comprises."
        " Retirez-en une, ou choisissez une formule supérieure dans Réglages, Abonnement."
    ),
}


class LimitReachedError(RicochetError):
    """The merchant's plan has no room for what was to begin."""

    code = "plan_limit"
    status = 402

    def __init__(self, limit: Limit, *, most: int, used: int, more: int) -> None:
        self.limit = limit
        counts = {"most": most, "used": used, "more": more}
        shown = {name: formats.number(count) for name, count in counts.items()}
        super().__init__(str(_SENTENCES[limit]) % shown, most=most, used=used, more=more)


@dataclass(frozen=True, slots=True)
class Near:
    """One limit of which at least 80 per cent are used."""

    limit: Limit
    used: int
    most: int
    percent: int


def used(limit: Limit, *, now: datetime) -> int:
    """How much of this the current merchant has now."""
    return _count(current_tenant(), limit, now)


def _count(tenant: Tenant, limit: Limit, now: datetime) -> int:
    counts: Mapping[Limit, Callable[[Tenant, datetime], int]] = import_string(settings.USAGE)
    return counts[limit](tenant, now)


def left(limit: Limit, *, now: datetime) -> int | None:
    """How much more of this the current merchant may begin; None where there is no limit."""
    most = entitlements.limit_of(current_tenant(), limit)
    return None if most is None else max(most - used(limit, now=now), 0)


def require(limit: Limit, *, now: datetime, more: int = 1) -> None:
    """Raise LimitReachedError where `more` would be too much. Called in a transaction.

    The merchant's row is locked until its end, so that two at once do not both take the last.
    """
    _require(current_tenant(), limit, now, more)


def _require(tenant: Tenant, limit: Limit, now: datetime, more: int) -> None:
    if entitlements.limit_of(tenant, limit) is None:
        return
    locked = Tenant.objects.select_for_update(no_key=True).get(id=tenant.id)
    most = entitlements.limit_of(locked, limit)
    if most is None:
        return
    have = _count(locked, limit, now)
    if have + more > most:
        raise LimitReachedError(limit, most=most, used=have, more=more)


def require_seat(*, tenant_id: uuid.UUID, now: datetime) -> None:
    """Raise LimitReachedError where the team has no room for one more (`settings.TEAM_ROOM`)."""
    tenant = Tenant.objects.filter(id=tenant_id).first()
    if tenant is not None:
        _require(tenant, Limit.USERS, now, 1)


def month_of(tenant: Tenant, now: datetime) -> datetime:
    """This moment on the merchant's own clock, which says what month it is (R11)."""
    return now.astimezone(tenant.zone)


def nearly_reached() -> list[Near]:
    """What the last look found to be near its limit. No query."""
    found = current_tenant().entitlements.get("near", {})
    return [Near(Limit(name), *counts) for name, counts in sorted(found.items())]


def look(*, now: datetime) -> list[Near]:
    """In the current tenant: count, and remember what is near its limit.

    Returns what nobody was told yet, and notes that it is told: the caller tells, in the same
    transaction.
    """
    tenant = current_tenant()
    found = []
    for limit in Limit:
        most = entitlements.limit_of(tenant, limit)
        if most:
            found.append(_near(limit, used(limit, now=now), most))
    near = [one for one in found if one.percent]
    _remember(tenant.id, near)
    _forget([one for one in found if one.used * 100 < _FORGOTTEN_BELOW * one.most], tenant, now)
    return [one for one in near if _is_new(one, tenant, now)]


def _near(limit: Limit, count: int, most: int) -> Near:
    percent = next((step for step in TOLD_AT if count * 100 >= step * most), 0)
    return Near(limit, count, most, percent)


@atomic_with_retry
def _remember(tenant_id: uuid.UUID, near: list[Near]) -> None:
    kept = {one.limit.value: [one.used, one.most, one.percent] for one in near}
    if current_tenant().entitlements.get("near", {}) == kept:
        return
    locked = Tenant.objects.select_for_update(no_key=True).get(id=tenant_id)
    if locked.entitlements:
        locked.entitlements["near"] = kept
        entitlements.store(locked)


def _is_new(one: Near, tenant: Tenant, now: datetime) -> bool:
    """Whether this is told for the first time; who is told of 100 % is not told of 80 after."""
    made = [
        LimitNotice.objects.get_or_create(
            tenant_id=tenant.id,
            limit=one.limit.value,
            value=one.most,
            percent=step,
            period=_period(tenant, one.limit, now),
            defaults={"told_at": now},
        )[1]
        for step in TOLD_AT
        if step <= one.percent
    ]
    return made[0]


def _forget(fallen: list[Near], tenant: Tenant, now: datetime) -> None:
    for one in fallen:
        LimitNotice.objects.filter(
            tenant_id=tenant.id, limit=one.limit.value, period=_period(tenant, one.limit, now)
        ).delete()


def _period(tenant: Tenant, limit: Limit, now: datetime) -> str:
    return f"{month_of(tenant, now):%Y-%m}" if limit is Limit.EMAILS else ""
