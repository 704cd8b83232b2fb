"""What each step of the set-up asks. Every field has a sane default: O1 counts them."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.money import CURRENCIES, POINTS, Amount
from shell import formats
from shell.fields import IntegerField, MoneyField, PercentField, TilesField
from shell.forms import HouseForm
from tenants.programme import trades
from tenants.programme.models import Qualifying
from tenants.programme.setting_up import Draft, planned_prizes

_MOST = 1_000_000


def wallet_field(*, unit: str, **options: Any) -> forms.Field:
    """An amount of the cagnotte: money where it counts in a currency, else whole points."""
    if unit == POINTS:
        return IntegerField(unit=_("points"), **options)
    return MoneyField(currency=unit, **options)


class GoalForm(HouseForm):
    """Three questions, and what the merchant is ready to spend (O2, SP-05)."""

    trade = forms.ChoiceField(
        label=_("Votre activité"),
        choices=[(key, trade.label) for key, trade in trades.TRADES.items()],
    )
    average_basket = MoneyField(label=_("Panier moyen"), minimum=100, maximum=10_000_000)
    margin = PercentField(
        label=_("Marge brute"),
        minimum=1,
        maximum=95,
        help_text=_("Ce qui vous reste d’une vente, une fois l’achat ou le temps payé."),
    )
    ready_to_spend = MoneyField(
        label=_("Prêt à dépenser pour un nouveau client"),
        minimum=1,
        maximum=10_000_000,
        required=False,
    )

    def values(self) -> dict[str, Any]:
        """As `setting_up.save_step` keeps them: the margin in hundredths of a percent."""
        data = dict(self.cleaned_data)
        data["margin"] = int(data["margin"] * 100)
        return data

    @staticmethod
    def start(plan: Draft) -> dict[str, Any]:
        """What the fields hold before anything is typed."""
        return {
            "trade": plan.trade.key,
            "average_basket": plan.basket,
            "margin": plan.margin / 100,
            "ready_to_spend": plan.ready_to_spend,
        }


class PurseForm(HouseForm):
    """What customers gather, and how it is called."""

    unit = TilesField(label=_("Vos clients cumulent"), options=[])
    name = forms.CharField(
        label=_("Son nom"),
        max_length=60,
        help_text=_("Vos clients le lisent sur leur page."),
        error_messages={"required": _("Donnez un nom, par exemple Ma cagnotte.")},
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = TilesField(
            label=_("Vos clients cumulent"),
            options=[
                (currency, _("De l’argent"), _("Un montant à dépenser chez vous.")),
                (POINTS, _("Des points"), _("Vous choisissez ce qu’ils permettent d’obtenir.")),
            ],
        )

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    @staticmethod
    def start(plan: Draft) -> dict[str, Any]:
        return {"unit": plan.unit, "name": plan.name}


class RewardsForm(HouseForm):
    """Who is rewarded, for what, with how much and when (SP-02, SP-13, SP-14)."""

    who = TilesField(
        label=_("Qui récompensez-vous\u202f?"),
        options=[
            ("both", _("Les deux"), _("Chacun a une raison d’en parler.")),
            ("referrer", _("Le parrain"), _("Celui qui vous recommande.")),
            ("referee", _("Le filleul"), _("Celui qui vous découvre.")),
        ],
    )
    qualifying = TilesField(
        label=_("Pour quoi\u202f?"),
        options=[
            (Qualifying.ORDER, _("Une première commande"), _("Une fois devenue définitive.")),
            (
                Qualifying.SESSION_VALIDATED,
                _("Une première séance"),
                _("Quand vous la marquez validée."),
            ),
        ],
    )
    pending_days = IntegerField(
        label=_("Disponible après"),
        minimum=0,
        maximum=365,
        unit=_("jours"),
        help_text=_("Votre délai de retour\u00a0: rien n’est versé sur un achat rendu."),
    )

    def __init__(self, *args: Any, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (
            ("referrer_amount", _("Pour le parrain")),
            ("referee_amount", _("Pour le filleul")),
        ):
            self.fields[name] = wallet_field(unit=unit, label=label, minimum=0, maximum=_MOST)
        # Money, also where cagnottes hold points: it is compared with an order.
        currency = unit if unit in CURRENCIES else "EUR"
        self.fields["minimum_order"] = MoneyField(
            label=_("Commande minimum"), currency=currency, minimum=0, maximum=_MOST, required=False
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        wanted = {
            "both": ("referrer_amount", "referee_amount"),
            "referrer": ("referrer_amount",),
            "referee": ("referee_amount",),
        }.get(data.get("who", ""), ())
        for name in wanted:
            if data.get(name) == 0:
                self.add_error(name, _("Indiquez un montant, ou choisissez de ne pas l’offrir."))
        return data

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["minimum_order"] = data.get("minimum_order") or 0
        return data

    @staticmethod
    def start(plan: Draft) -> dict[str, Any]:
        return {
            "who": plan.who,
            "qualifying": plan.qualifying,
            "referrer_amount": plan.referrer_amount,
            "referee_amount": plan.referee_amount,
            "pending_days": plan.pending_days,
            "minimum_order": plan.minimum_order,
        }


class PrizesForm(HouseForm):
    """The first prizes: which of them, what they are called and what they cost."""

    def __init__(self, *args: Any, plan: Draft, **kwargs: Any) -> None:
        self.plan = plan
        self.planned = planned_prizes(plan)
        super().__init__(*args, **kwargs)
        for prize in self.planned:
            want = f"want_{prize.key}"
            # What is not offered need not have a name or a cost.
            needed = not self.is_bound or bool(self.data.get(want))
            self.fields[want] = forms.BooleanField(
                label=_("Proposer ce lot"), required=False, initial=prize.wanted
            )
            self.fields[f"name_{prize.key}"] = forms.CharField(
                label=_("Nom du lot"),
                max_length=80,
                required=needed,
                initial=prize.name,
                error_messages={"required": _("Donnez un nom, par exemple Bougie Aube 190 g.")},
            )
            self.fields[f"cost_{prize.key}"] = wallet_field(
                unit=plan.unit,
                label=_("Coût"),
                minimum=1,
                maximum=_MOST,
                required=needed,
                initial=prize.cost,
            )

    def rows(self) -> list[dict[str, Any]]:
        """The fields of each prize, for the page."""
        return [
            {part: self[f"{part}_{prize.key}"] for part in ("want", "name", "cost")}
            for prize in self.planned
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        wanted = [prize.key for prize in self.planned if data.get(f"want_{prize.key}")]
        costs = {key: data[f"cost_{key}"] for key in wanted if data.get(f"cost_{key}")}
        first = self.plan.first_reward
        if first and costs and not self.errors and min(costs.values()) > first:
            cheapest = min(costs, key=lambda key: costs[key])
            self.add_error(
                f"cost_{cheapest}",
                _("Mettez ce lot à %(amount)s au plus : c’est ce que vaut un premier parrainage.")
                % {"amount": formats.amount(Amount(first, self.plan.unit))},
            )
        return data

    def values(self) -> dict[str, Any]:
        """Only what differs from our words is kept: the rest follows the trade and the rewards."""
        data, words = self.cleaned_data, {}
        bare = {prize.key: prize for prize in planned_prizes(replace(self.plan, prize_words={}))}
        for key, proposed in bare.items():
            typed = {"name": data.get(f"name_{key}"), "cost": data.get(f"cost_{key}")}
            own = {
                part: value
                for part, value in typed.items()
                if value and value != getattr(proposed, part)
            }
            if own:
                words[key] = own
        wanted = [prize.key for prize in self.planned if data[f"want_{prize.key}"]]
        return {"prizes": wanted, "prize_words": words}
