"""The accounts that the accountant's file is written to: the merchant's own, or the usual ones."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry
from kernel.errors import InvalidInputError
from kernel.ledger.models import AccountKind
from tenants.programme.models import Preferences

OWED = "owed"
MOST_NAME = 60
# Three figures that the French plan gives, then what the merchant's own plan adds.
_NUMBER = re.compile(r"[1-7][0-9]{2}[0-9A-Z]{0,9}")
_JOURNAL = re.compile(r"[A-Z0-9]{1,6}")
# The classes that an account can be of: what is owed is a third party's, an expiry is an income.
CLASSES: dict[str, str] = {
    OWED: "4",
    AccountKind.ISSUED: "67",
    AccountKind.REDEEMED: "4567",
    AccountKind.EXPIRED: "7",
    AccountKind.ADJUSTED: "67",
}
_SAY = {
    "4": gettext_lazy("Indiquez un compte de tiers, de classe 4, par exemple 419800."),
    "67": gettext_lazy("Indiquez un compte de classe 6 ou 7, par exemple 623400 ou 709800."),
    "4567": gettext_lazy("Indiquez un compte de classe 4, 5, 6 ou 7, par exemple 411000."),
    "7": gettext_lazy("Indiquez un compte de produits, de classe 7, par exemple 758800."),
}


class InvalidBookAccountError(InvalidInputError):
    """No accounting software would take this account."""

    code = "invalid_book_account"
    words = gettext_lazy("Ce compte ne convient pas.")


@dataclass(frozen=True, slots=True)
class BookAccount:
    """An account of the merchant's own plan: its number and its name."""

    number: str
    name: str


# The usual accounts of the French plan; the merchant's accountant knows better and can change them.
DEFAULTS: dict[str, BookAccount] = {
    OWED: BookAccount("419800", "Clients, cagnottes à honorer"),
    AccountKind.ISSUED: BookAccount("623400", "Récompenses accordées aux clients"),
    AccountKind.REDEEMED: BookAccount("411000", "Clients, cagnottes utilisées"),
    AccountKind.EXPIRED: BookAccount("758800", "Produits divers, cagnottes expirées"),
    AccountKind.ADJUSTED: BookAccount("623400", "Corrections de cagnottes"),
}


@dataclass(frozen=True, slots=True)
class Books:
    """How the file is written. `point_value` is the cents that a point is booked at."""

    journal: str = "RIC"
    accounts: Mapping[str, BookAccount] = field(default_factory=lambda: DEFAULTS)
    point_value: Decimal = Decimal(1)


def in_use(*, point_value: Decimal = Decimal(1)) -> Books:
    """What the merchant set, the usual where they set nothing.

    `point_value` is what a point saves at checkout: it is booked at that until they say otherwise.
    """
    kept = Preferences.objects.filter(id=1).values_list("book_accounts", flat=True).first() or {}
    accounts = {
        key: BookAccount(*kept["accounts"][key]) if key in kept.get("accounts", {}) else usual
        for key, usual in DEFAULTS.items()
    }
    value = Decimal(kept["point_value"]) if kept.get("point_value") else point_value
    return Books(journal=kept.get("journal", "RIC"), accounts=accounts, point_value=value)


@atomic_with_retry
def save(
    *, journal: str, accounts: Mapping[str, BookAccount], point_value: Decimal | None = None
) -> None:
    """Keep all of it, or raise InvalidBookAccountError at the first that cannot be.

    `point_value` None goes on following checkout.
    """
    code = journal.strip().upper()
    if not _JOURNAL.fullmatch(code):
        raise InvalidBookAccountError(
            _("Indiquez de 1 à 6 lettres ou chiffres, par exemple RIC."), param="journal"
        )
    kept: dict[str, Any] = {"journal": code, "accounts": {}}
    for key in DEFAULTS:
        checked = _checked(key, accounts[key])
        kept["accounts"][key] = [checked.number, checked.name]
    if point_value is not None:
        kept["point_value"] = str(point_value)
    Preferences.objects.update_or_create(id=1, defaults={"book_accounts": kept})


def _checked(key: str, account: BookAccount) -> BookAccount:
    number = "".join(account.number.split()).upper()
    name = " ".join(account.name.split())
    if not _NUMBER.fullmatch(number):
        raise InvalidBookAccountError(
            _("Indiquez de 3 à 12 caractères qui commencent par trois chiffres, par exemple %(n)s.")
            % {"n": DEFAULTS[key].number},
            param=f"{key}_number",
        )
    if number[0] not in CLASSES[key]:
        raise InvalidBookAccountError(str(_SAY[CLASSES[key]]), param=f"{key}_number")
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise InvalidBookAccountError(
            _("Indiquez un libellé de %(most)s caractères au plus.") % {"most": MOST_NAME},
            param=f"{key}_name",
        )
    return BookAccount(number, name)
