"""The earning rules as they are typed: a ratio told one way or the other, sessions by type."""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.errors import RicochetError
from kernel.money import CURRENCIES, POINTS
from shell.fields import (
    DecimalField,
    IntegerField,
    MoneyField,
    PercentField,
    TilesField,
    ToggleField,
    amount_field,
)
from shell.forms import HouseForm
from tenants.activity.models import SessionType
from tenants.loyalty import versions
from tenants.loyalty.models import LoyaltyVersion, MembershipMode
from tenants.loyalty.versions import Rate

PER_EURO, EVERY = "per_euro", "every"


class LoyaltyForm(HouseForm):
    """The next version of the earning rules. `values` and `rates` are what to publish."""

    active = ToggleField(
        label=_("Fidélité ouverte"),
        help_text=_("Fermée : plus rien ne se gagne, ce qui est gagné reste gagné."),
    )
    payments_on = ToggleField(label=_("Gagner sur les paiements"))
    way = TilesField(
        label=_("Comment se compte un paiement"),
        options=[
            (PER_EURO, _("Des points par euro"), _("Par exemple 0,5, 1 ou 2 points.")),
            (EVERY, _("Un point tous les…"), _("Par exemple 1 point tous les 3,00 €.")),
        ],
        initial=PER_EURO,
        required=False,
    )
    rate = DecimalField(label=_("Points par euro"), required=False)
    every = MoneyField(label=_("Un point tous les"), required=False)
    percent = PercentField(label=_("Part du paiement"), required=False)
    membership = TilesField(
        label=_("Qui gagne"),
        options=[
            (MembershipMode.EVERYONE, _("Tous les clients"), _("Sans rien avoir à cocher.")),
            (
                MembershipMode.JOINED,
                _("Ceux qui adhèrent"),
                _("Ils cochent une case en commandant, ou vous les ajoutez."),
            ),
        ],
        initial=MembershipMode.EVERYONE,
    )
    sessions_on = ToggleField(label=_("Gagner sur les séances validées"))
    expiry_months = IntegerField(
        label=_("Expire après"),
        minimum=1,
        maximum=120,
        required=False,
        help_text=_("Vide : jamais."),
    )

    def __init__(
        self, *args: Any, unit: str | None, currency: str, types: Sequence[SessionType], **rest: Any
    ) -> None:
        super().__init__(*args, **rest)
        self.types, self.currency = types, currency
        self.unit = unit
        if unit is None:
            self.fields["unit"] = TilesField(
                label=_("La cagnotte compte en"),
                options=[
                    (POINTS, _("Points"), _("Vos lots et paliers disent ce qu’ils valent.")),
                    (currency, currency, _("Un pourcentage de chaque paiement.")),
                ],
                initial=POINTS,
            )
        for kind in types:
            self.fields[_name(kind)] = self._session_field(kind)
            self.fields[f"{_name(kind)}_on"] = ToggleField(label=kind.name)
        if not self.is_bound:
            self._say_nothing_of_optional()

    def _session_field(self, kind: SessionType) -> forms.Field:
        return amount_field(
            unit=self.unit or POINTS,
            label=kind.name,
            minimum=1,
            maximum=versions.MOST_SESSION,
            required=False,
        )

    def _say_nothing_of_optional(self) -> None:
        """Which boxes are needed follows from the others: none of them is called optional."""
        for name in ("way", "rate", "every", "percent", *map(_name, self.types)):
            self.fields[name].required = True

    @property
    def counts_points(self) -> bool:
        chosen = self.unit or self.data.get("unit") or POINTS
        return bool(chosen == POINTS)

    @property
    def _chooses_money(self) -> bool:
        return self.unit is None and not self.counts_points

    @property
    def session_rows(self) -> list[tuple[SessionType, Any, Any]]:
        """Each type with its two bound fields."""
        return [(k, self[_name(k)], self[f"{_name(k)}_on"]) for k in self.types]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._clean_ratio(data)
        self._say_nothing_of_optional()
        rates: dict[uuid.UUID, Rate] = {}
        for kind in self.types:
            amount, on = data.get(_name(kind)), data.get(f"{_name(kind)}_on", False)
            if on and amount is None and _name(kind) not in self.errors:
                self.add_error(
                    _name(kind), _("Indiquez ce que rapporte cette séance, ou coupez-la.")
                )
            if amount is not None:
                # Typed in whole euros where the unit is chosen on this very page.
                whole = 10 ** CURRENCIES[self.currency] if self._chooses_money else 1
                rates[kind.id] = Rate(amount=amount * whole, active=on)
        data["rates"] = rates
        return data

    def _clean_ratio(self, data: dict[str, Any]) -> None:
        """`rate` and `per` from whichever of the three boxes is in use."""
        one = 10 ** CURRENCIES[self.currency]
        name, rate, per = "rate", data.get("rate"), one
        if not self.counts_points:
            name, rate, per = "percent", data.get("percent"), 100
        elif data.get("way") == EVERY:
            name, rate, per = "every", Decimal(1), data.get("every")
        data["rate"], data["per"] = Decimal(1), one
        if name in self.errors or not data.get("payments_on"):
            return
        if rate is None or per is None:
            self.add_error(name, _("Indiquez un nombre, ou coupez les gains sur les paiements."))
            return
        try:
            versions.check_rate(Decimal(rate))
            versions.check_per(int(per))
        except RicochetError as error:
            self.add_error(name, str(error))
            return
        data["rate"], data["per"] = Decimal(rate), int(per)

    @property
    def values(self) -> dict[str, Any]:
        """What to publish, beside `rates`."""
        names = ("active", "payments_on", "rate", "per", "membership", "sessions_on",
                 "expiry_months")  # fmt: skip
        found = {name: self.cleaned_data[name] for name in names}
        return {**found, "unit": self.unit or self.cleaned_data["unit"]}

    @property
    def rates(self) -> dict[uuid.UUID, Rate]:
        found: dict[uuid.UUID, Rate] = self.cleaned_data["rates"]
        return found


def initial_of(
    version: LoyaltyVersion | None, rates: dict[uuid.UUID, Rate], *, currency: str
) -> dict[str, Any]:
    """What the form shows: the rules in force, or those that most shops would begin with."""
    if version is None:
        return {"active": True, "payments_on": True, "way": PER_EURO, "rate": Decimal(1),
                "percent": Decimal(5), "sessions_on": False}  # fmt: skip
    one = 10 ** CURRENCIES[currency]
    every = version.per != one and version.rate == 1
    values: dict[str, Any] = {
        "active": version.active,
        "payments_on": version.payments_on,
        "way": EVERY if every else PER_EURO,
        "rate": None if every else version.rate * one / version.per,
        "every": version.per if every else None,
        "percent": version.rate * 100 / version.per,
        "membership": version.membership,
        "sessions_on": version.sessions_on,
        "expiry_months": version.expiry_months,
    }
    for number, rate in rates.items():
        values[f"session_{number.hex}"] = rate.amount
        values[f"session_{number.hex}_on"] = rate.active
    return values


def _name(kind: SessionType) -> str:
    return f"session_{kind.id.hex}"
