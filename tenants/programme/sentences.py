"""Every decision and refusal in words, for who reads it: the merchant, the referrer, the referee.

A merchant reads names and dates; a referrer never learns what a referee bought or when
(`refused: already a customer` is all they are told).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.money import Amount
from shell import formats
from tenants.activity.models import OrderState
from tenants.programme import checkout_sentences, loyalty_sentences
from tenants.programme.decisions import Code
from tenants.programme.models import Decision, Reward, Side
from tenants.referrals.models import Referral, ReferralState, Refusal

Audience = Literal["merchant", "referrer", "referee"]


def explain(decision: Decision, *, audience: Audience = "merchant") -> str:
    """One sentence on why this was granted, refused or taken back."""
    if decision.code == Code.REFUSED and decision.referral is not None:
        return explain_referral(decision.referral, audience=audience)
    return _WORDS[decision.code](decision)


def explain_referral(referral: Referral, *, audience: Audience = "merchant") -> str:
    """One sentence on where a referral stands, and why."""
    if referral.state == ReferralState.REFUSED:
        return _refusal(referral, audience)
    if referral.state == ReferralState.REVERSED:
        if taken_back_by_hand(referral):
            return _("Parrainage retiré à la main.")
        return _("Annulé : la commande a été remboursée.")
    rewards = [r for r in referral.rewards.all() if r.side == Side.REFERRER]
    if not rewards:
        return _("Parrainage reconnu, sans récompense pour le parrain.")
    return explain_reward(rewards[0])


def taken_back_by_hand(referral: Referral) -> bool:
    """Whether the merchant took this referral back, where no refund ended it."""
    ended = referral.state == ReferralState.REVERSED
    return ended and (referral.order is None or referral.order.state != OrderState.REFUNDED)


def explain_reward(reward: Reward) -> str:
    """One sentence on a reward: how much, and since or from when it can be spent."""
    amount = formats.amount(Amount(reward.amount - reward.reversed, reward.unit))
    if reward.posted_at is not None and reward.amount > reward.reversed:
        return _("%(amount)s disponibles depuis le %(day)s.") % {
            "amount": amount,
            "day": formats.day(reward.posted_at),
        }
    if reward.amount == reward.reversed:
        return _("Récompense annulée : la commande a été remboursée.")
    if reward.due_at is None:
        return _("%(amount)s en attente : la boutique doit encore confirmer la commande.") % {
            "amount": amount
        }
    return _("%(amount)s disponibles le %(day)s, une fois le délai de retour passé.") % {
        "amount": amount,
        "day": formats.day(reward.due_at),
    }


def _refusal(referral: Referral, audience: Audience) -> str:
    since = referral.facts.get("since")
    day = formats.day(datetime.fromisoformat(since)) if since else ""
    if audience != "merchant":
        return str(_GENTLE.get(referral.refusal, lambda: _("Ce parrainage ne compte pas."))())
    words: dict[str, Callable[[], str]] = {
        Refusal.UNKNOWN_CODE: lambda: (
            _("Refusé : aucun parrain n’a le code %(code)s.")
            % {"code": referral.facts.get("typed", referral.code_used)}
        ),
        Refusal.OWN_CODE: lambda: _("Refusé : c’est son propre code."),
        Refusal.SAME_PERSON: lambda: (
            _("Refusé : le lien a été ouvert depuis la page du parrain lui-même.")
            if referral.facts.get("by") == "cookie"
            else _("Refusé : parrain et filleul ont la même adresse e-mail, alias compris.")
        ),
        Refusal.ALREADY_BOUGHT: lambda: _already_bought(referral.referee.gender) % {"day": day},
        Refusal.ALREADY_HAS_ACCOUNT: lambda: (
            _("Refusé : avait déjà un compte sur la boutique depuis le %(day)s.") % {"day": day}
        ),
        Refusal.ALREADY_REFERRED: lambda: (
            (
                _("Refusé : déjà parrainée depuis le %(day)s.")
                if referral.referee.gender == "f"
                else _("Refusé : déjà parrainé depuis le %(day)s.")
            )
            % {"day": day}
        ),
        Refusal.PROGRAMME_OFF: lambda: _("Refusé : le parrainage était fermé ce jour-là."),
        Refusal.ORDER_TOO_SMALL: lambda: (
            _("Refusé : la commande n’atteint pas le minimum de %(minimum)s.")
            % {"minimum": formats.money(referral.facts.get("minimum", 0), _unit(referral))}
        ),
        Refusal.SUPERSEDED: lambda: _(
            "Remplacé : la boutique a confirmé une autre commande de cette personne."
        ),
    }
    return words[referral.refusal]()


def _already_bought(gender: str) -> str:
    if gender == "f":
        return _("Refusé : déjà cliente depuis le %(day)s.")
    if gender == "m":
        return _("Refusé : déjà client depuis le %(day)s.")
    return _("Refusé : déjà cliente ou client depuis le %(day)s.")


_GENTLE: dict[str, Callable[[], str]] = {
    Refusal.ALREADY_BOUGHT: lambda: _("Cette personne connaissait déjà la boutique."),
    Refusal.ALREADY_HAS_ACCOUNT: lambda: _("Cette personne connaissait déjà la boutique."),
    Refusal.ALREADY_REFERRED: lambda: _("Cette personne a déjà été invitée par quelqu’un d’autre."),
    Refusal.SAME_PERSON: lambda: _("On ne peut pas se parrainer soi-même."),
    Refusal.OWN_CODE: lambda: _("On ne peut pas se parrainer soi-même."),
    Refusal.ORDER_TOO_SMALL: lambda: _("La commande n’atteint pas le montant minimum."),
    Refusal.PROGRAMME_OFF: lambda: _("Le parrainage était fermé ce jour-là."),
}


def _unit(referral: Referral) -> str:
    return str(referral.facts.get("unit", "EUR"))


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


def _award_given(decision: Decision) -> str:
    words = {"name": decision.facts.get("name", ""), "who": _who(decision)}
    if decision.facts.get("origin") == "tier":
        words["threshold"] = formats.amount(Amount(decision.facts["threshold"], decision.unit))
        return _("« %(name)s » débloqué pour %(who)s : %(threshold)s gagnés en tout.") % words
    return _("« %(name)s » donné à %(who)s, à la main.") % words


_WORDS: dict[str, Callable[[Decision], str]] = {
    **loyalty_sentences.WORDS,
    **checkout_sentences.WORDS,
    Code.REWARD_PROMISED: _promised,
    Code.REWARD_UNCONFIRMED: lambda d: (
        _("%(amount)s promis à %(who)s : en attente, car seul le navigateur a annoncé la commande.")
        % {"amount": _amount(d), "who": _who(d)}
    ),
    Code.ORDER_CONFIRMED: lambda d: (
        _("Commande confirmée : %(amount)s pour %(who)s, disponibles le %(day)s.")
        % {"amount": _amount(d), "who": _who(d), "day": _due(d)}
    ),
    Code.REWARD_POSTED: lambda d: (
        (
            _("%(amount)s versés à %(who)s : le délai de retour est passé.")
            if d.version is None or d.version.pending_days
            else _("%(amount)s versés à %(who)s, sans délai.")
        )
        % {"amount": _amount(d), "who": _who(d)}
    ),
    Code.REWARD_REVERSED: lambda d: (
        _("%(amount)s repris à %(who)s : la commande a été remboursée.")
        % {"amount": _amount(d), "who": _who(d)}
    ),
    Code.SUPERSEDED: lambda d: (
        _(
            "%(amount)s retirés à %(who)s : la boutique a confirmé une autre version"
            " de cette commande."
        )
        % {"amount": _amount(d), "who": _who(d)}
    ),
    Code.YEARLY_LIMIT: lambda d: (
        _("Pas de récompense pour %(who)s : la limite de %(limit)s filleuls par an est atteinte.")
        % {"who": _who(d), "limit": d.facts.get("limit")}
    ),
    Code.ADDED_BY_HAND: lambda d: _("Parrainage ajouté à la main pour %(who)s.") % {"who": _who(d)},
    Code.REMOVED_BY_HAND: lambda _d: _("Parrainage retiré à la main."),
    Code.PRIZE_CLAIMED: lambda d: (
        _("%(who)s a choisi un lot contre %(amount)s.") % {"who": _who(d), "amount": _amount(d)}
    ),
    Code.CLAIM_CANCELLED: lambda d: (
        _("Demande de lot annulée : %(amount)s rendus à %(who)s.")
        % {"who": _who(d), "amount": _amount(d)}
    ),
    Code.AWARD_GIVEN: _award_given,
    Code.AWARD_CANCELLED: lambda d: (
        _("« %(name)s » retiré à %(who)s, à la main.")
        % {"name": d.facts.get("name", ""), "who": _who(d)}
    ),
    Code.ADJUSTED: lambda d: (
        _("Correction à la main pour %(who)s : %(amount)s. Motif : %(reason)s")
        % {
            "who": _who(d),
            "amount": formats.amount(Amount(d.amount, d.unit), signed=True),
            "reason": d.facts.get("reason", ""),
        }
    ),
}
