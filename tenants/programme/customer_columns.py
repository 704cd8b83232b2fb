"""The columns of the list of customers: on screen, and in files that can be taken in again.

A file's titles are those that the import recognises, so that what was exported, changed and taken
in again lands where it came from.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.money import POINTS
from shell import formats
from shell.tables import Column
from tenants.profiles.importing.fields import BY_KEY


def _filleuls(profile: Any) -> str:
    """`3 sur 7`; a dash for who never invited anybody."""
    if not profile.invited:
        return "—"
    return _("%(done)s sur %(all)s") % {
        "done": formats.number(profile.validated),
        "all": formats.number(profile.invited),
    }


def on_screen(unit: str, *, referral: bool) -> Sequence[Column]:
    """What the list shows; cagnottes are in `unit`. Referees only where there are any."""
    columns = (
        Column(
            "name",
            gettext_lazy("Client"),
            kind="person",
            main=True,
            sort=("last_name", "first_name"),
            detail=lambda p: p.email or p.phone,
            template="programme/cells/customer.html",
        ),
        Column(
            "look",
            gettext_lazy("État"),
            kind="state",
            template="programme/cells/customer_state.html",
        ),
        Column(
            "referees",
            gettext_lazy("Filleuls validés"),
            kind="number",
            sort=("validated", "invited"),
            value=_filleuls,
            template="programme/cells/plain.html",
        ),
        Column(
            "balance",
            gettext_lazy("Cagnotte"),
            kind="points" if unit == POINTS else "money",
            unit=unit,
            sort="balance",
        ),
        Column(
            "last_order",
            gettext_lazy("Dernière commande"),
            kind="date",
            sort="last_order_at",
            value="last_order_at",
        ),
    )
    return columns if referral else [c for c in columns if c.key != "referees"]


_FIRST = ("external_id", "email", "first_name", "last_name", "phone", "gender", "shop", "language")
_DATES = ("account_created_at", "first_order_at", "last_order_at")


def in_files(*, unit: str, currency: str, loyalty: bool, referral: bool) -> Sequence[Column]:
    """What a file holds: the record's own fields, then what the programme says of it."""

    def of(key: str, **options: Any) -> Column:
        return Column(key, BY_KEY[key].label, **options)

    own = [
        *(of(key) for key in _FIRST),
        *(of(key, kind="moment") for key in _DATES),
        of("order_count", kind="number"),
        of("order_total", kind="money", unit=currency),
        of("unsubscribed", kind="number", value=lambda p: int(p.unsubscribed_at is not None)),
        of("notes"),
    ]
    if loyalty:
        own.append(of("loyalty_member", kind="number", value=lambda p: int(p.is_member)))
    by_key = {column.key: column for column in on_screen(unit, referral=True)}
    if referral:
        code = Column("code", gettext_lazy("Code de parrainage"), value="referral_code.code")
        return (*own, by_key["look"], code, by_key["referees"], by_key["balance"])
    return (*own, by_key["look"], by_key["balance"])
