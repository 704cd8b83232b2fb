"""What became of an order, in one sentence for the merchant (SP-23, O5)."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from shell import formats
from tenants.activity.models import Order, OrderState, Refusal
from tenants.programme.sentences import explain_referral
from tenants.referrals.models import OPEN_STATES, Referral, ReferralState


def outcome_of(order: Order) -> str:
    """One sentence on what this order earned, and to whom; or why nothing."""
    referral = referral_of(order.referrals.all())
    if referral is not None:
        words = explain_referral(referral)
        if referral.referrer is None or referral.state == ReferralState.REFUSED:
            return words
        name = referral.referrer.name
        sentence = _("Parrainage de %(name)s. %(words)s") % {"name": name, "words": words}
        return formats.elided(sentence, name)
    if order.state == OrderState.REPORTED:
        return _("Annoncée par le navigateur, sans code ni lien de parrainage.")
    return _("Sans parrainage.")


def referral_of(rows: Iterable[Referral]) -> Referral | None:
    """The referral of an order that counts, else the latest of the others."""
    latest = sorted(rows, key=lambda row: (row.created_at, row.id))
    kept = [r for r in latest if r.state in OPEN_STATES]
    return next(reversed(kept or latest), None)


def refusal_text(refusal: Refusal) -> str:
    """Why an order was refused at the door, and what to mend."""
    words = {
        "wrong_currency": _(
            "Sa devise n’est pas celle de votre programme. Envoyez le montant converti."
        ),
        "date_in_future": _("Sa date est dans le futur. Vérifiez l’horloge de votre boutique."),
        "order_already_received": _(
            "Le même numéro a déjà été reçu avec un autre montant ou un autre client."
        ),
        "invalid_order": _("Le numéro ou le montant manque, ou ne convient pas."),
        "customer_without_identity": _("Aucun client : ni e-mail, ni identifiant."),
        "invalid_email": _("L’adresse e-mail du client est incomplète."),
        "refund_too_large": _("Le remboursement dépasse le montant payé."),
        "unknown_order": _("Un remboursement parle d’une commande jamais reçue."),
        "order_not_confirmed": _("Un remboursement est arrivé avant la confirmation."),
        "too_many_reports": _(
            "Trop d’envois en une minute depuis une même connexion : vérifiez que le script ne"
            " signale qu’une fois chaque commande."
        ),
        "unsafe_name": _("Le nom du client contient une adresse web."),
    }
    text = words.get(refusal.code) or _("Les données envoyées ne conviennent pas.")
    if not refusal.param:
        return text
    return _("%(text)s Champ : %(param)s.") % {"text": text, "param": refusal.param}
