"""Which rules hold at a moment, and how new ones come into force."""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry, insert_if_absent, read
from kernel.errors import ConflictError, InvalidInputError
from kernel.money import UNITS
from tenants.features import Feature, is_on
from tenants.programme.models import ProgrammeVersion

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
    *, now: datetime, author_id: uuid.UUID | None = None, **changes: Any
) -> ProgrammeVersion:
    """Put new rules in force from `now`: the last version's, with `changes`.

    What was earned before keeps the rules of its date.
    """
    latest = ProgrammeVersion.objects.select_for_update().first()
    values = {name: getattr(latest, name) for name in _COPIED} if latest else {}
    values.update(changes)
    _check(values, latest)
    number = (ProgrammeVersion.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    version = ProgrammeVersion(number=number, starts_at=now, author_id=author_id, **values)
    if not insert_if_absent([version]):
        raise ProgrammeChangedError
    return version


def _check(values: dict[str, Any], latest: ProgrammeVersion | None) -> None:
    unit = values.get("unit", "EUR")
    if unit not in UNITS:
        raise InvalidProgrammeError(_("Choisissez une unité de la liste."), param="unit")
    if latest is not None and latest.unit != unit:
        raise UnitIsFixedError(
            _("L’unité ne peut plus changer : des cagnottes la portent déjà."), param="unit"
        )
    for name in ("referrer_amount", "referee_amount", "minimum_order"):
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
