"""What waits for somebody, as cards: each with its count, a sentence and a link."""

from collections.abc import Callable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.money import Amount
from shell import formats
from tenants.programme import gifts, waiting
from tenants.programme.views import stuck_tasks
from tenants.programme.views.stuck_tasks import Task
from tenants.programme.waiting import Waiting
from tenants.rewards.code_lists import low

# A page of a higher floor.
WINNERS = "/operations/gagnants"


def tasks(*, now: datetime, unit: str) -> list[Task]:
    """The kinds of work that wait now, money and people first. `unit` is the cagnottes'."""
    return tasks_of(waiting.waiting(now=now), unit=unit)


def tasks_of(work: Waiting, *, unit: str) -> list[Task]:
    """The same of what was counted already."""
    usual = (make(work, unit) for make in _MAKERS)
    return [*stuck_tasks.tasks(work), *(task for task in usual if task is not None)]


def _reported(work: Waiting, unit: str) -> Task | None:
    if not work.reported or work.stuck.orders.unused:
        return None
    title = ngettext("%(n)s commande à confirmer", "%(n)s commandes à confirmer", work.reported)
    text = _("Seul le navigateur les a annoncées. %(amount)s attendent.") % {
        "amount": formats.amount(Amount(work.blocked, unit))
    }
    url = f"{reverse('programme:orders')}?vue=a-confirmer"
    return Task(
        title % {"n": formats.number(work.reported)}, text, "shield", "plum", url, _("Examiner")
    )


def _held(work: Waiting, unit: str) -> Task | None:
    if not work.held:
        return None
    title = ngettext("%(n)s parrainage à vérifier", "%(n)s parrainages à vérifier", work.held)
    text = _("%(amount)s sont bloqués jusqu’à votre décision.") % {
        "amount": formats.amount(Amount(work.held_amount, unit))
    }
    url = reverse("programme:verifications")
    return Task(
        title % {"n": formats.number(work.held)}, text, "shield", "plum", url, _("Vérifier")
    )


def _claims(work: Waiting, unit: str) -> Task | None:
    if not work.claims:
        return None
    title = ngettext("%(n)s lot à préparer", "%(n)s lots à préparer", work.claims)
    names = [claim.prize_name for claim in waiting.open_claims(limit=3)]
    text = formats.join(list(dict.fromkeys(names)))
    url = reverse("programme:claims")
    return Task(
        title % {"n": formats.number(work.claims)}, text, "gift", "mute", url, _("Préparer")
    )


def won(work: Waiting, unit: str = "") -> Task | None:
    """Prizes of operations that wait for their winners."""
    if not work.won:
        return None
    title = ngettext("%(n)s lot gagné à remettre", "%(n)s lots gagnés à remettre", work.won)
    text = _("Gagnés dans vos opérations. Chaque gagnant a reçu un code, à vérifier à la remise.")
    url = f"{WINNERS}?vue=a-remettre"
    return Task(title % {"n": formats.number(work.won)}, text, "gift", "lac", url, _("Remettre"))


def _refused(work: Waiting, unit: str) -> Task | None:
    if not work.refused:
        return None
    title = ngettext(
        "%(n)s commande refusée à l’entrée", "%(n)s commandes refusées à l’entrée", work.refused
    )
    text = _("Sur les 7 derniers jours : leurs données ne convenaient pas.")
    url = reverse("programme:refused")
    return Task(
        title % {"n": formats.number(work.refused)},
        text,
        "triangle",
        "warn",
        url,
        _("Voir pourquoi"),
    )


def _sold_out(work: Waiting, unit: str) -> Task | None:
    if not work.sold_out:
        return None
    title = ngettext("%(n)s lot épuisé", "%(n)s lots épuisés", work.sold_out)
    text = _("Encore proposé, mais plus rien en stock.")
    url = reverse("programme:prizes")
    return Task(
        title % {"n": formats.number(work.sold_out)},
        text,
        "box",
        "warn",
        url,
        _("Remettre en stock"),
    )


def _gifts(work: Waiting, unit: str) -> Task | None:
    if not work.gifts:
        return None
    title = ngettext("%(n)s cadeau à offrir", "%(n)s cadeaux à offrir", work.gifts)
    names = [item.profile.short_name for item in gifts.due_gifts(limit=3)]
    text = _("%(names)s vous ont amené assez de filleuls.") % {"names": formats.join(names)}
    if work.gifts == 1:
        text = _("%(names)s vous a amené assez de filleuls.") % {"names": names[0]}
    return Task(
        title % {"n": formats.number(work.gifts)},
        text,
        "gift",
        "lac",
        reverse("programme:gifts"),
        _("Offrir"),
    )


def _codes(work: Waiting, unit: str) -> Task | None:
    if not work.codes:
        return None
    title = ngettext(
        "%(n)s liste de codes bientôt épuisée",
        "%(n)s listes de codes bientôt épuisées",
        work.codes,
    )
    text = formats.join([row.name for row in low()[:3]])
    url = reverse("programme:codes")
    return Task(title % {"n": formats.number(work.codes)}, text, "tag", "warn", url, _("Importer"))


def _erasures(work: Waiting, unit: str) -> Task | None:
    if not work.erasures:
        return None
    title = ngettext(
        "%(n)s personne demande l’effacement de ses données",
        "%(n)s personnes demandent l’effacement de leurs données",
        work.erasures,
    )
    text = _("La loi donne un mois pour répondre.")
    url = f"{reverse('programme:todo')}#effacements"
    return Task(
        title % {"n": formats.number(work.erasures)}, text, "user", "warn", url, _("Répondre")
    )


def _dead(work: Waiting, unit: str) -> Task | None:
    if not work.dead:
        return None
    title = ngettext("%(n)s envoi en échec", "%(n)s envois en échec", work.dead)
    text = _("Toutes les tentatives ont échoué. Rien n’est perdu.")
    url = f"{reverse('programme:todo')}#envois"
    return Task(title % {"n": formats.number(work.dead)}, text, "mail", "bad", url, _("Réessayer"))


_MAKERS: tuple[Callable[[Waiting, str], Task | None], ...] = (
    _reported,
    _held,
    _claims,
    won,
    _refused,
    _sold_out,
    _gifts,
    _codes,
    _erasures,
    _dead,
)
