"""Which rules hold at a moment, and how new ones come into force."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry, insert, insert_if_absent, read
from kernel.errors import ConflictError, InvalidInputError
from kernel.ledger.models import Account, AccountKind
from kernel.money import UNITS
from tenants.features import Feature, is_on
from tenants.loyalty.models import LoyaltyVersion
from tenants.programme.models import LeadsTo, ProgrammeVersion, RewardRule, Trigger
from tenants.rewards.models import Prize, Tier

_COPIED = (
    "active",
    "name",
    "unit",
    "referrer_amount",
    "referee_amount",
    "referrer_account_amount",
    "referee_account_amount",
    "qualifying",
    "leads_to",
    "minimum_order",
    "pending_days",
    "cookie_days",
    "expiry_months",
    "referrals_a_year",
    "terms",
)

_AMOUNTS = (
    "referrer_amount",
    "referee_amount",
    "referrer_account_amount",
    "referee_account_amount",
)

_IN_FORCE = """
    SELECT {0} FROM programme_version WHERE starts_at <= %s
    ORDER BY starts_at DESC, number DESC LIMIT 1
"""


class InvalidProgrammeError(InvalidInputError):
    """These rules cannot hold together."""

    code = "invalid_programme"
    words = gettext_lazy("Ces règles ne vont pas ensemble.")


class ProgrammeChangedError(ConflictError):
    """Somebody else published other rules at this moment."""

    code = "programme_changed"
    words = gettext_lazy(
        "D’autres règles viennent d’être publiées. Relisez-les avant de recommencer."
    )


class UnitIsFixedError(InvalidInputError):
    """The unit cannot change once cagnottes hold something."""

    code = "unit_is_fixed"
    words = gettext_lazy("L’unité ne peut plus changer : des cagnottes la portent déjà.")


def is_open(version: ProgrammeVersion | None) -> bool:
    """Whether referrals are taken in: the module is on, and its programme is not paused."""
    return version is not None and version.active and is_on(Feature.REFERRAL)


def in_force(*, now: datetime) -> ProgrammeVersion | None:
    """The version in force at `now`, or None before the programme was ever set up."""
    found = read((ProgrammeVersion,), _IN_FORCE, [now])
    return found[0][0] if found else None


@atomic_with_retry
def publish(
    *,
    now: datetime,
    author_id: uuid.UUID | None = None,
    gifts: Sequence[RewardRule] | None = None,
    **changes: Any,
) -> ProgrammeVersion:
    """Put new rules in force from `now`: the last version's, with `changes`.

    `gifts` are unsaved rewards in kind, which replace the last version's; None keeps those. What
    was earned before keeps the rules of its date. Raises InvalidProgrammeError, UnitIsFixedError,
    ProgrammeChangedError.
    """
    latest = ProgrammeVersion.objects.select_for_update().first()
    values = {name: getattr(latest, name) for name in _COPIED} if latest else {}
    values.update(changes)
    rules = list(gifts) if gifts is not None else gifts_of(latest)
    _check(values, latest)
    _check_gifts(values, rules)
    number = (ProgrammeVersion.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    version = ProgrammeVersion(
        number=number, starts_at=now, author_id=author_id, in_kind=bool(rules), **values
    )
    if not insert_if_absent([version]):
        raise ProgrammeChangedError
    insert([_copied(rule, version) for rule in rules])
    return version


def gifts_of(version: ProgrammeVersion | None) -> list[RewardRule]:
    """The rewards in kind of a version, in a fixed order."""
    if version is None or not version.in_kind:
        return []
    return list(version.rules.select_related("code_list").order_by("side", "trigger"))


def unit_is_free(version: ProgrammeVersion | None) -> bool:
    """Whether the unit can still be chosen: no cagnotte, earning rule or prize counts in it yet."""
    if version is None:
        return True
    unit = version.unit
    counted = (
        Account.objects.filter(kind=AccountKind.WALLET, unit=unit),
        LoyaltyVersion.objects.filter(unit=unit),
        Prize.objects.filter(unit=unit, active=True),
        Tier.objects.filter(unit=unit, active=True),
    )
    return not any(rows.exists() for rows in counted)


def _copied(rule: RewardRule, version: ProgrammeVersion) -> RewardRule:
    names = ("side", "trigger", "kind", "name", "description", "value", "valid_days")
    copy = RewardRule(version=version, code_list_id=rule.code_list_id)
    for name in names:
        setattr(copy, name, getattr(rule, name))
    return copy


def _check(values: dict[str, Any], latest: ProgrammeVersion | None) -> None:
    unit = values.get("unit", "EUR")
    if unit not in UNITS:
        raise InvalidProgrammeError(_("Choisissez une unité de la liste."), param="unit")
    if latest is not None and latest.unit != unit and not unit_is_free(latest):
        raise UnitIsFixedError(
            _("L’unité ne peut plus changer : des cagnottes la portent déjà."), param="unit"
        )
    for name in (*_AMOUNTS, "minimum_order"):
        if values.get(name, 0) < 0:
            raise InvalidProgrammeError(_("Indiquez un montant positif ou nul."), param=name)
    if not 0 <= values.get("pending_days", 0) <= 365:
        raise InvalidProgrammeError(
            _("Indiquez un délai entre 0 et 365 jours."), param="pending_days"
        )
    if not 1 <= values.get("cookie_days", 30) <= 365:
        raise InvalidProgrammeError(
            _("Indiquez une durée entre 1 et 365 jours."), param="cookie_days"
        )


def _check_gifts(values: dict[str, Any], rules: Sequence[RewardRule]) -> None:
    """An open programme gives somebody something, and a coupon where it leads to one."""
    coupons = [rule for rule in rules if rule.trigger == Trigger.INVITATION]
    if values.get("leads_to") == LeadsTo.COUPON and not coupons:
        raise InvalidProgrammeError(
            _("Décrivez le code cadeau que l’invitation apporte, ou menez-la vers la boutique."),
            param="leads_to",
        )
    defaults = ProgrammeVersion()
    granted = any(values.get(name, getattr(defaults, name)) for name in _AMOUNTS)
    if values.get("active", True) and not (granted or rules):
        raise InvalidProgrammeError(
            _(
                "Ces règles ne donnent rien à personne. Indiquez un montant ou un cadeau,"
                " ou fermez le parrainage."
            ),
            param="referrer_amount",
        )
