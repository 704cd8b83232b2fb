"""The accountant's file: a month's movements as balanced entries, in the columns of the FEC.

One entry for each day and reason: what cagnottes gained is a debt of the merchant's. The same
closed month gives the same file for ever, for the books are append-only.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.ledger.models import AccountKind
from kernel.ledger.movements import Movement
from kernel.money import CURRENCIES, POINTS
from shell import formats
from shell.table_export import guarded
from tenants.programme.book_accounts import OWED, BookAccount, Books

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
    *, moved: list[Movement], unit: str, opening: int, books: Books, currency: str
) -> Iterator[list[str]]:
    """Two lines for each movement, debit first; together they balance.

    `opening` is what cagnottes held before: points are booked at what each balance is worth, so
    that the rounding of one line never adds up with that of the next.
    """
    held, number = opening, 0
    for movement in moved:
        booked = worth(held + movement.amount, unit, books) - worth(held, unit, books)
        held += movement.amount
        if not booked:
            continue  # less than a cent: the next line carries it
        number += 1
        other, owed = books.accounts[movement.account], books.accounts[OWED]
        # A wallet that gains is a debt that grows: the liability is credited.
        debit, credit = (other, owed) if booked > 0 else (owed, other)
        amount = _plain(abs(booked), currency)
        nothing = _plain(0, currency)
        head = _head(number, movement, books.journal)
        tail = _tail(movement, unit)
        yield [*head, *_names(debit), *tail, amount, nothing, *_end(movement)]
        yield [*head, *_names(credit), *tail, nothing, amount, *_end(movement)]


def worth(amount: int, unit: str, books: Books) -> int:
    """An amount in cents of the merchant's currency, for points at what each is booked at."""
    if unit != POINTS:
        return amount
    return int((amount * books.point_value).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def as_csv(*, moved: list[Movement], unit: str, opening: int, books: Books, currency: str) -> str:
    """The file, with the mark that tells Excel that it is UTF-8, and no formula (R39)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    rows = lines(moved=moved, unit=unit, opening=opening, books=books, currency=currency)
    writer.writerows(rows)
    return "\ufeff" + buffer.getvalue()


def words_of(movement: Movement) -> str:
    """What a movement is, for a person."""
    return str(_WORDS[movement.account, movement.back])


def _head(number: int, movement: Movement, journal: str) -> list[str]:
    day = _compact(movement.day)
    return [guarded(journal), _("Cagnottes"), f"{journal}{day[:6]}{number:04d}", day]


def _names(account: BookAccount) -> list[str]:
    return [guarded(account.number), guarded(account.name), "", ""]


def _tail(movement: Movement, unit: str) -> list[str]:
    day = _compact(movement.day)
    reference = f"{day}-{movement.account}-{movement.reason}"[:40]
    what = f"{words_of(movement)} ({movement.count})"
    if unit == POINTS:
        what = f"{what}, {formats.points(abs(movement.amount))}"
    return [reference, day, what]


def _end(movement: Movement) -> list[str]:
    """No lettering; and no foreign currency, for the books are in the merchant's own."""
    return ["", "", _compact(movement.day), "", ""]


def _plain(value: int, unit: str) -> str:
    """An amount as French accounting software reads it: a comma, no spaces."""
    places = CURRENCIES.get(unit, 0)
    return str(Decimal(value).scaleb(-places)).replace(".", ",")


def _compact(day: date) -> str:
    return day.strftime("%Y%m%d")
