"""What the simulator of costs shows, in the set-up and on the page of the rules (SP-05)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kernel.money import POINTS, Amount
from shell import formats, parsing
from tenants.context import current_tenant
from tenants.programme import economics
from tenants.programme.economics import WHOLE, Assumptions, Estimate, Terms

_MOST = 100_000_000


@dataclass(frozen=True, slots=True)
class Slider:
    """One assumption to move; `words` is what it says now."""

    name: str
    label: str | Promise
    value: int
    least: int
    most: int
    words: str

    @property
    def id(self) -> str:
        return self.name.replace("_", "-")


_LABELS = {
    "sim_basket": gettext_lazy("Panier moyen"),
    "sim_margin": gettext_lazy("Marge brute"),
    "sim_used": gettext_lazy("Cagnottes réellement utilisées"),
}

SLIDERS = tuple(_LABELS)


def panel(*, terms: Terms, assumed: Assumptions, sliders: Sequence[str]) -> dict[str, Any]:
    """The cost, its named parts, the verdict, the sliders, and where the assumptions come from."""
    found = economics.estimate(terms=terms, assumptions=assumed)
    currency = current_tenant().currency
    used = _percent(assumed.used)
    return {
        "estimate": found,
        "currency": currency,
        "whole": max(found.margin, found.cost) or 1,
        "two_from": found.referrer,
        "gift_from": found.referrer + found.referee,
        "left_from": found.cost,
        "of_referrer": _granted(terms.referrer, terms.unit, used),
        "of_referee": _granted(terms.referee, terms.unit, used),
        "sliders": [_slider(name, assumed, currency) for name in sliders],
        "sources": _sources(assumed),
        "assumed": assumed,
        **_verdict(found, assumed, currency),
    }


def typed_assumptions(assumed: Assumptions, typed: Mapping[str, Any]) -> Assumptions:
    """What stands on the sliders. One that was not moved keeps the exact figure behind it."""
    basket = typed_amount(typed.get("sim_basket"), "EUR")
    if basket is not None and basket != _euros(assumed.basket) * 100:
        assumed = replace(assumed, basket=basket, basket_is_own=False, basket_is_said=True)
    for name, field in (("sim_margin", "margin"), ("sim_used", "used")):
        share = typed_share(typed.get(name))
        if share is not None and share != _hundredths(getattr(assumed, field)) * 100:
            moved: Any = {field: share}
            if field == "margin":
                moved["margin_is_said"] = True
            else:
                moved["used_is_own"] = False
            assumed = replace(assumed, **moved)
    return assumed


def _slider(name: str, assumed: Assumptions, currency: str) -> Slider:
    if name == "sim_basket":
        value = _euros(assumed.basket)
        words = formats.money(assumed.basket, currency)
        return Slider(name, _LABELS[name], value, 5, max(200, 3 * value), words)
    share = assumed.margin if name == "sim_margin" else assumed.used
    least, most = (5, 95) if name == "sim_margin" else (10, 100)
    return Slider(name, _LABELS[name], _hundredths(share), least, most, _percent(share))


def _granted(amount: int, unit: str, used: str) -> str:
    """`8,00 € × 72 %`; nothing where nothing is granted."""
    if not amount:
        return ""
    return f"{formats.amount(Amount(amount, unit))} × {used}"


def _sources(assumed: Assumptions) -> list[str]:
    """Where each assumption comes from, a sentence each."""
    if assumed.basket_is_own:
        basket = _("Panier : vos 90 derniers jours.")
    elif assumed.basket_is_said:
        basket = _("Panier : votre saisie.")
    else:
        basket = _("Panier : hypothèse, à ajuster.")
    margin = (
        _("Marge : votre saisie.") if assumed.margin_is_said else _("Marge : hypothèse, à ajuster.")
    )
    used = (
        _("Utilisation : vos deux dernières années.")
        if assumed.used_is_own
        else _("Utilisation : hypothèse, à ajuster.")
    )
    return [basket, margin, used]


def _euros(cents: int) -> int:
    return round(cents / 100)


def _hundredths(share: int) -> int:
    return round(share / 100)


def _percent(share: int) -> str:
    return formats.percent(share / WHOLE, decimals=0)


def typed_amount(text: str | None, unit: str) -> int | None:
    if not text:
        return None
    try:
        value = parsing.integer(text) if unit == POINTS else parsing.cents(text)
    except ValueError:
        return None
    return value if 0 <= value <= _MOST else None


def typed_share(text: str | None) -> int | None:
    if not text:
        return None
    try:
        value = int(parsing.percentage(text) * 100)
    except ValueError:
        return None
    return value if 0 <= value <= WHOLE else None


def _verdict(found: Estimate, assumed: Assumptions, currency: str) -> dict[str, Any]:
    """The figures in a sentence: first the budget, then when it pays."""
    if found.over_budget:
        words = _("%(amount)s de plus que ce que vous êtes prêt à dépenser.") % {
            "amount": formats.money(found.over_budget, currency)
        }
        return {"verdict": words, "verdict_tone": "warn"}
    if found.pays_at_once:
        return {"verdict": _("Rentable dès le premier achat."), "verdict_tone": "ok"}
    count = found.purchases_to_pay_back
    if count is None:
        return {"verdict": _("Sans marge, rien n’est jamais rentable."), "verdict_tone": "bad"}
    words = ngettext(
        "Rentable au %(n)s achat de ce client.", "Rentable au %(n)s achat de ce client.", count
    ) % {"n": formats.ordinal(count)}
    return {"verdict": words, "verdict_tone": "warn"}
