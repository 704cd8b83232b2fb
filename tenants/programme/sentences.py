"""Every decision and refusal in words, for who reads it: the merchant, the referrer, the referee.

A merchant reads names and dates; a referrer never learns what a referee bought or when
(`refused: already a customer` is all they are told).
"""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.money import Amount
from shell import formats
from tenants.programme import checkout_sentences, loyalty_sentences
from tenants.programme.decisions import Code
from tenants.programme.models import Decision
from tenants.programme.referral_sentences import (
    Audience,
    explain_referral,
    explain_reward,
    taken_back_by_hand,
)

__all__ = ["Audience", "explain", "explain_referral", "explain_reward", "taken_back_by_hand"]


def explain(decision: Decision, *, audience: Audience = "merchant") -> str:
    """One sentence on why this was granted, refused or taken back."""
    if decision.code == Code.REFUSED and decision.referral is not None:
        return explain_referral(decision.referral, audience=audience)
    return _WORDS[decision.code](decision)


def _amount(decision: Decision) -> str:
    return formats.amount(Amount(decision.amount, decision.unit))


def _who(decision: Decision) -> str:
    return decision.profile.name if decision.profile else ""


def _due(decision: Decision) -> str:
    due_at = decision.facts.get("due_at")
    return formats.day(datetime.fromisoformat(due_at)) if due_at else ""


def _promised(decision: Decision) -> str:
    version = decision.version
    days = version.pending_days if version else 0
    words = {
        "amount": _amount(decision),
        "who": _who(decision),
        "day": _due(decision),
        "days": days,
        "number": version.number if version else "",
    }
    if not days:
        text = _(
            "%(amount)s promis à %(who)s pour ce parrainage, disponibles aussitôt"
            " (règle n° %(number)s)."
        )
        return text % words
    text = ngettext(
        "%(amount)s promis à %(who)s pour ce parrainage, disponibles le %(day)s,"
        " après %(days)s jour de délai (règle n° %(number)s).",
        "%(amount)s promis à %(who)s pour ce parrainage, disponibles le %(day)s,"
        " après %(days)s jours de délai (règle n° %(number)s).",
        days,
    )
    return text % words


def _gift(decision: Decision, text: str) -> str:
    return text % {
        "name": decision.facts.get("name", ""),
        "who": _who(decision),
        "day": _due(decision),
    }


def _promised_gift(decision: Decision) -> str:
    if decision.facts.get("due_at"):
        return _("« %(name)s » promis à %(who)s, disponible le %(day)s.")
    return _("« %(name)s » promis à %(who)s : en attente.")


def _award_given(decision: Decision) -> str:
    words = {"name": decision.facts.get("name", ""), "who": _who(decision)}
    if decision.facts.get("origin") == "tier":
        words["threshold"] = formats.amount(Amount(decision.facts["threshold"], decision.unit))
        return _("« %(name)s » débloqué pour %(who)s : %(threshold)s gagnés en tout.") % words
    return _("« %(name)s » donné à %(who)s, à la main.") % words


def _reasoned(decision: Decision, words: str) -> str:
    reason = str(decision.facts.get("reason", ""))
    if not reason:
        return words
    return _("%(words)s Motif : %(reason)s") % {"words": words, "reason": reason}


