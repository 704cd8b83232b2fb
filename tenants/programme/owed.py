"""What cagnottes hold: what is owed, how it moved over a month, and what will likely be used."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kernel.ledger import movements as books
from kernel.ledger import selectors as ledger
from kernel.ledger.models import AccountKind
from kernel.ledger.movements import Expiry, Movement

# Where too little has come to an end to judge by, this share is taken to be used.
ASSUMED_SHARE = 0.8
_ENOUGH = 20  # movements that came to an end


@dataclass(frozen=True, slots=True)
class Sheet:
    """A period's movements, each a total: opening and all below add up to closing."""

    opening: int
    issued: int
    taken_back: int
    used: int
    given_back: int
    expired: int
    corrected: int
    closing: int


@dataclass(frozen=True, slots=True)
class Owed:
    """What wallets hold now. `expected` is what of `held` will likely be used."""

    unit: str
    held: int
    available: int
    pending: int
    on_hold: int
    debt: int
    share: float
    share_is_known: bool
    expected: int
    by_expiry: list[Expiry]


def owed(*, unit: str, now: datetime, zone: ZoneInfo) -> Owed:
    """What is outstanding at `now`."""
    total = ledger.outstanding(unit=unit)
    held, debt = books.held_and_owed(unit=unit)
    share, known = used_share(unit=unit, now=now)
    return Owed(
        unit=unit,
        held=held,
        available=total.available,
        pending=total.pending,
        on_hold=total.held,
        debt=debt,
        share=share,
        share_is_known=known,
        expected=round(held * share),
        by_expiry=books.by_expiry(unit=unit, zone=zone),
    )


def month_bounds(*, month: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of the merchant's month, and that of the next."""
    first = month.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    midnight = datetime.min.time()
    return (
        datetime.combine(first, midnight, tzinfo=zone),
        datetime.combine(following, midnight, tzinfo=zone),
    )


def opening(*, unit: str, month: date, zone: ZoneInfo) -> int:
    """What cagnottes held when the merchant's month began."""
    return books.balance_at(unit=unit, at=month_bounds(month=month, zone=zone)[0])


def month_movements(*, unit: str, month: date, zone: ZoneInfo) -> list[Movement]:
    """The month's movements, by day and reason."""
    start, end = month_bounds(month=month, zone=zone)
    return books.movements(unit=unit, start=start, end=end, zone=zone.key)


def sheet(*, unit: str, month: date, zone: ZoneInfo, moved: list[Movement] | None = None) -> Sheet:
    """The month on one page; `moved` spares reading its movements again."""
    start, end = month_bounds(month=month, zone=zone)
    if moved is None:
        moved = month_movements(unit=unit, month=month, zone=zone)
    closing = books.balance_at(unit=unit, at=end)
    return Sheet(
        opening=books.balance_at(unit=unit, at=start),
        issued=_sum(moved, AccountKind.ISSUED, back=False),
        taken_back=_sum(moved, AccountKind.ISSUED, back=True),
        used=_sum(moved, AccountKind.REDEEMED, back=False),
        given_back=_sum(moved, AccountKind.REDEEMED, back=True),
        expired=sum(m.amount for m in moved if m.account == AccountKind.EXPIRED),
        corrected=sum(m.amount for m in moved if m.account == AccountKind.ADJUSTED),
        closing=closing,
    )


def _sum(moved: Iterable[Movement], account: AccountKind, *, back: bool) -> int:
    return sum(m.amount for m in moved if m.account == account and m.back == back)


def used_share(*, unit: str, now: datetime) -> tuple[float, bool]:
    """Of what came to an end in two years, the part that was used rather than expired."""
    found = books.ended(unit=unit, start=now - timedelta(days=730), end=now)
    used, uses = found.get(AccountKind.REDEEMED, (0, 0))
    expired, expiries = found.get(AccountKind.EXPIRED, (0, 0))
    ended = uses + expiries
    if ended < _ENOUGH or not expired or used < 0:
        return ASSUMED_SHARE, False
    return used / (used + expired), True
