"""Amounts: whole cents with a currency, and whole points. Never a float."""

from dataclasses import dataclass

# The currencies a merchant can choose, with the number of decimals each one has.
CURRENCIES = {"EUR": 2, "CHF": 2, "GBP": 2, "USD": 2, "CAD": 2}
POINTS = "PTS"
UNITS = (*CURRENCIES, POINTS)


@dataclass(frozen=True, slots=True)
class Amount:
    """A whole number of the smallest part of a unit: cents of a currency, or points."""

    value: int
    unit: str

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"unknown unit {self.unit!r}")

    def share(self, *, part: int, whole: int) -> "Amount":
        """The same share of this amount as `part` is of `whole`, rounded down."""
        return Amount(self.value * part // whole, self.unit)
