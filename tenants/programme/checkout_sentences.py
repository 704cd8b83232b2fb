"""Every decision on points used at checkout, in words."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.money import Amount
from shell import formats
from tenants.context import current_tenant
from tenants.programme.conduct.reasons import Refusal
from tenants.programme.decisions import Code
from tenants.programme.models import Decision

_WHY = {
    Refusal.UNKNOWN: gettext_lazy("aucun panier de ce nom n’en retenait"),
    Refusal.ANOTHER_CUSTOMER: gettext_lazy("ils étaient retenus pour un autre client"),
    Refusal.RELEASED: gettext_lazy("ils avaient été rendus, le panier étant oublié ou annulé"),
    Refusal.USED_ELSEWHERE: gettext_lazy("ils ont servi à une autre commande"),
    Refusal.ALREADY: gettext_lazy("elle en a déjà utilisé d’autres"),
    Refusal.REFUNDED: gettext_lazy("elle a été remboursée"),
    Refusal.TEST: gettext_lazy("c’est un essai"),
}


def why(reason: str) -> str:
    """Why an order did not use the points that it named."""
    return str(_WHY.get(reason, ""))


def _words(decision: Decision) -> dict[str, str]:
    facts = decision.facts
    return {
        "amount": formats.amount(Amount(decision.amount, decision.unit)) if decision.unit else "",
        "who": decision.profile.name if decision.profile else "",
        "number": str(facts.get("number", "")),
        "saved": formats.money(int(facts.get("cents", 0)), current_tenant().currency),
        "why": why(str(facts.get("reason", ""))),
    }


WORDS: dict[str, Callable[[Decision], str]] = {
    Code.POINTS_USED: lambda d: (
        _("%(who)s a utilisé %(amount)s sur la commande n° %(number)s : %(saved)s de remise.")
        % _words(d)
    ),
    Code.POINTS_REFUSED: lambda d: (
        _("La commande n° %(number)s n’a utilisé aucun point : %(why)s.") % _words(d)
    ),
    Code.POINTS_RETURNED: lambda d: (
        _("%(amount)s rendus à %(who)s : la commande n° %(number)s a été remboursée.") % _words(d)
    ),
}
