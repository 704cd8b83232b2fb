"""The trail of operators' acts, their visits, and what other rooms' rows are called here."""

from console.models.shown import Bill, Deal, Given, Merchant, Pair, Person, Told
from console.models.trail import Act, Entry, Visit

__all__ = [
    "Act",
    "Bill",
    "Deal",
    "Entry",
    "Given",
    "Merchant",
    "Pair",
    "Person",
    "Told",
    "Visit",
]
