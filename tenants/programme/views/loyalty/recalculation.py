"""Recalculating the past and the reset: count, look, confirm, follow, look back (FS-19, FS-20)."""

from typing import Any

from django.contrib import messages
from django.db.models import F, QuerySet
from django.db.models.functions import Abs
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_required
from accounts.models import Role, User
from kernel.errors import RicochetError
from kernel.jobs import services as jobs
from kernel.jobs.models import Job
from shell.fields import TilesField
from shell.forms import HouseForm, answer
from shell.tables import Column, ListPage
from shell.text import folded
from tenants.features import Feature, feature_required
from tenants.loyalty.models import LoyaltyVersion
from tenants.loyalty.recalculation import services
from tenants.loyalty.recalculation.errors import UnknownRunError
from tenants.loyalty.recalculation.models import Line, Run, RunKind, RunState
from tenants.programme import recalculating
from tenants.programme.views.common import (
    author,
    can_change,
    customer_url,
    number_or_404,
    put_error,
)
from tenants.programme.views.loyalty.members import amount_columns

_EARLIER = 20
_EVER = "all"
_WORD_TO_TYPE = gettext_lazy("REMETTRE À ZÉRO")


class PeriodForm(HouseForm):
    """How far back to look."""

    months = TilesField(
        label=gettext_lazy("Période"),
        options=[
            ("3", gettext_lazy("3 mois"), gettext_lazy("Une règle qui manquait récemment.")),
            ("6", gettext_lazy("6 mois"), gettext_lazy("La saison passée.")),
            ("12", gettext_lazy("12 mois"), gettext_lazy("Une année entière.")),
            (_EVER, gettext_lazy("Depuis le début"), gettext_lazy("Tout l’historique connu.")),
        ],
        initial="12",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
@feature_required(Feature.LOYALTY)
def recalculate(request: HttpRequest) -> HttpResponse:
    """Choose a period and count; the earlier ones below."""
    form = PeriodForm(request.POST or None)
    if request.method == "POST" and not can_change(request):
        return render(request, "programme/loyalty/recalculate.html", _index(request), status=403)
    if request.method == "POST" and form.is_valid():
        kind = RunKind.RESET if request.POST.get("kind") == RunKind.RESET else RunKind.RECALCULATE
        wanted = form.cleaned_data["months"]
        ever = wanted == _EVER or kind == RunKind.RESET
        months = None if ever else int(wanted)
        try:
            run = recalculating.count(
                kind=kind, months=months, author_id=author(request), now=timezone.now()
            )
        except RicochetError as error:
            put_error(form, error)
        else:
            return redirect("programme:recalculation", run.public_id)
    return answer(
        request, "programme/loyalty/recalculate.html", {**_index(request), "form": form}, form
    )


class LinesPage(ListPage):
    """Whom a recalculation concerns, the largest changes first."""

    label = gettext_lazy("Cagnottes concernées")
    nouns = (gettext_lazy("cagnotte"), gettext_lazy("cagnottes"))
    default_sort = "-size"
    search_label = gettext_lazy("Nom ou e-mail")
    export_name = "recalcul"

    def __init__(self, request: HttpRequest, run: Run) -> None:
        super().__init__(request)
        self.run = run
        before, after, change, debt, applied = amount_columns(
            run.unit,
            ("before", _("Gagné aujourd’hui")),
            ("after", _("Gagné ensuite")),
            ("size", _("Différence")),
            ("debt", _("Resterait dû")),
            ("applied", _("Fait")),
        )
        columns = [
            Column(
                "name",
                gettext_lazy("Client"),
                main=True,
                value="profile.name",
                detail=lambda line: line.profile.email,
            ),
            before,
            after,
            _signed(change, run),
        ]
        if run.state in (RunState.COUNTED, RunState.DROPPED):
            columns += [debt] if run.indebted else []
        elif run.differing:
            columns.append(applied)
        self.columns = tuple(columns)  # type: ignore[misc]

    def queryset(self) -> QuerySet[Any]:
        lines = Line.objects.filter(run=self.run).select_related("profile")
        return lines.annotate(size=Abs(F("after") - F("before")))

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        for word in folded(query).split():
            rows = rows.filter(profile__search_text__contains=word)
        return rows

    def row_url(self, row: Any) -> str:
        return customer_url(row.profile)


def _signed(column: Column, run: Run) -> Column:
    return Column(
        column.key,
        column.label,
        kind="number",
        sort="size",
        value=lambda line: recalculating.amount(run, line.change, signed=True),
        template="programme/cells/signed.html",
    )


@require_safe
@member_required()
@feature_required(Feature.LOYALTY)
def recalculation(request: HttpRequest, run: str) -> HttpResponseBase:
    """One recalculation: being counted, counted, at work, or done."""
    found = _run_or_404(run)
    job = _job_of(found)
    context = {
        "tab": "recalculation",
        "run": found,
        "job": job,
        "at_work": job is not None and job.is_open,
        "stopped": found.state == RunState.RUNNING and (job is None or not job.is_open),
        "reset": found.kind == RunKind.RESET,
        "title": _title(found),
        "period": _period(found),
        "by": _author_of(found),
        "amounts": {
            name: recalculating.amount(found, getattr(found, name))
            for name in ("gain", "loss", "debt", "credited", "taken")
        },
        "word_to_type": _WORD_TO_TYPE,
        "can_change": can_change(request),
    }
    return LinesPage(request, found).respond("programme/loyalty/recalculation.html", context)


@require_safe
@member_required()
@feature_required(Feature.LOYALTY)
def recalculation_part(request: HttpRequest, run: str) -> HttpResponse:
    """How far it is, for htmx; once it is over, the whole page is asked for."""
    found = _run_or_404(run)
    job = _job_of(found)
    if job is None or not job.is_open:
        response = HttpResponse()
        response.headers["HX-Refresh"] = "true"
        return response
    context = {"run": found, "job": job}
    return render(request, "programme/loyalty/recalculation_part.html", context)


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.LOYALTY)
def confirm_recalculation(request: HttpRequest, run: str) -> HttpResponse:
    """Carry out what was shown; a reset wants its words typed (B8)."""
    found = _run_or_404(run)
    typed = " ".join(request.POST.get("confirm", "").split()).casefold()
    if found.kind == RunKind.RESET and typed != str(_WORD_TO_TYPE).casefold():
        messages.error(
            request,
            _("Pour confirmer, écrivez %(words)s dans la case.") % {"words": _WORD_TO_TYPE},
        )
        return redirect("programme:recalculation", found.public_id)
    try:
        services.confirm(run_id=found.id, author_id=author(request), now=timezone.now())
    except RicochetError as error:
        messages.error(request, str(error))
    return redirect("programme:recalculation", found.public_id)


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.LOYALTY)
def drop_recalculation(request: HttpRequest, run: str) -> HttpResponse:
    """Give up a count."""
    found = services.drop(run_id=_run_or_404(run).id, now=timezone.now())
    if found.state == RunState.DROPPED:
        messages.success(request, _("Décompte abandonné : rien n’a changé"))
    return redirect("programme:recalculate")


