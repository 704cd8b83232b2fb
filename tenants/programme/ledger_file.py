"""The accountant's file: a month's movements as balanced entries, in the columns of the FEC.

One entry for each day and reason: what cagnottes gained is a debt of the merchant's. The same
closed month gives the same file for ever, for the books are append-only.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.ledger.models import AccountKind
from kernel.ledger.movements import Movement
from kernel.money import CURRENCIES
from shell.table_export import guarded

COLUMNS = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
_JOURNAL = "RIC"


@dataclass(frozen=True, slots=True)
class BookAccount:
    """An account of the merchant's own plan: its number and its name."""

    number: str
    name: str


# The usual accounts of the French plan; the merchant's accountant knows better and can change them.
OWED = "owed"
DEFAULTS = {
    OWED: BookAccount("419800", "Clients, cagnottes à honorer"),
    AccountKind.ISSUED: BookAccount("623400", "Récompenses accordées aux clients"),
    AccountKind.REDEEMED: BookAccount("411000", "Clients, cagnottes utilisées"),
    AccountKind.EXPIRED: BookAccount("758800", "Produits divers, cagnottes expirées"),
    AccountKind.ADJUSTED: BookAccount("623400", "Corrections de cagnottes"),
}
_WORDS = {
    (AccountKind.ISSUED, False): gettext_lazy("Récompenses devenues définitives"),
    (AccountKind.ISSUED, True): gettext_lazy("Récompenses reprises"),
    (AccountKind.REDEEMED, False): gettext_lazy("Cagnottes utilisées"),
    (AccountKind.REDEEMED, True): gettext_lazy("Cagnottes rendues après annulation"),
    (AccountKind.EXPIRED, False): gettext_lazy("Cagnottes expirées"),
    (AccountKind.EXPIRED, True): gettext_lazy("Expirations annulées"),
    (AccountKind.ADJUSTED, False): gettext_lazy("Corrections"),
    (AccountKind.ADJUSTED, True): gettext_lazy("Corrections annulées"),
}


def lines(
    *, moved: list[Movement], unit: str, accounts: dict[str, BookAccount]
) -> Iterator[list[str]]:
    """Two lines for each movement, debit first; together they balance."""
    for number, movement in enumerate(moved, start=1):
        other = accounts[movement.account]
        owed = accounts[OWED]
        # A wallet that gains is a debt that grows: the liability is credited.
        debit, credit = (other, owed) if movement.amount > 0 else (owed, other)
        amount = _plain(abs(movement.amount), unit)
        yield _line(number, movement, unit, account=debit, debit=amount)
        yield _line(number, movement, unit, account=credit, credit=amount)


def as_csv(*, moved: list[Movement], unit: str, accounts: dict[str, BookAccount]) -> str:
    """The file, with the mark that tells Excel that it is UTF-8, and no formula (R39)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(lines(moved=moved, unit=unit, accounts=accounts))
    return "\ufeff" + buffer.getvalue()


def words_of(movement: Movement) -> str:
    """What a movement is, for a person."""
    return str(_WORDS[movement.account, movement.back])


def _line(
    number: int,
    movement: Movement,
    unit: str,
    *,
    account: BookAccount,
    debit: str = "",
    credit: str = "",
) -> list[str]:
    day = _compact(movement.day)
    what = f"{words_of(movement)} ({movement.count})"
    reference = f"{day}-{movement.account}-{movement.reason}"[:40]
    return [
        _JOURNAL,
        _("Cagnottes"),
        f"{_JOURNAL}{day[:6]}{number:04d}",
        day,
        guarded(account.number),
        guarded(account.name),
        "",
        "",
        reference,
        day,
        what,
        debit or _plain(0, unit),
        credit or _plain(0, unit),
        "",
        "",
        day,
        "",
        unit,
    ]


def _plain(value: int, unit: str) -> str:
    """An amount as French accounting software reads it: a comma, no spaces."""
    places = CURRENCIES.get(unit, 0)
    return str(Decimal(value).scaleb(-places)).replace(".", ",")


def _compact(day: date) -> str:
    return day.strftime("%Y%m%d")
