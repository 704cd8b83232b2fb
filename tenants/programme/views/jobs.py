"""The page of one long work: how far it is, its end, and what can be done about it (B9)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import member_required
from accounts.models import Role
from kernel.jobs import services
from kernel.jobs.models import Job, JobState
from shell import formats
from tenants.programme.job_page import failure
from tenants.programme.job_pages import page_of
from tenants.programme.views.common import can_change, number_or_404

# What the first seconds promise is guesswork.
_SURE_AFTER = timedelta(seconds=4)


@require_safe
@member_required()
def job(request: HttpRequest, job: str) -> HttpResponse:
    """One long work, asked again every two seconds while it runs."""
    return _show(request, "programme/job.html", job)


@require_safe
@member_required()
def job_part(request: HttpRequest, job: str) -> HttpResponse:
    """The part of the page that changes, for htmx."""
    return _show(request, "programme/job_part.html", job)


@require_POST
@member_required(role=Role.MANAGER)
def cancel_job(request: HttpRequest, job: str) -> HttpResponse:
    """Stop after the step that runs now."""
    return _act(services.cancel, job)


@require_POST
@member_required(role=Role.MANAGER)
def retry_job(request: HttpRequest, job: str) -> HttpResponse:
    """Take a failed job up where it stopped."""
    return _act(services.retry, job)


def job_url(job: Job) -> str:
    """The address of a job's page."""
    return reverse("programme:job", args=[job.public_id])


def _act(act: Callable[..., Job], public_id: str) -> HttpResponse:
    job = _job_or_404(public_id)
    act(job_id=job.id, now=timezone.now())
    return redirect(job_url(job))


def _job_or_404(public_id: str) -> Job:
    number = number_or_404("job", public_id)
    try:
        return services.get(job_id=number)
    except services.UnknownJobError:
        raise Http404 from None


def _show(request: HttpRequest, template: str, public_id: str) -> HttpResponse:
    found = _job_or_404(public_id)
    page = page_of(found)
    if page.lands is not None and found.state == JobState.DONE:
        target = page.lands(found)
        asked_by_htmx = request.headers.get("HX-Request") == "true"
        return HttpResponseClientRedirect(target) if asked_by_htmx else redirect(target)
    back, back_label = page.back(found)
    context: dict[str, Any] = {
        "job": found,
        "title": page.title_of(found),
        "back": back,
        "back_label": back_label,
        "look": _LOOKS.get(JobState(found.state), ""),
        "sentence": _sentence(found, now=timezone.now()),
        "links": () if found.is_open else page.links(found),
        "can_cancel": page.can_cancel and found.is_open and can_change(request),
        "can_retry": found.state == JobState.FAILED and can_change(request),
        "can_change": can_change(request),
    }
    response = render(request, template, context)
    response.headers["Cache-Control"] = "no-store"
    return response


_LOOKS = {JobState.DONE: "done", JobState.FAILED: "failed", JobState.CANCELLED: "cancelled"}


def _sentence(job: Job, *, now: datetime) -> str:
    """Where the job stands, in one sentence or two."""
    page = page_of(job)
    if job.state == JobState.DONE:
        return page.done(job)
    if job.state == JobState.FAILED:
        return failure(job)
    if job.state == JobState.CANCELLED:
        stopped = page.stopped(job) if page.stopped else page.going(job)
        return _("Arrêté à votre demande. %(done)s") % {"done": stopped}
    if job.started_at is None:
        return _("En attente de son tour. Vous pouvez quitter cette page.")
    parts = [f"{page.going(job)}.", _left(job, now), _("Vous pouvez quitter cette page.")]
    return " ".join(part for part in parts if part)


def _left(job: Job, now: datetime) -> str:
    """About how long it will go on, by what it has taken so far."""
    if not job.total or not job.done or job.started_at is None:
        return ""
    spent = now - job.started_at
    if spent < _SURE_AFTER:
        return ""
    seconds = spent.total_seconds() * max(job.total - job.done, 0) / job.done
    if seconds >= 90:
        minutes = round(seconds / 60)
        words = ngettext("Encore %(n)s minute environ.", "Encore %(n)s minutes environ.", minutes)
        return words % {"n": formats.number(minutes)}
    rounded = max(5, 5 * round(seconds / 5))
    words = ngettext("Encore %(n)s seconde environ.", "Encore %(n)s secondes environ.", rounded)
    return words % {"n": rounded}