def _index(request: HttpRequest) -> dict[str, Any]:
    runs = list(Run.objects.order_by("-created_at")[:_EARLIER])
    ids = {run.author_id for run in runs if run.author_id}
    names = {user.pk: user.name for user in User.objects.filter(pk__in=ids)}
    return {
        "tab": "recalculation",
        "can_change": can_change(request),
        "has_rules": LoyaltyVersion.objects.exists(),
        "running": next((run for run in runs if services.is_at_work(run)), None),
        "runs": [
            {
                "run": run,
                "title": _title(run),
                "period": _period(run),
                "by": names.get(run.author_id) or "Ricochet",  # type: ignore[arg-type]
                "look": _look(run),
                "credited": recalculating.amount(run, run.credited),
                "taken": recalculating.amount(run, run.taken),
            }
            for run in runs
        ],
    }


def _author_of(run: Run) -> str:
    """Who started it; "" where nobody is known."""
    if run.author_id is None:
        return ""
    user = User.objects.filter(pk=run.author_id).first()
    return user.name if user else ""


def _title(run: Run) -> str:
    return (
        _("Remise à zéro de la fidélité")
        if run.kind == RunKind.RESET
        else _("Recalcul de la fidélité")
    )


def _period(run: Run) -> str:
    if run.months is None:
        return _("depuis le début")
    return _("%(months)s derniers mois") % {"months": run.months}


def _look(run: Run) -> tuple[str, str]:
    """The state's look, and its word."""
    if run.state == RunState.RUNNING and not services.is_at_work(run):
        return "cancelled", _("Arrêté")
    return _LOOKS[RunState(run.state)]


_LOOKS: dict[RunState, tuple[str, Any]] = {
    RunState.COUNTING: ("pending", gettext_lazy("Décompte en cours")),
    RunState.COUNTED: ("pending", gettext_lazy("À confirmer")),
    RunState.RUNNING: ("pending", gettext_lazy("En cours")),
    RunState.DONE: ("done", gettext_lazy("Terminé")),
    RunState.DROPPED: ("inactive", gettext_lazy("Abandonné")),
    RunState.STOPPED: ("cancelled", gettext_lazy("Arrêté")),
}


def _run_or_404(public_id: str) -> Run:
    try:
        return services.get(run_id=number_or_404("rcl", public_id))
    except UnknownRunError:
        raise Http404 from None


def _job_of(run: Run) -> Job | None:
    number = run.count_job_id if run.state == RunState.COUNTING else run.job_id
    try:
        return jobs.get(job_id=number) if number else None
    except jobs.UnknownJobError:
        return None
