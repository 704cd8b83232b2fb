"""Campaigns: the list, one that is written, one that is on its way or was sent."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import has_role, member_required
from accounts.models import Role
from kernel.errors import RicochetError
from kernel.ids import parse_public_id
from kernel.jobs.models import Job
from shell.forms import answer
from shell.tables import Column, Empty, ListPage, View
from tenants.context import current_tenant
from tenants.features import Feature, feature_required
from tenants.messaging import campaigns as stored
from tenants.messaging.catalogue.shapes import Shape
from tenants.messaging.catalogue.values import values_of
from tenants.messaging.models import Campaign, CampaignState, Email
from tenants.messaging.selectors import REASONS
from tenants.messaging.views.common import author
from tenants.messaging.writing.filling import fill_values
from tenants.messaging.writing.texts import Text
from tenants.programme import versions
from tenants.programme.campaigns.forms import CampaignForm, WhenForm, in_words, initial_of
from tenants.programme.campaigns.segments import audience
from tenants.programme.campaigns.skipped import why_not
from tenants.programme.mailings import results, with_counts

LOOKS = {
    CampaignState.DRAFT: "draft",
    CampaignState.SCHEDULED: "planned",
    CampaignState.SENDING: "running",
    CampaignState.PAUSED: "paused",
    CampaignState.SENT: "done",
    CampaignState.CANCELLED: "cancelled",
}


def _sent(row: Any) -> int | None:
    return row.sent or None


def _clicked(row: Any) -> int | None:
    return row.clicked or None


def _in(*states: CampaignState) -> Any:
    return lambda rows: rows.filter(state__in=states)


class CampaignsPage(ListPage):
    label = gettext_lazy("Campagnes")
    nouns = (gettext_lazy("campagne"), gettext_lazy("campagnes"))
    export_name = "campagnes"
    search_label = gettext_lazy("Nom ou objet")
    default_sort = "-date"
    columns = (
        Column(
            "name",
            gettext_lazy("Campagne"),
            main=True,
            sort="name",
            detail=stored.subject_of,
        ),
        Column("state", gettext_lazy("État"), kind="state", value=lambda row: LOOKS[row.state]),
        Column("sent", gettext_lazy("Envoyés"), kind="number", value=_sent),
        Column(
            "clicked",
            gettext_lazy("Ont cliqué"),
            kind="number",
            value=lambda row: row.clicked or None,
        ),
        Column("date", gettext_lazy("Créée"), kind="date", sort="created_at", value="created_at"),
        Column(
            "started",
            gettext_lazy("Départ"),
            kind="moment",
            value=lambda row: row.started_at or row.scheduled_at,
        ),
    )
    views = (
        View("toutes", gettext_lazy("Toutes")),
        View("brouillons", gettext_lazy("Brouillons"), _in(CampaignState.DRAFT)),
        View(
            "prevues",
            gettext_lazy("Planifiées et en cours"),
            _in(CampaignState.SCHEDULED, CampaignState.SENDING, CampaignState.PAUSED),
        ),
        View(
            "terminees",
            gettext_lazy("Terminées"),
            _in(CampaignState.SENT, CampaignState.CANCELLED),
        ),
    )
    empty = Empty(
        gettext_lazy("Aucune campagne pour l’instant"),
        gettext_lazy("Parlez de votre offre à des clients choisis : créez un brouillon."),
    )

    def queryset(self) -> QuerySet[Any]:
        return with_counts(Campaign.objects.all())

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return rows.filter(name__icontains=query) | rows.filter(subject__icontains=query)

    def row_url(self, row: Any) -> str:
        return reverse("programme:campaign", args=[row.public_id])


@require_safe
@member_required()
@feature_required(Feature.CAMPAIGNS)
def campaigns(request: HttpRequest) -> HttpResponseBase:
    """Every campaign, with its state."""
    context = {"can_change": has_role(request, Role.MANAGER)}
    return CampaignsPage(request).respond("programme/campaigns/list.html", context)


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.CAMPAIGNS)
def add_campaign(request: HttpRequest) -> HttpResponse:
    """A new draft, with words to begin from."""
    row = stored.create(
        name=_("Nouvelle campagne"),
        text=Text(
            subject=_("Des nouvelles de {{ merchant }}"),
            body=_("{{ greeting }}\n\nÉcrivez ici ce que vous proposez à vos clients."),
            button=_("Inviter un proche"),
        ),
        author_id=author(request),
        now=timezone.now(),
    )
    return redirect("programme:edit_campaign", campaign=row.public_id)


@csp_update({"frame-src": [SELF]})
@require_safe
@member_required()
@feature_required(Feature.CAMPAIGNS)
def campaign(request: HttpRequest, campaign: str) -> HttpResponse:
    """One campaign: what waits to be decided, how far it is, what came of it."""
    return show_campaign(request, campaign_or_404(campaign), WhenForm())


def show_campaign(
    request: HttpRequest, row: Campaign, form: WhenForm, *, status: int = 200
) -> HttpResponse:
    waits = row.state in (CampaignState.DRAFT, CampaignState.SCHEDULED)
    found = audience(segment=row.segment, now=timezone.now()) if waits else None
    counts = results(kinds=[row.kind])
    # All is planned, and some still wait for their turn: to the merchant it is under way.
    leaving = row.state == CampaignState.SENT and counts.waiting > 0
    state = CampaignState.SENDING if leaving else CampaignState(row.state)
    context = {
        "campaign": row,
        "look": LOOKS[state],
        "subject": stored.subject_of(row),
        "segment": in_words(row, version=versions.in_force(now=timezone.now())),
        "under_way": state == CampaignState.SENDING,
        "audience": found,
        "excluded": _named(found.excluded if found else why_not(row)),
        "results": counts,
        "job": Job.objects.filter(id=row.job_id).first() if row.job_id else None,
        "form": form,
        **_languages(request, row),
        "kind": stored.kind_of_campaign(row),
        "zone": current_tenant().timezone,
        "can_change": has_role(request, Role.MANAGER),
        "waits": waits,
    }
    return render(request, "programme/campaigns/detail.html", context, status=status)


@csp_update({"frame-src": [SELF]})
@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Feature.CAMPAIGNS)
def edit_campaign(request: HttpRequest, campaign: str) -> HttpResponse:
    """Write a draft: its words beside their preview, and its segment with a count."""
    row = campaign_or_404(campaign)
    if row.state != CampaignState.DRAFT:
        return redirect("programme:campaign", campaign=row.public_id)
    version = versions.in_force(now=timezone.now())
    spoken = _languages(request, row)
    other = spoken["other"]
    if request.method == "POST" and "drop" in request.POST and other:
        return _dropped(request, row, other)
    form = CampaignForm(request.POST or None, initial=initial_of(row, other), version=version)
    if request.method == "POST" and form.is_valid() and _saved(form, row, other):
        messages.success(request, _("Campagne enregistrée"))
        return redirect("programme:campaign", campaign=row.public_id)
    kind = stored.kind_of_campaign(row)
    email = Email(kind=kind.name, language=spoken["language"], context=dict(kind.sample))
    shown = fill_values(email=email, kind=kind, tenant=current_tenant())
    context = {
        "campaign": row,
        "kind": kind,
        **spoken,
        "values": [
            (value, "" if value.shape is Shape.FLAG else shown.get(value.name))
            for value in values_of(kind)
        ],
        "can_change": True,
        "audience": audience(segment=row.segment, now=timezone.now()),
    }
    return answer(request, "programme/campaigns/edit.html", context, form)


def _languages(request: HttpRequest, row: Campaign) -> dict[str, Any]:
    """Which words a page is about. `other` is "" for those of everybody without words of theirs."""
    main = current_tenant().language
    asked = request.GET.get("langue", "")
    other = asked if asked in dict(settings.LANGUAGES) and asked != main else ""
    named = [(code, name, code == (other or main)) for code, name in settings.LANGUAGES]
    return {
        "language": other or main,
        "other": other,
        "languages": sorted(named, key=lambda one: one[0] != main),
        "translated": other in row.words,
    }


def _dropped(request: HttpRequest, row: Campaign, other: str) -> HttpResponse:
    stored.drop_words(campaign_id=row.id, language=other, now=timezone.now())
    messages.success(request, _("Tous vos clients liront le même message"))
    return redirect("programme:edit_campaign", campaign=row.public_id)


def _saved(form: CampaignForm, row: Campaign, other: str) -> bool:
    try:
        stored.save(
            campaign_id=row.id,
            name=form.cleaned_data["name"],
            text=form.text(),
            target=form.cleaned_data["target"],
            segment=form.segment(),
            tenant=current_tenant(),
            now=timezone.now(),
            language=other,
        )
    except RicochetError as error:
        form.add_error(error.param if error.param in form.fields else None, str(error))
        return False
    return True


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.CAMPAIGNS)
def count_segment(request: HttpRequest, campaign: str) -> HttpResponse:
    """The segment of the form in numbers, while it is typed."""
    campaign_or_404(campaign)
    now = timezone.now()
    form = CampaignForm(request.POST, version=versions.in_force(now=now))
    form.is_valid()
    found = audience(segment=form.segment(), now=now)
    context = {"audience": found, "excluded": _named(found.excluded)}
    return render(request, "programme/campaigns/audience.html", context)


def campaign_or_404(public: str) -> Campaign:
    """The campaign that an address names."""
    number = parse_public_id("cam", public)
    row = Campaign.objects.filter(id=number).first() if number else None
    if row is None:
        raise Http404
    return row


def _named(counts: dict[str, int]) -> list[tuple[Any, int]]:
    return [(REASONS.get(reason, reason), n) for reason, n in counts.items()]
