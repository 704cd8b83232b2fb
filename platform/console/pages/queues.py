"""What has not left, work in progress, and emails in numbers: all merchants at once."""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from console.forms import ReasonForm
from console.pages.common import operator, page, pointed, refuse
from console.selectors import queues as selectors
from console.selectors.health import living
from console.services import queues as services
from console.words import label
from kernel.errors import RicochetError
from kernel.jobs.models import JobState
from kernel.outbox.models import EventState
from shell import formats
from tenants.models import Tenant

PLATFORM = "plateforme"
_DAYS = 30
JOB_WORDS = {
    JobState.QUEUED: gettext_lazy("En file"),
    JobState.RUNNING: gettext_lazy("En cours"),
    JobState.DONE: gettext_lazy("Fini"),
    JobState.FAILED: gettext_lazy("En échec"),
    JobState.CANCELLED: gettext_lazy("Annulé"),
}
_TONES = {JobState.RUNNING: "info", JobState.DONE: "success", JobState.FAILED: "danger"}


def _chosen(request: HttpRequest) -> tuple[str, list[Tenant]]:
    """The merchants that the page is about: the one in the address, or all; 404 for no one."""
    wanted = request.GET.get("commercant", "")
    tenants = living()
    if not wanted or wanted == PLATFORM:
        return wanted, [] if wanted else tenants
    found = [tenant for tenant in tenants if tenant.slug == wanted]
    if not found:
        raise Http404
    return wanted, found


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """Dead events, or those that are due and wait."""
    return _show_events(request, form=ReasonForm())


def _show_events(request: HttpRequest, *, form: ReasonForm, status: int = 200) -> HttpResponse:
    """The page; `form` makes all dead events of the one who is chosen due again."""
    wanted, tenants = _chosen(request)
    waiting = request.GET.get("etat") == "attente"
    state, now = EventState.PENDING if waiting else EventState.DEAD, timezone.now()
    rows = selectors.events(tenants=tenants, state=state, now=now)
    if wanted in ("", PLATFORM):
        rows = selectors.own_events(state=state, now=now) + rows
    return page(
        request,
        "events",
        title=_("Envois"),
        status=status,
        form=form,
        tenant_field=PLATFORM if wanted == PLATFORM else str(tenants[0].id) if wanted else "",
        rows=rows[: selectors.MOST],
        waiting=waiting,
        wanted=wanted,
        choices=living(),
        platform=PLATFORM,
        most=selectors.MOST,
    )


@require_POST
def retry_events(request: HttpRequest) -> HttpResponse:
    """Another try for one dead event, or, with a reason, for all of one merchant."""
    tenant_id, event_id = _uuid(request, "tenant"), _uuid(request, "event")
    back = HttpResponseRedirect(reverse("admin:events"))
    if tenant_id is None and request.POST.get("tenant") != PLATFORM:
        raise Http404
    if event_id is None and request.POST.get("event"):
        raise Http404  # what is no id must not mean all of them
    form = ReasonForm(request.POST)
    if event_id is None and not form.is_valid():
        pointed(request, form)
        return _show_events(request, form=form, status=422)
    try:
        count = services.retry_events(
            tenant_id=tenant_id,
            ids=[event_id] if event_id else None,
            operator=operator(request),
            reason="" if event_id else form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except RicochetError as error:
        refuse(request, error)
        return back
    if count:
        text = ngettext("%(n)s envoi est relancé.", "%(n)s envois sont relancés.", count)
        messages.success(request, text % {"n": formats.number(count)})
    else:
        messages.info(request, _("Rien à relancer : ces envois ne sont plus morts."))
    return back


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """Jobs that are open or failed; all of them on demand."""
    wanted, tenants = _chosen(request)
    everything = request.GET.get("etat") == "tous"
    states = list(JobState) if everything else [JobState.QUEUED, JobState.RUNNING, JobState.FAILED]
    return page(
        request,
        "jobs",
        title=_("Travaux"),
        rows=[
            (row, label(JOB_WORDS[JobState(row.state)], _TONES.get(JobState(row.state), "")))
            for row in selectors.jobs(tenants=tenants, states=states)
        ],
        everything=everything,
        wanted=wanted,
        choices=living(),
        most=selectors.MOST,
    )


@require_POST
def retry_job(request: HttpRequest) -> HttpResponse:
    """Let a failed job go on."""
    tenant_id, job_id = _uuid(request, "tenant"), _uuid(request, "job")
    if tenant_id is None or job_id is None:
        raise Http404
    try:
        gone_on = services.retry_job(
            tenant_id=tenant_id, job_id=job_id, operator=operator(request), now=timezone.now()
        )
    except RicochetError as error:
        refuse(request, error)
    else:
        if gone_on:
            messages.success(request, _("Le travail reprend là où il s’était arrêté."))
        else:
            messages.info(request, _("Ce travail n’est pas en échec : rien n’a été changé."))
    return HttpResponseRedirect(reverse("admin:jobs"))


@require_safe
def emails(request: HttpRequest) -> HttpResponse:
    """Emails of the last thirty days, in numbers."""
    since = timezone.now() - timedelta(days=_DAYS)
    return page(
        request,
        "emails",
        title=_("E-mails"),
        rows=selectors.emails(tenants=living(), since=since),
        days=_DAYS,
    )


def _uuid(request: HttpRequest, name: str) -> uuid.UUID | None:
    """The id that a form's field holds; None for none, or for what is no id."""
    try:
        return uuid.UUID(request.POST.get(name, ""))
    except ValueError:
        return None
