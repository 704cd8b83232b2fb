"""The programme's rules, as they are typed: who is rewarded, for what, and how (SP-02)."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.money import POINTS
from shell.fields import IntegerField, MoneyField, TilesField, ToggleField
from shell.forms import HouseForm
from tenants.programme.models import (
    LeadsTo,
    ProgrammeVersion,
    Qualifying,
    RewardRule,
    Side,
    Trigger,
)
from tenants.programme.rules_layout import ACCOUNT, BOTH, CELLS, FACT, ON_SCREEN, PARTS, PLAIN
from tenants.rewards.models import AwardKind, CodeList

_CODED = (AwardKind.PROMO_CODE, AwardKind.GIFT_CARD)


class ProgrammeForm(HouseForm):
    """The rules of the next version. Amounts are in the wallet's unit, the rest in cents."""

    active = ToggleField(
        label=gettext_lazy("Parrainage ouvert"),
        help_text=gettext_lazy("Fermé : les liens restent valables, mais rien n’est promis."),
    )
    name = forms.CharField(
        label=gettext_lazy("Nom de la cagnotte"),
        max_length=60,
        error_messages={"required": gettext_lazy("Donnez un nom, par exemple Ma cagnotte.")},
    )
    unit = forms.CharField(required=False, widget=forms.HiddenInput)
    who = TilesField(
        label=gettext_lazy("Qui est récompensé ?"),
        options=[
            (BOTH, gettext_lazy("Les deux"), gettext_lazy("Le parrain et son filleul.")),
            ("referrer", gettext_lazy("Le parrain"), gettext_lazy("Celui qui fait venir.")),
            ("referee", gettext_lazy("Le filleul"), gettext_lazy("Celui qui arrive.")),
        ],
    )
    what = TilesField(
        label=gettext_lazy("Pour quoi ?"),
        options=[
            (FACT, gettext_lazy("Un achat"), gettext_lazy("La première commande ou séance.")),
            (ACCOUNT, gettext_lazy("Un compte"), gettext_lazy("Le compte ouvert à la boutique.")),
            (BOTH, gettext_lazy("Les deux"), gettext_lazy("Chacun a sa récompense.")),
        ],
    )
    qualifying = TilesField(
        label=gettext_lazy("Quel achat compte ?"),
        options=[
            (
                Qualifying.ORDER.value,
                gettext_lazy("La première commande"),
                gettext_lazy("Pour une boutique."),
            ),
            (
                Qualifying.SESSION_VALIDATED.value,
                gettext_lazy("La première séance validée"),
                gettext_lazy("Quand elle a eu lieu."),
            ),
            (
                Qualifying.SESSION_BOOKED.value,
                gettext_lazy("La première séance réservée"),
                gettext_lazy("Reprise si elle est annulée."),
            ),
        ],
    )
    leads_to = TilesField(
        label=gettext_lazy("Où mène l’e-mail d’invitation ?"),
        options=[
            (
                LeadsTo.SHOP.value,
                gettext_lazy("À la boutique"),
                gettext_lazy("Le filleul la découvre."),
            ),
            (
                LeadsTo.COUPON.value,
                gettext_lazy("À un code cadeau"),
                gettext_lazy("Le filleul le reçoit tout de suite, une fois par adresse."),
            ),
        ],
    )
    minimum_order = MoneyField(
        label=gettext_lazy("Commande minimum"),
        minimum=0,
        maximum=1_000_000,
        help_text=gettext_lazy("0,00 : aucune."),
    )
    pending_days = IntegerField(
        label=gettext_lazy("Disponible après"),
        minimum=0,
        maximum=365,
        help_text=gettext_lazy("Votre délai de retour."),
    )
    cookie_days = IntegerField(
        label=gettext_lazy("Un clic compte pendant"),
        minimum=1,
        maximum=365,
        help_text=gettext_lazy("Entre la visite du filleul et sa commande."),
    )
    expiry_months = IntegerField(
        label=gettext_lazy("Expire après"),
        minimum=1,
        maximum=120,
        required=False,
        help_text=gettext_lazy("Vide : jamais."),
    )
    referrals_a_year = IntegerField(
        label=gettext_lazy("Filleuls par parrain"),
        minimum=1,
        maximum=10_000,
        required=False,
        help_text=gettext_lazy("Récompensés. Vide : sans limite."),
    )
    terms = forms.CharField(
        label=gettext_lazy("Vos conditions"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Lues avec les règles, qui sont déjà écrites à partir d’ici."),
    )

    def __init__(self, data: Any = None, *, unit: str, currency: str, **more: Any) -> None:
        super().__init__(_filled(data) if data else None, **more)
        self.wallet_unit, self.currency = unit, currency
        lists = [(str(row.id), row.name) for row in CodeList.objects.all()]
        for side, _trigger, amount, prefix in CELLS:
            if amount:
                self.fields[amount] = _amount_field(side, unit)
            self._add_gift(prefix, lists)
        self.order_fields(ON_SCREEN)

    def _add_gift(self, prefix: str, lists: list[tuple[str, str]]) -> None:
        self.fields[f"{prefix}_kind"] = forms.ChoiceField(
            label=_("Cadeau"),
            required=False,
            choices=[("", _("Aucun")), *AwardKind.choices],
        )
        self.fields[f"{prefix}_name"] = forms.CharField(
            label=_("Nom du cadeau"), max_length=80, required=False
        )
        self.fields[f"{prefix}_value"] = MoneyField(
            label=_("Valeur"), minimum=1, maximum=1_000_000, required=False, currency=self.currency
        )
        self.fields[f"{prefix}_days"] = IntegerField(
            label=_("Valable"), minimum=1, maximum=3650, required=False, unit=_("jours")
        )
        self.fields[f"{prefix}_list"] = forms.ChoiceField(
            label=_("Codes"),
            required=False,
            choices=[("", _("Créés par Ricochet")), *lists],
        )

    def cells(self) -> Iterator[dict[str, Any]]:
        """The fields of each cell, for the page."""
        for side, trigger, amount, prefix in CELLS:
            bound = {name: self[f"{prefix}_{name}"] for name in PARTS}
            chosen = bound["kind"].value()
            wrong = any(field.errors for field in bound.values())
            yield {
                "side": side.value,
                "trigger": trigger.value,
                "amount": self[amount] if amount else None,
                "open": bool(chosen) or wrong,
                **bound,
            }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for _side, _trigger, _amount_name, prefix in CELLS:
            kind = data.get(f"{prefix}_kind")
            if kind and not data.get(f"{prefix}_name"):
                self.add_error(
                    f"{prefix}_name", _("Donnez un nom au cadeau, par exemple Bougie Aube 190 g.")
                )
            if kind in _CODED and not data.get(f"{prefix}_value"):
                self.add_error(
                    f"{prefix}_value", _("Indiquez la valeur de ce code, par exemple 10,00.")
                )
        return data

    def draft(self) -> ProgrammeVersion:
        """The rules as typed, unsaved; what is not chosen (who, for what) counts for nothing."""
        data = self.cleaned_data
        values = {name: data.get(name) for name in PLAIN}
        values["qualifying"] = values["qualifying"] or Qualifying.ORDER
        values["leads_to"] = values["leads_to"] or LeadsTo.SHOP
        version = ProgrammeVersion(unit=self.wallet_unit, **values)
        version.drafted = []
        for side, trigger, amount, prefix in CELLS:
            counts = self._counts(side, trigger)
            if amount:
                setattr(version, amount, data.get(amount) or 0 if counts else 0)
            if counts and data.get(f"{prefix}_kind"):
                version.drafted.append(_rule(version, side, trigger, prefix, data))
        version.in_kind = bool(version.drafted)
        return version

    def _counts(self, side: Side, trigger: Trigger) -> bool:
        if trigger == Trigger.INVITATION:
            return self.cleaned_data.get("leads_to") == LeadsTo.COUPON
        who, what = self.cleaned_data.get("who"), self.cleaned_data.get("what")
        wanted = FACT if trigger == Trigger.QUALIFYING else ACCOUNT
        return who in ("", None, BOTH, side) and what in ("", None, BOTH, wanted)


_USUAL = {
    "who": BOTH,
    "what": BOTH,
    "qualifying": Qualifying.ORDER.value,
    "leads_to": LeadsTo.SHOP.value,
}


def initial_of(version: ProgrammeVersion, gifts: list[RewardRule]) -> dict[str, Any]:
    """What the form shows for rules in force."""
    initial: dict[str, Any] = {name: getattr(version, name) for name in PLAIN}
    given: set[tuple[str, str]] = {(rule.side, rule.trigger) for rule in gifts}
    for side, trigger, amount, prefix in CELLS:
        if amount:
            initial[amount] = getattr(version, amount)
            if initial[amount]:
                given.add((side.value, trigger.value))
        for rule in gifts:
            if (rule.side, rule.trigger) == (side.value, trigger.value):
                initial |= {
                    f"{prefix}_kind": rule.kind,
                    f"{prefix}_name": rule.name,
                    f"{prefix}_value": rule.value,
                    f"{prefix}_days": rule.valid_days,
                    f"{prefix}_list": str(rule.code_list_id or ""),
                }
    given = {pair for pair in given if pair[1] != Trigger.INVITATION}
    sides, facts = {pair[0] for pair in given}, {pair[1] for pair in given}
    initial["who"] = BOTH if len(sides) != 1 else sides.pop()
    initial["what"] = BOTH if len(facts) == 2 else ACCOUNT if Trigger.ACCOUNT in facts else FACT
    initial["unit"] = version.unit
    return initial


def _rule(
    version: ProgrammeVersion, side: Side, trigger: Trigger, prefix: str, data: dict[str, Any]
) -> RewardRule:
    return RewardRule(
        version=version,
        side=side,
        trigger=trigger,
        kind=data.get(f"{prefix}_kind") or AwardKind.CUSTOM,
        name=data.get(f"{prefix}_name") or "",
        value=data.get(f"{prefix}_value"),
        valid_days=data.get(f"{prefix}_days"),
        code_list_id=data.get(f"{prefix}_list") or None,
    )


def _amount_field(side: Side, unit: str) -> forms.Field:
    label = _("Pour le parrain") if side == Side.REFERRER else _("Pour le filleul")
    if unit == POINTS:
        return IntegerField(label=label, minimum=0, maximum=1_000_000, unit=_("points"))
    return MoneyField(label=label, minimum=0, maximum=50_000, currency=unit)


def _filled(data: Any) -> Any:
    """What was sent, with nought where an amount was left empty and with the usual choices where
    a tile was not sent: whoever chooses only one side has nothing to say about the other."""
    full = data.copy()
    for _side, _trigger, amount, _prefix in CELLS:
        if amount and not str(full.get(amount, "")).strip():
            full[amount] = "0"
    for name, usual in _USUAL.items():
        full.setdefault(name, usual)
    return full
