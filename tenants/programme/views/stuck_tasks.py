"""What waits for a state that may never come, and who fell silent: pointed out (O6, O7)."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.plans import SUBSCRIPTION
from shell import formats
from tenants import limits
from tenants.activity import connections as heard
from tenants.limits import Near
from tenants.programme import connections
from tenants.programme.waiting import Waiting

# A page of a higher floor.
SITE = "/reglages/site"


@dataclass(frozen=True, slots=True)
class Task:
    """One kind of work, as the home page and "À traiter" name it."""

    title: str
    text: str
    icon: str
    tone: str
    url: str
    link: str


def tasks(work: Waiting) -> list[Task]:
    """Silent connections first: what they do not bring is lost to everybody."""
    found = [_silent(work.silent)] if work.silent else []
    if work.astray:
        found.append(_astray(work.astray))
    found += [_limit(near) for near in limits.nearly_reached()]
    if work.stuck.orders.unused:
        found.append(_orders(work.reported))
    if work.stuck.sessions.count:
        found.append(_sessions(work.stuck.sessions.count, unused=work.stuck.sessions.unused))
    if work.stuck.invoices.count:
        found.append(_invoices(work.stuck.invoices.count, unused=work.stuck.invoices.unused))
    return found


def _limit(near: Near) -> Task:
    """What is near a limit of the plan, or at it: what goes on, and the way out."""
    counts = {"used": formats.number(near.used), "most": formats.number(near.most)}
    title = _("%(what)s : %(used)s sur %(most)s") % {"what": near.limit.label, **counts}
    if near.percent >= 100:
        text = _("Limite de votre formule atteinte. Ce qui vient de vos clients est gardé.")
    else:
        text = _("Vous approchez de la limite de votre formule.")
    tone = "bad" if near.percent >= 100 else "warn"
    return Task(title, text, "triangle", tone, SUBSCRIPTION, _("Voir les formules"))


def _silent(count: int) -> Task:
    title = ngettext("%(n)s connexion silencieuse", "%(n)s connexions silencieuses", count)
    gone = heard.silences()
    names = [row.label for row in connections.outside() if row.name in gone]
    text = _("%(names)s : plus rien depuis bien plus longtemps que d’habitude.") % {
        "names": formats.join(names)
    }
    url = reverse("programme:incoming")
    return Task(
        title % {"n": formats.number(count)}, text, "triangle", "bad", url, _("Voir quoi faire")
    )


def _astray(count: int) -> Task:
    title = _("L’adresse de votre boutique manque")
    text = ngettext(
        "%(n)s visite d’un lien de parrainage n’a mené à aucune boutique : la page donne le code,"
        " sans bouton pour venir.",
        "%(n)s visites de liens de parrainage n’ont mené à aucune boutique : la page donne le code,"
        " sans bouton pour venir.",
        count,
    )
    shown = {"n": formats.number(count)}
    return Task(title, text % shown, "link", "bad", SITE, _("Indiquer l’adresse"))


def _orders(count: int) -> Task:
    title = ngettext(
        "%(n)s commande attend un statut que vous n’utilisez pas",
        "%(n)s commandes attendent un statut que vous n’utilisez pas",
        count,
    )
    text = _(
        "Annoncées par le navigateur, elles ne comptent qu’une fois confirmées, et rien ne les"
        " confirme chez vous. Confirmez-les ici, ou envoyez vos commandes par l’API."
    )
    url = f"{reverse('programme:orders')}?vue=a-confirmer"
    return Task(
        title % {"n": formats.number(count)}, text, "triangle", "warn", url, _("Voir ces commandes")
    )


def _sessions(count: int, *, unused: bool) -> Task:
    if unused:
        title = ngettext(
            "%(n)s séance attend un statut que vous n’utilisez pas",
            "%(n)s séances attendent un statut que vous n’utilisez pas",
            count,
        )
        text = _(
            "Leur date est passée, et elles ne comptent qu’une fois validées. Validez-les, ou"
            " récompensez dès la réservation dans vos règles."
        )
    else:
        title = ngettext("%(n)s séance à valider", "%(n)s séances à valider", count)
        text = _("Leur date est passée : elles comptent une fois validées, ou sont à annuler.")
    url = f"{reverse('programme:sessions')}?vue=a-valider"
    return Task(
        title % {"n": formats.number(count)}, text, "calendar", "warn", url, _("Voir ces séances")
    )


def _invoices(count: int, *, unused: bool) -> Task:
    if unused:
        title = ngettext(
            "%(n)s facture attend un statut que vous n’utilisez pas",
            "%(n)s factures attendent un statut que vous n’utilisez pas",
            count,
        )
    else:
        title = ngettext("%(n)s facture à solder", "%(n)s factures à solder", count)
    text = ngettext(
        "Elle date de plus d’un mois et ne rapporte de points qu’une fois réglée.",
        "Elles datent de plus d’un mois et ne rapportent de points qu’une fois réglées.",
        count,
    )
    url = f"{reverse('programme:invoices')}?vue=a-regler"
    return Task(
        title % {"n": formats.number(count)}, text, "document", "warn", url, _("Voir ces factures")
    )
