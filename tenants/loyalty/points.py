"""The arithmetic of earning: whole units, rounded down once for each fact."""

from decimal import Decimal


def worth(*, cents: int, rate: Decimal, per: int) -> int:
    """What `cents` earn at `rate` for each `per` cents, in the wallet's smallest unit."""
    return int(cents * rate // per)


def kept(*, amount: int, part: int, whole: int) -> int:
    """What is left of an earning of `amount` when only `part` of `whole` cents was kept.

    What is taken back is rounded down, as everywhere: the odd point is the customer's.
    """
    if part >= whole:
        return amount
    return amount - amount * (whole - part) // whole if part > 0 else 0
