"""Publishing earning rules, and telling them as a story with numbers."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.db import atomic_with_retry
from kernel.money import CURRENCIES, POINTS, Amount
from shell import formats
from tenants.activity.models import SessionType
from tenants.context import current_tenant
from tenants.loyalty import points
from tenants.loyalty import versions as loyalty
from tenants.loyalty.models import LoyaltyVersion, MembershipMode
from tenants.loyalty.versions import Rate
from tenants.programme import versions
from tenants.programme.loyalty_sentences import ratio

# The payment that examples are told with, in the currency's whole units (FS-07).
_EXAMPLE = 200


@atomic_with_retry
def publish(
    *,
    now: datetime,
    author_id: uuid.UUID | None,
    rates: Mapping[uuid.UUID, Rate] | None = None,
    unit: str = POINTS,
    **changes: Any,
) -> LoyaltyVersion:
    """Put new earning rules in force, in the unit that the cagnottes count in.

    `unit` is asked for once: where no programme was ever published, one is made that is closed
    to referrals, for the cagnotte's name and unit stand there.
    """
    programme = versions.in_force(now=now)
    if programme is None:
        programme = versions.publish(now=now, author_id=author_id, unit=unit, active=False)
    return loyalty.publish(
        now=now, author_id=author_id, rates=rates, **{**changes, "unit": programme.unit}
    )


def unit_in_force(*, now: datetime) -> str | None:
    """The unit that cagnottes count in, or None while it can still be chosen."""
    programme = versions.in_force(now=now)
    return programme.unit if programme else None


def story(version: LoyaltyVersion, rates: Mapping[uuid.UUID, Rate]) -> list[str]:
    """The rules in sentences: who earns, for what, an example that adds up, and until when."""
    if not version.active:
        return [_("La fidélité est fermée : rien ne se gagne, et ce qui est gagné reste gagné.")]
    names = {row.id: row.name for row in SessionType.objects.filter(id__in=list(rates))}
    sessions = [
        (names[number], rate.amount)
        for number, rate in rates.items()
        if rate.active and number in names and version.sessions_on
    ]
    told = [_who(version)]
    if version.payments_on:
        told.append(
            _(
                "Un paiement rapporte %(ratio)s, dès que la commande est confirmée ou la facture"
                " entièrement réglée, acomptes compris."
            )
            % {"ratio": ratio(version)}
        )
    told += _example(version, sessions)
    told.append(_until(version))
    return told


def _who(version: LoyaltyVersion) -> str:
    if version.membership == MembershipMode.JOINED:
        return _("Gagnent les clients qui ont rejoint le programme.")
    return _("Tous vos clients gagnent.")


def _example(version: LoyaltyVersion, sessions: list[tuple[str, int]]) -> list[str]:
    currency = current_tenant().currency
    cents = _EXAMPLE * 10 ** CURRENCIES[currency]
    by_payment = points.worth(cents=cents, rate=version.rate, per=version.per)
    words = {
        "paid": formats.money(cents, currency),
        "earned": formats.amount(Amount(by_payment, version.unit)),
    }
    if not sessions:
        return [_("%(paid)s payés donnent %(earned)s.") % words] if version.payments_on else []
    name, amount = sessions[0]
    words["session"] = name
    words["more"] = formats.amount(Amount(amount, version.unit))
    words["sum"] = formats.amount(Amount(by_payment + amount, version.unit))
    if not version.payments_on:
        return [_("Une séance « %(session)s » validée donne %(more)s.") % words]
    return [
        _(
            "%(paid)s payés donnent %(earned)s ; une séance « %(session)s » validée en ajoute"
            " %(more)s, soit %(sum)s."
        )
        % words
    ]


def _until(version: LoyaltyVersion) -> str:
    if version.expiry_months is None:
        return _("Ce qui est gagné n’expire pas.")
    words = ngettext(
        "Ce qui est gagné expire %(months)s mois plus tard.",
        "Ce qui est gagné expire %(months)s mois plus tard.",
        version.expiry_months,
    )
    return words % {"months": version.expiry_months}
