"""From a report's JSON to typed facts. Unknown and mistyped fields are refused by name (R26)."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from kernel.money import CURRENCIES
from widgets.tracker.problems import MalformedReportError

# The largest number of cents that fits every column and every sum of them: 10 million euros.
AMOUNT_LIMIT = 1_000_000_000
_KEY = re.compile(r"pk_[a-z]+_[0-9a-z]{8,40}\Z")
_VISITOR = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{7,63}\Z")


@dataclass(frozen=True, slots=True)
class Person:
    """Who ordered or signed up, as far as the page said so; texts may be empty."""

    email: str
    first_name: str
    last_name: str


@dataclass(frozen=True, slots=True)
class OrderReport:
    """An order that a browser reported. `amount` is in cents of `currency`."""

    key: str
    external_id: str
    amount: int
    currency: str
    person: Person
    code: str
    visitor: str


@dataclass(frozen=True, slots=True)
class AccountReport:
    """An account that a browser reported. `external_id` is the shop's id of it, or empty."""

    key: str
    external_id: str
    person: Person
    code: str
    visitor: str


@dataclass(frozen=True, slots=True)
class SeenReport:
    """The script runs on the page at `url` (no query string)."""

    key: str
    url: str


class _Fields:
    """Takes the fields of one report out one by one, and refuses what is left over."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self._rest = dict(fields)

    def text(self, name: str, *, most: int, required: bool = False) -> str:
        value = self._rest.pop(name, None)
        if value is None:
            value = ""
        if not isinstance(value, str):
            raise MalformedReportError(f"{name} must be a text.", param=name)
        value = value.strip()
        if required and not value:
            raise MalformedReportError(f"{name} is missing.", param=name)
        if len(value) > most:
            raise MalformedReportError(f"{name} is longer than {most} characters.", param=name)
        # Control characters and half surrogates: no name has them, and databases refuse them.
        if any(unicodedata.category(char) in {"Cc", "Cs"} for char in value):
            raise MalformedReportError(f"{name} has characters that do not print.", param=name)
        return value

    def email(self, *, required: bool = False) -> str:
        value = self.text("email", most=254, required=required)
        if value:
            try:
                validate_email(value)
            except ValidationError as error:
                raise MalformedReportError(
                    "email is not an email address.", param="email"
                ) from error
        return value

    def key(self) -> str:
        value = self.text("key", most=64, required=True)
        if not _KEY.match(value):
            raise MalformedReportError("key is not a public key (pk_live_…).", param="key")
        return value

    def visitor(self) -> str:
        value = self.text("visitor", most=64)
        if value and not _VISITOR.match(value):
            raise MalformedReportError("visitor is not one of ours.", param="visitor")
        return value

    def amount(self) -> int:
        value = self._rest.pop("amount", None)
        # True is an int to Python, and 84.0 is a float that somebody rounded.
        if not isinstance(value, int) or isinstance(value, bool):
            raise MalformedReportError("amount must be a whole number of cents.", param="amount")
        if not 0 <= value <= AMOUNT_LIMIT:
            raise MalformedReportError(
                f"amount must be between 0 and {AMOUNT_LIMIT} cents.", param="amount"
            )
        return value

    def currency(self, expected: str) -> str:
        value = self.text("currency", most=3, required=True)
        if value not in CURRENCIES:
            known = ", ".join(CURRENCIES)
            raise MalformedReportError(f"currency must be one of {known}.", param="currency")
        if value != expected:
            raise MalformedReportError(f"This shop counts in {expected}.", param="currency")
        return value

    def person(self, *, email_required: bool = False) -> Person:
        return Person(
            email=self.email(required=email_required),
            first_name=self.text("first_name", most=80),
            last_name=self.text("last_name", most=80),
        )

    def done(self) -> None:
        for name in sorted(self._rest):
            raise MalformedReportError(
                f"{name[:40]} is not a field of this report.", param=name[:40]
            )


def parse_order(fields: dict[str, Any], *, currency: str) -> OrderReport:
    """An order in the merchant's `currency`; raises MalformedReportError naming the field."""
    given = _Fields(fields)
    report = OrderReport(
        key=given.key(),
        external_id=given.text("id", most=100, required=True),
        amount=given.amount(),
        currency=given.currency(currency),
        person=given.person(),
        code=given.text("code", most=64),
        visitor=given.visitor(),
    )
    given.done()
    return report


def parse_account(fields: dict[str, Any]) -> AccountReport:
    """An account; raises MalformedReportError naming the field."""
    given = _Fields(fields)
    report = AccountReport(
        key=given.key(),
        external_id=given.text("id", most=100),
        person=given.person(email_required=True),
        code=given.text("code", most=64),
        visitor=given.visitor(),
    )
    given.done()
    return report


def parse_seen(fields: dict[str, Any]) -> SeenReport:
    """A greeting; raises MalformedReportError naming the field."""
    given = _Fields(fields)
    report = SeenReport(key=given.key(), url=given.text("url", most=2000))
    given.done()
    return report
