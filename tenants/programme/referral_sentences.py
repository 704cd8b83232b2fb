"""Where a referral and its rewards stand, in words, for who reads it."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.money import Amount
from shell import formats
from tenants.activity.models import OrderState
from tenants.programme.models import Reward, Side, Trigger
from tenants.referrals.models import Referral, ReferralState, Refusal

Audience = Literal["merchant", "referrer", "referee"]


def explain_referral(referral: Referral, *, audience: Audience = "merchant") -> str:
    """One sentence on where a referral stands, and why."""
    if referral.state == ReferralState.REFUSED:
        return _refusal(referral, audience)
    if referral.state == ReferralState.REVERSED:
        return _reversal(referral)
    if referral.state == ReferralState.CLOSED:
        day = formats.day(referral.closed_at) if referral.closed_at else ""
        return _("Clos le %(day)s : il ne compte plus, ce qui était donné reste.") % {"day": day}
    if referral.state == ReferralState.HELD:
        if audience == "merchant":
            return _("À vérifier : ce qu’il rapporte attend votre décision.")
        return _("La boutique vérifie ce parrainage.")
    return _explain_counted(referral)


def _reversal(referral: Referral) -> str:
    if taken_back_by_hand(referral):
        return _("Parrainage retiré à la main.")
    if referral.session_id is not None:
        return _("Annulé : la séance n’a pas eu lieu.")
    return _("Annulé : la commande a été remboursée.")


def _explain_counted(referral: Referral) -> str:
    rewards = [r for r in referral.rewards.all() if r.side == Side.REFERRER]
    gifts = [name for side, name in referral.facts.get("gifts", []) if side == Side.REFERRER]
    parts = [explain_reward(reward) for reward in sorted(rewards, key=lambda r: r.granted_at)]
    if gifts:
        parts.append(_("En nature : %(gifts)s.") % {"gifts": formats.join(gifts)})
    if referral.awaits_fact:
        parts.append(_("La suite viendra avec sa première commande ou séance."))
        if len(parts) == 1:
            return _("Parrainage noté : il attend sa première commande ou séance.")
    return " ".join(parts) or _("Parrainage reconnu, sans récompense pour le parrain.")


def taken_back_by_hand(referral: Referral) -> bool:
    """Whether the merchant took this referral back, where no refund ended it."""
    if referral.state != ReferralState.REVERSED or referral.session_id is not None:
        return False
    return referral.order is None or referral.order.state != OrderState.REFUNDED


def explain_reward(reward: Reward) -> str:
    """One sentence on a reward: how much, and since or from when it can be spent."""
    amount = formats.amount(Amount(reward.amount - reward.reversed, reward.unit))
    if reward.amount == reward.reversed:
        if reward.order_id is None:
            return _("Récompense annulée.")
        return _("Récompense annulée : la commande a été remboursée.")
    day = reward.posted_at or reward.due_at
    words = {"amount": amount, "day": formats.day(day) if day else ""}
    return _standing(reward) % words


def _standing(reward: Reward) -> str:
    if reward.posted_at is not None:
        return _("%(amount)s disponibles depuis le %(day)s.")
    if reward.due_at is not None and reward.trigger == Trigger.ACCOUNT:
        return _("%(amount)s disponibles le %(day)s, pour l’ouverture de son compte.")
    if reward.due_at is not None:
        return _("%(amount)s disponibles le %(day)s, une fois le délai de retour passé.")
    if reward.referral.state == ReferralState.HELD:
        return _("%(amount)s en attente : le parrainage est à vérifier.")
    return _("%(amount)s en attente : la boutique doit encore confirmer la commande.")


def _refusal(referral: Referral, audience: Audience) -> str:
    since = referral.facts.get("since")
    day = formats.day(datetime.fromisoformat(since)) if since else ""
    if audience != "merchant":
        return str(_GENTLE.get(referral.refusal, lambda: _("Ce parrainage ne compte pas."))())
    words: dict[str, Callable[[], str]] = {
        Refusal.UNKNOWN_CODE: lambda: (
            _("Refusé : aucun parrain n’a le code %(code)s.")
            % {"code": referral.facts.get("typed", referral.code_used)}
        ),
        Refusal.OWN_CODE: lambda: _("Refusé : c’est son propre code."),
        Refusal.SAME_PERSON: lambda: (
            _("Refusé : le lien a été ouvert depuis la page du parrain lui-même.")
            if referral.facts.get("by") == "cookie"
            else _("Refusé : parrain et filleul ont la même adresse e-mail, alias compris.")
        ),
        Refusal.ALREADY_BOUGHT: lambda: _already_bought(referral.referee.gender) % {"day": day},
        Refusal.ALREADY_HAS_ACCOUNT: lambda: (
            _("Refusé : avait déjà un compte sur la boutique depuis le %(day)s.") % {"day": day}
        ),
        Refusal.ALREADY_REFERRED: lambda: (
            (
                _("Refusé : déjà parrainée depuis le %(day)s.")
                if referral.referee.gender == "f"
                else _("Refusé : déjà parrainé depuis le %(day)s.")
            )
            % {"day": day}
        ),
        Refusal.PROGRAMME_OFF: lambda: _("Refusé : le parrainage était fermé ce jour-là."),
        Refusal.ORDER_TOO_SMALL: lambda: (
            _("Refusé : la commande n’atteint pas le minimum de %(minimum)s.")
            % {"minimum": formats.money(referral.facts.get("minimum", 0), _unit(referral))}
        ),
        Refusal.CIRCLE: lambda: (
            _("Refusé : cette personne est déjà parmi ceux qui ont fait venir %(name)s.")
            % {"name": referral.referrer.name if referral.referrer else ""}
        ),
        Refusal.SUSPICIOUS: lambda: _("Refusé après vérification."),
        Refusal.SUPERSEDED: lambda: _(
            "Remplacé : la boutique a confirmé une autre commande de cette personne."
        ),
    }
    return words[referral.refusal]()


def _already_bought(gender: str) -> str:
    if gender == "f":
        return _("Refusé : déjà cliente depuis le %(day)s.")
    if gender == "m":
        return _("Refusé : déjà client depuis le %(day)s.")
    return _("Refusé : déjà cliente ou client depuis le %(day)s.")


_GENTLE: dict[str, Callable[[], str]] = {
    Refusal.ALREADY_BOUGHT: lambda: _("Cette personne connaissait déjà la boutique."),
    Refusal.ALREADY_HAS_ACCOUNT: lambda: _("Cette personne connaissait déjà la boutique."),
    Refusal.ALREADY_REFERRED: lambda: _("Cette personne a déjà été invitée par quelqu’un d’autre."),
    Refusal.SAME_PERSON: lambda: _("On ne peut pas se parrainer soi-même."),
    Refusal.OWN_CODE: lambda: _("On ne peut pas se parrainer soi-même."),
    Refusal.ORDER_TOO_SMALL: lambda: _("La commande n’atteint pas le montant minimum."),
    Refusal.CIRCLE: lambda: _("Cette personne connaissait déjà la boutique."),
    Refusal.PROGRAMME_OFF: lambda: _("Le parrainage était fermé ce jour-là."),
}


def _unit(referral: Referral) -> str:
    return str(referral.facts.get("unit", "EUR"))


STEPS = {
    "manual": gettext_lazy("À la main"),
    "code": gettext_lazy("Code saisi"),
    "cookie": gettext_lazy("Lien suivi (cookie)"),
    "signed": gettext_lazy("Lien signé"),
    "email": gettext_lazy("Adresse invitée"),
}


def ladder(referral: Referral) -> list[tuple[str, str, str]]:
    """The rungs of attribution in their order: (name, state, words).

    States: "won", "refused", "empty" (nothing was found there), "not_asked" (another had won).
    """
    looked = dict(referral.facts.get("rungs", []))
    if not looked:  # before rungs were kept
        looked = {str(referral.step): str(referral.refusal)}
    won = next((step for step, refusal in looked.items() if not refusal), None)
    names = list(STEPS)
    lines = []
    for place, (step, name) in enumerate(STEPS.items()):
        if step == won:
            words = _("A désigné le parrain.")
            if referral.code_used:
                words = _("A désigné le parrain : %(code)s.") % {"code": referral.code_used}
            lines.append((str(name), "won", words))
        elif step in looked:
            lines.append((str(name), "refused", _REFUSED_RUNG[looked[step]]()))
        elif won is not None and place > names.index(won):
            lines.append((str(name), "not_asked", _("Pas regardé : le parrain était connu.")))
        else:
            lines.append((str(name), "empty", _("Rien trouvé.")))
    return lines


_REFUSED_RUNG: dict[str, Callable[[], str]] = {
    Refusal.UNKNOWN_CODE: lambda: _("Aucun parrain n’a ce code."),
    Refusal.OWN_CODE: lambda: _("C’est son propre code."),
    Refusal.SAME_PERSON: lambda: _("Parrain et filleul sont la même personne."),
    Refusal.ALREADY_BOUGHT: lambda: _("Cette personne avait déjà acheté."),
    Refusal.ALREADY_HAS_ACCOUNT: lambda: _("Cette personne avait déjà un compte."),
    Refusal.ALREADY_REFERRED: lambda: _("Cette personne avait déjà un parrain."),
    Refusal.PROGRAMME_OFF: lambda: _("Le parrainage était fermé."),
    Refusal.ORDER_TOO_SMALL: lambda: _("La commande n’atteint pas le minimum."),
    Refusal.CIRCLE: lambda: _("Le filleul a lui-même fait venir ce parrain, de près ou de loin."),
    Refusal.SUSPICIOUS: lambda: _("Refusé après vérification."),
    Refusal.SUPERSEDED: lambda: _("Remplacé par une commande confirmée."),
}