_WORDS: dict[str, Callable[[Decision], str]] = {
    **loyalty_sentences.WORDS,
    **checkout_sentences.WORDS,
    Code.REWARD_PROMISED: _promised,
    Code.REWARD_UNCONFIRMED: lambda d: (
        _("%(amount)s promis à %(who)s : en attente, car seul le navigateur a annoncé la commande.")
        % {"amount": _amount(d), "who": _who(d)}
    ),
    Code.REWARD_HELD: lambda d: (
        _("%(amount)s pour %(who)s : en attente, car ce parrainage est à vérifier.")
        % {"amount": _amount(d), "who": _who(d)}
    ),
    Code.REFERRAL_KNOWN: lambda d: (
        _("Parrainage noté pour %(who)s : il comptera quand la séance aura eu lieu.")
        % {"who": _who(d)}
    ),
    Code.FACT_TOO_SMALL: lambda d: (
        _(
            "La commande n’atteint pas le minimum de %(minimum)s : le parrainage de %(who)s"
            " attend la suivante."
        )
        % {
            "minimum": formats.money(d.facts.get("minimum", 0), d.facts.get("currency", "EUR")),
            "who": _who(d),
        }
    ),
    Code.ORDER_CONFIRMED: lambda d: (
        _("Commande confirmée : %(amount)s pour %(who)s, disponibles le %(day)s.")
        % {"amount": _amount(d), "who": _who(d), "day": _due(d)}
    ),
    Code.REWARD_POSTED: lambda d: (
        (
            _("%(amount)s versés à %(who)s : le délai de retour est passé.")
            if d.version is None or d.version.pending_days
            else _("%(amount)s versés à %(who)s, sans délai.")
        )
        % {"amount": _amount(d), "who": _who(d)}
    ),
    Code.REWARD_REVERSED: lambda d: (
        (
            _("%(amount)s repris à %(who)s : la séance a été annulée.")
            if d.facts.get("cause") == "session"
            else _("%(amount)s repris à %(who)s : la commande a été remboursée.")
        )
        % {"amount": _amount(d), "who": _who(d)}
    ),
    Code.SUPERSEDED: lambda d: (
        _(
            "%(amount)s retirés à %(who)s : la boutique a confirmé une autre version"
            " de cette commande."
        )
        % {"amount": _amount(d), "who": _who(d)}
    ),
    Code.YEARLY_LIMIT: lambda d: (
        ngettext(
            "Pas de récompense pour %(who)s : la limite de %(limit)s filleul par an est atteinte.",
            "Pas de récompense pour %(who)s : la limite de %(limit)s filleuls par an est atteinte.",
            int(d.facts.get("limit") or 0),
        )
        % {"who": _who(d), "limit": d.facts.get("limit")}
    ),
    Code.ADDED_BY_HAND: lambda d: _("Parrainage ajouté à la main pour %(who)s.") % {"who": _who(d)},
    Code.REMOVED_BY_HAND: lambda _d: _("Parrainage retiré à la main."),
    Code.CLOSED_BY_HAND: lambda _d: _(
        "Parrainage clos à la main : ce qui attendait est annulé, ce qui était donné reste."
    ),
    Code.REOPENED_BY_HAND: lambda _d: _("Parrainage rouvert : il compte de nouveau."),
    Code.MERGED: lambda _d: _("Deux fiches de la même personne réunies."),
    Code.SUSPECTED: lambda _d: _("Mis de côté : ce parrainage est à vérifier."),
    Code.SUSPICION_CLEARED: lambda d: _reasoned(d, _("Accepté après vérification.")),
    Code.SUSPICION_REFUSED: lambda d: _reasoned(
        d, _("Refusé après vérification : ce qui attendait est annulé.")
    ),
    Code.SUSPICION_AGAIN: lambda _d: _(
        "Décision reprise : ce parrainage est de nouveau à vérifier."
    ),
    Code.ERASED: lambda _d: _("Données personnelles effacées, à la demande de la personne."),
    Code.PRIZE_CLAIMED: lambda d: (
        _("%(who)s a choisi un lot contre %(amount)s.") % {"who": _who(d), "amount": _amount(d)}
    ),
    Code.CLAIM_CANCELLED: lambda d: (
        _("Demande de lot annulée : %(amount)s rendus à %(who)s.")
        % {"who": _who(d), "amount": _amount(d)}
    ),
    Code.GIFT_PROMISED: lambda d: _gift(d, _promised_gift(d)),
    Code.GIFT_AVAILABLE: lambda d: _gift(d, _("« %(name)s » est à %(who)s : rien ne manque plus.")),
    Code.GIFT_CANCELLED: lambda d: _gift(d, _("« %(name)s » retiré à %(who)s.")),
    Code.AWARD_GIVEN: _award_given,
    Code.AWARD_CANCELLED: lambda d: (
        _("« %(name)s » retiré à %(who)s, à la main.")
        % {"name": d.facts.get("name", ""), "who": _who(d)}
    ),
    Code.ADJUSTED: lambda d: (
        _("Correction à la main pour %(who)s : %(amount)s. Motif : %(reason)s")
        % {
            "who": _who(d),
            "amount": formats.amount(Amount(d.amount, d.unit), signed=True),
            "reason": d.facts.get("reason", ""),
        }
    ),
}
