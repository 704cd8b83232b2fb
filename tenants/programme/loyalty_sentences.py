"""Every decision on earning, in words: what earned, how much, by which rule, or why not."""

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _

from kernel.money import CURRENCIES, POINTS, Amount
from shell import formats
from tenants.context import current_tenant
from tenants.loyalty.models import FactKind, LoyaltyVersion
from tenants.loyalty.recalculation.models import RunKind
from tenants.programme.decisions import Code
from tenants.programme.models import Decision


def ratio(version: LoyaltyVersion) -> str:
    """A ratio as people say it: `1 point par euro`, `1 point tous les 3,00 €`, `5 %`."""
    if version.unit != POINTS:
        return formats.percent(version.rate / version.per, decimals=2)
    currency = current_tenant().currency
    words = {
        "points": _points(version.rate),
        "money": formats.money(version.per, currency),
    }
    if version.per != 10 ** CURRENCIES[currency]:
        return _("%(points)s tous les %(money)s") % words
    if currency == "EUR":
        return _("%(points)s par euro") % words
    return _("%(points)s pour %(money)s") % words


def _points(rate: Decimal) -> str:
    """`0,5 point`, `1 point`, `2,5 points`: a fraction keeps its own decimals."""
    exponent = rate.normalize().as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    word = _("point") if rate < 2 else _("points")
    return f"{formats.number(rate, decimals=decimals)}{formats.NBSP}{word}"


def fact_name(kind: str, number: str, label: str) -> str:
    """What earned: `la commande n° 12`, `la facture n° F-12`, `la séance « Portrait »`."""
    if kind == FactKind.ORDER:
        return _("la commande n° %(number)s") % {"number": number}
    if kind == FactKind.INVOICE:
        return _("la facture n° %(number)s") % {"number": number}
    return _("la séance « %(name)s »") % {"name": label or number}


def _words(decision: Decision) -> dict[str, str]:
    facts = decision.facts
    return {
        "amount": formats.amount(Amount(decision.amount, decision.unit)) if decision.unit else "",
        "who": decision.profile.name if decision.profile else "",
        "what": fact_name(
            str(facts.get("fact", "")), str(facts.get("number", "")), str(facts.get("label", ""))
        ),
        "paid": formats.money(int(facts.get("cents", 0)), current_tenant().currency),
        "rule": str(facts.get("rule", "")),
    }


def _earned(decision: Decision) -> str:
    words = _words(decision)
    if decision.facts.get("fact") == FactKind.SESSION:
        return _("%(amount)s gagnés par %(who)s pour %(what)s (règle n° %(rule)s).") % words
    return (
        _("%(amount)s gagnés par %(who)s pour %(what)s, de %(paid)s (règle n° %(rule)s).") % words
    )


def _reversed(decision: Decision) -> str:
    words = _words(decision)
    if decision.facts.get("fact") == FactKind.SESSION:
        return _("%(amount)s repris à %(who)s : %(what)s a été annulée.") % words
    return _("%(amount)s repris à %(who)s : %(what)s a été remboursée.") % words


def _recalculated(decision: Decision) -> str:
    words = {
        "who": decision.profile.name if decision.profile else "",
        "amount": formats.amount(Amount(decision.amount, decision.unit), signed=True),
    }
    if decision.facts.get("kind") == RunKind.RESET:
        return _("Remise à zéro : %(amount)s pour %(who)s.") % words
    return _("Recalcul : %(amount)s pour %(who)s.") % words


WORDS: dict[str, Callable[[Decision], str]] = {
    Code.EARNED: _earned,
    Code.EARNED_NOTHING: lambda d: (
        _("Rien de gagné pour %(what)s : %(paid)s ne font pas une unité (règle n° %(rule)s).")
        % _words(d)
    ),
    Code.NOT_A_MEMBER: lambda d: (
        _("Rien de gagné pour %(what)s : %(who)s n’a pas rejoint le programme de fidélité.")
        % _words(d)
    ),
    Code.EARNING_REVERSED: _reversed,
    Code.RECALCULATED: _recalculated,
    Code.EARNING_RESTORED: lambda d: (
        _("%(amount)s rendus à %(who)s : %(what)s est de nouveau réglée.") % _words(d)
    ),
}
