"""How a subscription stands, said in words: the amount and the date first."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from billing.allowing import judge
from billing.models import Account, AccountState
from billing.plans import INTERVALS, Interval, Plan, plan_named
from shell import formats

# What stands in addresses.
SLUGS: dict[Interval, str] = {"month": "mensuel", "year": "annuel"}


@dataclass(frozen=True, slots=True)
class Standing:
    """A state of `shell.states`, its word, and one sentence."""

    look: str
    label: str
    sentence: str


def standing(account: Account, *, now: datetime) -> Standing:
    """How the account stands at this moment."""
    if judge(account=account, grants=[], now=now).frozen:
        return _frozen(account)
    match account.state:
        case AccountState.TRIALING:
            return Standing("test", _("À l’essai"), _trial(account))
        case AccountState.PAST_DUE:
            words = _(
                "Le paiement du %(failed)s a échoué. Sans paiement avant le %(ends)s, vous pourrez"
                " tout lire mais plus rien commencer."
            ) % {"failed": day(account.past_due_since), "ends": day(account.grace_ends_at)}
            return Standing("to_fix", _("Paiement en attente"), words)
        case AccountState.ACTIVE:
            return Standing("active", _("Actif"), _active(account))
    if plan_named(account.plan).sold:
        return Standing("active", _("Offert"), _("Cette formule vous est offerte par Ricochet."))
    words = _("Ce qu’une marque vous partage est offert. Abonnez-vous pour mener vos opérations.")
    return Standing("active", _("Offert"), words)


def _frozen(account: Account) -> Standing:
    if account.state == AccountState.CANCELED:
        words = _("L’abonnement s’est arrêté le %(day)s.") % {"day": day(account.period_ends_at)}
        return Standing("closed", _("Résilié"), f"{words} {_kept()}")
    if account.state == AccountState.TRIALING:
        words = _("L’essai s’est terminé le %(day)s.") % {"day": day(account.trial_ends_at)}
        return Standing("paused", _("Gelé"), f"{words} {_kept()}")
    words = _("Une facture reste impayée depuis le %(day)s.") % {"day": day(account.past_due_since)}
    return Standing("paused", _("Gelé"), f"{words} {_kept()}")


def _kept() -> str:
    return _("Tout est conservé et lisible ; vos clients gardent leur cagnotte et leur espace.")


def _trial(account: Account) -> str:
    if not account.stripe_subscription_id:
        return _(
            "Essai gratuit jusqu’au %(day)s, sans carte. Choisissez une formule d’ici là pour"
            " continuer sans interruption."
        ) % {"day": day(account.trial_ends_at)}
    if account.cancel_at:
        return _ends(account)
    return _("Essai jusqu’au %(day)s. Premier paiement ce jour-là : %(price)s.") % {
        "day": day(account.trial_ends_at),
        "price": price(plan_named(account.plan), account.interval),
    }


def _active(account: Account) -> str:
    if account.cancel_at:
        return _ends(account)
    if account.next_plan:
        following = plan_named(account.next_plan)
        return _(
            "Vous passez à la formule %(plan)s le %(day)s, à %(price)s. D’ici là, rien ne change."
        ) % {
            "plan": following.name,
            "day": day(account.period_ends_at),
            "price": price(following, account.next_interval),
        }
    pays = price(plan_named(account.plan), account.interval)
    if not pays:
        return _("Prochain paiement le %(day)s.") % {"day": day(account.period_ends_at)}
    return _("Prochain paiement le %(day)s : %(price)s.") % {
        "day": day(account.period_ends_at),
        "price": pays,
    }


def _ends(account: Account) -> str:
    return _("L’abonnement s’arrête le %(day)s. Jusque-là, tout reste utilisable.") % {
        "day": day(account.cancel_at)
    }


def price(plan: Plan, interval: str) -> str:
    """`79,00 € HT par mois`."""
    if interval not in INTERVALS:
        return ""
    amount = formats.money(plan.price(interval), "EUR")
    words = _("%(amount)s HT par mois") if interval == "month" else _("%(amount)s HT par an")
    return words % {"amount": amount}


def day(moment: datetime | None) -> str:
    """A day, as text."""
    return formats.day(moment) if moment else "–"
