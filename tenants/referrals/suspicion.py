"""What makes a referral look like somebody who refers themselves, or nobody (R43).

Each signal compares hashes, counts and ids; none keeps anything of a person. Each has a weight:
from THRESHOLD on, a person decides.
"""

import functools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.db import aside, prepared_cursor
from kernel.ids import public_id
from shell.text import folded
from tenants.activity.models import Order
from tenants.profiles.models import Profile, ProfileKind
from tenants.referrals.models import Referral, Suspicion, SuspicionRules, SuspicionState

THRESHOLD = 50


class Signal(models.TextChoices):
    """What can be noticed, as the merchant switches it on and off."""

    DEVICE = "device", _("Même appareil")
    ADDRESS = "address", _("Même adresse de livraison")
    SURNAME = "surname", _("Même nom de famille à la même adresse")
    ALIAS = "alias", _("Variante de l’adresse e-mail d’un autre client")
    DISPOSABLE = "disposable", _("Adresse e-mail jetable")
    MANY = "many", _("Beaucoup de filleuls en peu de temps")
    RING = "ring", _("Filleuls liés entre eux")


WEIGHTS = {
    Signal.DEVICE: 60,
    Signal.ADDRESS: 50,
    Signal.SURNAME: 20,
    Signal.ALIAS: 60,
    Signal.DISPOSABLE: 50,
    Signal.MANY: 60,
    Signal.RING: 50,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One signal that was seen, with plain facts: counts and outside ids."""

    signal: Signal
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def weight(self) -> int:
        return WEIGHTS[self.signal]

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.signal.value, "weight": self.weight, **self.facts}


def rules() -> SuspicionRules:
    """What this merchant wants to be told of; the house's choice until they chose."""
    return SuspicionRules.objects.first() or SuspicionRules()


def look(*, referral: Referral, order: Order | None, now: datetime) -> list[Reason]:
    """Every signal that this merchant has on and that this referral shows."""
    known = _known(referral, now)
    found = (
        *_same_place(referral, order),
        *_email(referral, known),
        *_many(referral, known, now),
    )
    return [reason for reason in found if reason.signal.value not in known.off]


@dataclass(frozen=True, slots=True)
class _Known:
    """What one statement tells of a referral: the merchant's rules, and what they are about.

    `twin` is another customer with a variant of the referee's address, `recent` how many others
    the referrer brought within `days`.
    """

    off: list[str]
    most: int
    days: int
    twin: uuid.UUID | None
    recent: int


# What the rules are until the merchant chose.
_HOUSE = (SuspicionRules().most, SuspicionRules().days)

# Asked for every new referral. Each part is found first and then ordered: a planner that knows
# nothing of the values must not walk through all customers by their ids.
_KNOWN = """
    SELECT ARRAY(SELECT jsonb_array_elements_text(kept.off)),
        COALESCE(kept.most, house.most), COALESCE(kept.days, house.days),
        (
            SELECT id FROM (
                SELECT id FROM profiles_profile
                WHERE email_folded = %s AND email_folded <> '' AND id <> %s
                    AND erased_at IS NULL AND merged_into_id IS NULL
                OFFSET 0
            ) AS twins ORDER BY id LIMIT 1
        ),
        (
            SELECT count(*) FROM referrals_referral
            WHERE referrer_id = %s AND id <> %s AND step <> 'manual'
                AND created_at > %s - make_interval(days => COALESCE(kept.days, house.days))
        )
    FROM (VALUES (%s::int, %s::int)) AS house (most, days)
    LEFT JOIN referrals_suspicion_rules AS kept ON true
"""


def _known(referral: Referral, now: datetime) -> _Known:
    referee = referral.referee
    values = [referee.email_folded, referee.id, referral.referrer_id, referral.id, now, *_HOUSE]
    # Of referrals others than this one are counted: it need not be written for that.
    with aside(Profile, SuspicionRules), prepared_cursor() as cursor:
        cursor.execute(_KNOWN, values)
        return _Known(*cursor.fetchone())


def weigh(reasons: list[Reason]) -> int:
    return sum(reason.weight for reason in reasons)


def raise_suspicion(*, referral: Referral, reasons: list[Reason], now: datetime) -> Suspicion:
    """Keep why a referral waits for a person; told again, it keeps what is known now."""
    row, _created = Suspicion.objects.update_or_create(
        referral=referral,
        defaults={
            "reasons": [reason.as_dict() for reason in reasons],
            "state": SuspicionState.WAITING,
            "decided_at": None,
            "decided_by": None,
        },
        create_defaults={
            "reasons": [reason.as_dict() for reason in reasons],
            "state": SuspicionState.WAITING,
            "raised_at": now,
        },
    )
    return row


def _same_place(referral: Referral, order: Order | None) -> Iterator[Reason]:
    """Whom the order shares its device or address with: the referrer, or those around them."""
    if order is None or not (order.device_hash or order.address_hash):
        return
    same = Q()
    if order.device_hash:
        same |= Q(device_hash=order.device_hash)
    if order.address_hash:
        same |= Q(address_hash=order.address_hash)
    around = Q(profile=referral.referrer) | Q(
        profile__in=Referral.objects.filter(
            Q(referrer=referral.referrer)  # the referrer's other friends
            | Q(referee=referral.referrer)  # and the referrer as somebody's friend
        ).values("referee")
    )
    above = Q(profile__in=Referral.objects.filter(referee=referral.referrer).values("referrer"))
    others = (
        Order.objects.filter(same)
        .filter(around | above)
        .exclude(profile=referral.referee)
        .values_list("profile_id", "device_hash", "address_hash")
        .distinct()[:50]
    )
    ring = set()
    seen: set[Signal] = set()
    for owner, device, address in others:
        if owner != referral.referrer_id:
            ring.add(owner)
            continue
        if order.device_hash and device == order.device_hash:
            seen.add(Signal.DEVICE)
        if order.address_hash and address == order.address_hash:
            seen.add(Signal.ADDRESS)
    yield from (Reason(signal) for signal in Signal if signal in seen)
    if Signal.ADDRESS in seen and _same_surname(referral):
        yield Reason(Signal.SURNAME)
    if ring:
        yield Reason(Signal.RING, {"count": len(ring)})


def _same_surname(referral: Referral) -> bool:
    referrer = referral.referrer
    name = folded(referral.referee.last_name)
    return bool(name) and referrer is not None and folded(referrer.last_name) == name


def _email(referral: Referral, known: _Known) -> Iterator[Reason]:
    if known.twin is not None:
        yield Reason(Signal.ALIAS, {"customer": public_id("cus", known.twin)})
    if referral.referee.email_folded.rpartition("@")[2] in _disposable_domains():
        yield Reason(Signal.DISPOSABLE)


@functools.cache
def _disposable_domains() -> frozenset[str]:
    from disposable_email_domains import blocklist

    return frozenset(blocklist)


def _many(referral: Referral, known: _Known, now: datetime) -> Iterator[Reason]:
    referrer = referral.referrer
    if referrer is None or referrer.kind != ProfileKind.CUSTOMER:
        return  # bringing many is what an influencer is for
    count = known.recent + (referral.created_at > now - timedelta(days=known.days))
    if count > known.most:
        yield Reason(Signal.MANY, {"count": count, "days": known.days})
