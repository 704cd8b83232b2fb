"""Many claims at once: marked as sent or handed over, or printed as labels for the post (B7)."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import member_required
from accounts.models import Role
from billing.plans import Allowed
from kernel.ids import uuid7
from shell import formats
from tenants.features import feature_required
from tenants.programme import reward_jobs
from tenants.programme.reward_jobs import HAND, SEND
from tenants.programme.views.claims import ClaimsPage
from tenants.programme.views.common import author
from tenants.programme.views.jobs import job_url
from tenants.rewards import addresses
from tenants.rewards.models import Claim, ClaimState, PrizeKind

_ACTS = {"envoyer": SEND, "remettre": HAND}
_MOST_LABELS = 300


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Allowed.WALLET, owed=True)
def bulk(request: HttpRequest, act: str) -> HttpResponse:
    """Say how many of the selected it applies to; once confirmed, do it, or have it done."""
    if act not in _ACTS:
        raise Http404
    page = ClaimsPage(request)
    chosen = page.selected()
    fitting = _fitting(chosen, _ACTS[act])
    back = f"{reverse('programme:claims')}?{request.GET.urlencode()}"
    if request.POST.get("sure") != "1" or not fitting:
        return _ask(request, act=act, fits=len(fitting), total=chosen.count(), back=back)
    if len(fitting) > reward_jobs.AT_ONCE:
        job = reward_jobs.act_on_claims(
            act=_ACTS[act],
            ids=fitting,
            key=request.POST.get("key", "")[:60] or str(uuid7()),
            author_id=author(request),
            now=timezone.now(),
        )
        return redirect(job_url(job))
    count, failed = reward_jobs.do_claims(act=_ACTS[act], ids=fitting, now=timezone.now())
    messages.success(request, done_words(act=_ACTS[act], count=count))
    if failed:
        messages.error(request, failed_words(len(failed)))
    return redirect(back)


def done_words(*, act: str, count: int) -> str:
    """`12 lots marqués comme envoyés`."""
    one, many = (
        (_("%(n)s lot marqué comme envoyé"), _("%(n)s lots marqués comme envoyés"))
        if act == SEND
        else (_("%(n)s lot marqué comme remis"), _("%(n)s lots marqués comme remis"))
    )
    return (one if count < 2 else many) % {"n": formats.number(count)}


def failed_words(count: int) -> str:
    """How many somebody else had closed meanwhile."""
    return ngettext(
        "%(n)s demande était déjà close entre-temps : elle n’a pas changé.",
        "%(n)s demandes étaient déjà closes entre-temps : elles n’ont pas changé.",
        count,
    ) % {"n": formats.number(count)}


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Allowed.WALLET, owed=True)
def labels(request: HttpRequest) -> HttpResponse:
    """A sheet of labels to print: of those selected, else of all that wait for the post."""
    waits = Claim.objects.select_related("profile").filter(
        state=ClaimState.CLAIMED, kind=PrizeKind.POST
    )
    if request.method == "POST":
        chosen = ClaimsPage(request).selected().values("id")
        waits = waits.filter(id__in=chosen)
    rows = list(waits.order_by("claimed_at", "id")[: _MOST_LABELS + 1])
    context = {
        "labels": [(row, addresses.lines(row.address)) for row in rows[:_MOST_LABELS]],
        "more": len(rows) > _MOST_LABELS,
    }
    return render(request, "programme/labels.html", context)


def _fitting(rows: Any, act: str) -> list[uuid.UUID]:
    """Which of the selected this can be done to, the oldest first."""
    if act == SEND:
        rows = rows.filter(state=ClaimState.CLAIMED, kind=PrizeKind.POST)
    else:
        rows = rows.filter(state__in=(ClaimState.CLAIMED, ClaimState.SENT))
    ordered = rows.order_by("claimed_at", "id").values_list("id", flat=True)
    return list(ordered[: reward_jobs.MOST_CLAIMS])


def _ask(request: HttpRequest, *, act: str, fits: int, total: int, back: str) -> HttpResponse:
    title = _("Marquer comme envoyés ?") if act == "envoyer" else _("Marquer comme remis ?")
    text = _("Cela s’applique à %(n)s demandes sur %(total)s choisies.")
    if total == 1 or fits == 0:
        text = _("Cela s’applique à %(n)s demande sur %(total)s.")
    context = {
        "question": title,
        "text": text % {"n": formats.number(fits), "total": formats.number(total)},
        "more": _("Les clients concernés sont prévenus par e-mail.") if act == "envoyer" else "",
        "act": _("Marquer envoyés") if act == "envoyer" else _("Marquer remis"),
        "fits": fits,
        "selected": request.POST.getlist("selected")[:1000],
        "every": request.POST.get("every", ""),
        "key": uuid7(),
        "back": back,
    }
    return render(request, "programme/bulk_confirm.html", context)
