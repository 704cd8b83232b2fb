"""From a report's JSON to what the conductor takes. Unknown and mistyped fields are refused by
name (R26); what a field may hold is asked of the floors below, which other doors ask too."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tenants.activity.models import Source
from tenants.activity.services import check_order
from tenants.activity.types import OrderInput
from tenants.profiles import emails
from tenants.profiles.names import clean_name
from tenants.profiles.services import Identity, NoIdentityError
from tenants.referrals.facts import Clues
from tenants.referrals.visitors import parse_visitor
from widgets.tracker.problems import MalformedReportError

_KEY = re.compile(r"pk_[a-z]+_[0-9a-z]{8,40}\Z")


@dataclass(frozen=True, slots=True)
class SeenReport:
    """The script runs on the page at `url` (no query string)."""

    key: str
    url: str


class Fields:
    """Takes the fields of one report out one by one, and refuses what is left over."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self._rest = dict(fields)

    def text(self, name: str, *, most: int, required: bool = False) -> str:
        """A text of at most `most` characters, trimmed; "" where the field is missing or null."""
        value = self._rest.pop(name, None)
        if value is None:
            value = ""
        if not isinstance(value, str):
            raise MalformedReportError(_("Indiquez un texte."), param=name)
        value = value.strip()
        if required and not value:
            raise MalformedReportError(_("Ce champ est obligatoire."), param=name)
        if len(value) > most:
            raise MalformedReportError(
                _("Indiquez au plus %(most)s caractères.") % {"most": most}, param=name
            )
        # Control characters and half surrogates: no name has them, and databases refuse them.
        if any(unicodedata.category(char) in {"Cc", "Cs"} for char in value):
            raise MalformedReportError(_("Retirez les caractères de contrôle."), param=name)
        return value

    def cents(self, name: str) -> int:
        """A whole number; True is one to Python, and 84.0 is a float that somebody rounded."""
        value = self._rest.pop(name, None)
        if not isinstance(value, int) or isinstance(value, bool):
            raise MalformedReportError(_("Indiquez un nombre entier de centimes."), param=name)
        return value

    def key(self) -> str:
        """The public key of a site, by its shape only."""
        value = self.text("key", most=64, required=True)
        if not _KEY.match(value):
            raise MalformedReportError(
                _("Indiquez la clé publique du site (pk_live_…)."), param="key"
            )
        return value

    def customer(self) -> Identity:
        """Who ordered or signed up: an email, or else the shop's own id of the person.

        A browser may not tie a shop's id to somebody's email: with an email, the id is left out.
        """
        email = self.text("email", most=254)
        external_id = self.text("customer_id", most=80)
        identity = Identity(
            email=emails.clean(email) if email else "",
            external_id="" if email else external_id,
            first_name=clean_name(self.text("first_name", most=80), param="first_name"),
            last_name=clean_name(self.text("last_name", most=80), param="last_name"),
        )
        if not identity.email and not identity.external_id:
            raise NoIdentityError(
                _("Indiquez l’adresse e-mail du client, ou son identifiant."), param="email"
            )
        return identity

    def done(self) -> None:
        """Refuse whatever nobody asked for."""
        for name in sorted(self._rest):
            raise MalformedReportError(_("Ce champ n’existe pas."), param=name[:40])


def parse_order(fields: Fields, *, currency: str, now: datetime, device: str = "") -> OrderInput:
    """An order, dated now, checked as every door's; raises a RicochetError with its `param`.

    A typed code comes before the cookie's. A code from the cookie counts only where no click
    came with it: the click knows its code, and how old it is. `device` is what the request itself
    tells of the browser, which a page cannot write.
    """
    external_id = fields.text("id", most=80, required=True)
    amount = fields.cents("amount")
    order_currency = fields.text("currency", most=3, required=True)
    customer = fields.customer()
    code = fields.text("code", most=64)
    visitor = parse_visitor(fields.text("visitor", most=200))
    fields.done()
    order = OrderInput(
        external_id=external_id,
        amount=amount,
        currency=order_currency,
        ordered_at=now,
        customer=customer,
        source=Source.TRACKER,
        referral_code=code or visitor.code,
        click_id=visitor.click_id,
        device=device,
    )
    check_order(order=order, currency=currency, now=now)
    return order


def parse_account(fields: Fields) -> tuple[Identity, Clues]:
    """Who opened an account, and what says who sent them."""
    identity = fields.customer()
    code = fields.text("code", most=64)
    visitor = parse_visitor(fields.text("visitor", most=200))
    fields.done()
    return identity, Clues(typed_code=code or visitor.code, click_id=visitor.click_id)


def parse_seen(fields: Fields) -> SeenReport:
    """A greeting; raises MalformedReportError naming the field."""
    report = SeenReport(key=fields.key(), url=fields.text("url", most=2000))
    fields.done()
    return report
