"""Everything that waits for somebody, each with what to do about it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.money import Amount
from kernel.outbox.services import retry_dead
from shell import formats
from tenants.features import Feature, is_on
from tenants.programme import erasing, gifts, verifications, waiting
from tenants.programme.views.common import can_change
from tenants.programme.views.personal import may_erase
from tenants.rewards.code_lists import low

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Task:
    """One kind of work, as the home page and "À traiter" name it."""

    title: str
    text: str
    icon: str
    tone: str
    url: str
    link: str


def tasks(*, now: datetime, unit: str) -> list[Task]:
    """The kinds of work that wait now, money and people first. `unit` is the cagnottes'."""
    work = waiting.waiting(now=now)
    found = []
    if work.reported:
        title = ngettext("%(n)s commande à confirmer", "%(n)s commandes à confirmer", work.reported)
        text = _("Seul le navigateur les a annoncées. %(amount)s attendent.") % {
            "amount": formats.amount(Amount(work.blocked, unit))
        }
        url = f"{reverse('programme:orders')}?vue=a-confirmer"
        found.append(Task(title % {"n": work.reported}, text, "shield", "plum", url, _("Examiner")))
    if work.held:
        title = ngettext("%(n)s parrainage à vérifier", "%(n)s parrainages à vérifier", work.held)
        text = _("%(amount)s sont bloqués jusqu’à votre décision.") % {
            "amount": formats.amount(Amount(work.held_amount, unit))
        }
        url = reverse("programme:verifications")
        found.append(Task(title % {"n": work.held}, text, "shield", "plum", url, _("Vérifier")))
    if work.claims:
        title = ngettext("%(n)s lot à préparer", "%(n)s lots à préparer", work.claims)
        names = [claim.prize_name for claim in waiting.open_claims(limit=3)]
        text = formats.join(list(dict.fromkeys(names)))
        found.append(
            Task(
                title % {"n": work.claims}, text, "gift", "mute",
                reverse("programme:claims"), _("Préparer"),
            )
        )  # fmt: skip
    if work.refused:
        title = ngettext(
            "%(n)s commande refusée à l’entrée", "%(n)s commandes refusées à l’entrée", work.refused
        )
        text = _("Sur les 7 derniers jours : leurs données ne convenaient pas.")
        found.append(
            Task(
                title % {"n": work.refused}, text, "triangle", "warn",
                reverse("programme:refused"), _("Voir pourquoi"),
            )
        )  # fmt: skip
    if work.sold_out:
        title = ngettext("%(n)s lot épuisé", "%(n)s lots épuisés", work.sold_out)
        text = _("Encore proposé, mais plus rien en stock.")
        found.append(
            Task(
                title % {"n": work.sold_out}, text, "box", "warn",
                reverse("programme:prizes"), _("Remettre en stock"),
            )
        )  # fmt: skip
    if work.gifts:
        title = ngettext("%(n)s cadeau à offrir", "%(n)s cadeaux à offrir", work.gifts)
        names = [item.profile.short_name for item in gifts.due_gifts(limit=3)]
        text = _("%(names)s vous ont amené assez de filleuls.") % {"names": formats.join(names)}
        if work.gifts == 1:
            text = _("%(names)s vous a amené assez de filleuls.") % {"names": names[0]}
        url = reverse("programme:gifts")
        found.append(Task(title % {"n": work.gifts}, text, "gift", "lac", url, _("Offrir")))
    if work.codes:
        title = ngettext(
            "%(n)s liste de codes bientôt épuisée",
            "%(n)s listes de codes bientôt épuisées",
            work.codes,
        )
        text = formats.join([row.name for row in low()[:3]])
        url = reverse("programme:codes")
        found.append(Task(title % {"n": work.codes}, text, "tag", "warn", url, _("Importer")))
    if work.erasures:
        title = ngettext(
            "%(n)s personne demande l’effacement de ses données",
            "%(n)s personnes demandent l’effacement de leurs données",
            work.erasures,
        )
        text = _("La loi donne un mois pour répondre.")
        url = f"{reverse('programme:todo')}#effacements"
        found.append(Task(title % {"n": work.erasures}, text, "user", "warn", url, _("Répondre")))
    if work.dead:
        title = ngettext("%(n)s envoi en échec", "%(n)s envois en échec", work.dead)
        text = _("Tous les essais ont échoué. Rien n’est perdu.")
        url = f"{reverse('programme:todo')}#envois"
        found.append(Task(title % {"n": work.dead}, text, "mail", "bad", url, _("Réessayer")))
    return found


@require_safe
@member_required()
def todo(request: HttpRequest) -> HttpResponse:
    """The page: the rows themselves, with their buttons."""
    now, referral = timezone.now(), is_on(Feature.REFERRAL)
    context = {
        "work": waiting.waiting(now=now),
        "claims": waiting.open_claims(limit=_SHOWN),
        "held": verifications.waiting(limit=_SHOWN) if referral else [],
        "orders": waiting.reported_orders(limit=_SHOWN),
        "refusals": waiting.recent_refusals(now=now).order_by("-received_at")[:_SHOWN],
        "sold_out": waiting.sold_out(),
        "dead": waiting.dead_events(limit=_SHOWN),
        "due_gifts": gifts.due_gifts(limit=_SHOWN) if referral else [],
        "low_codes": low(),
        "erasures": erasing.asked()[:_SHOWN],
        "may_erase": may_erase(request),
        "can_change": can_change(request),
    }
    return render(request, "programme/todo.html", context)


@require_POST
@member_required(role=Role.MANAGER)
def retry(request: HttpRequest) -> HttpResponse:
    """Send again what failed every time."""
    count = retry_dead(now=timezone.now())
    words = ngettext("%(n)s envoi repart", "%(n)s envois repartent", count) % {"n": count}
    messages.success(request, words)
    return redirect("programme:todo")
