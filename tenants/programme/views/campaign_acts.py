"""What is done to a campaign: send, plan, pause, go on, cancel, copy, delete."""

from collections.abc import Callable

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from shell import formats
from tenants.context import current_tenant
from tenants.features import Feature, feature_required
from tenants.messaging import campaigns as stored
from tenants.messaging.views.common import author
from tenants.programme.campaigns import sending
from tenants.programme.campaigns.forms import WhenForm
from tenants.programme.views.campaigns import campaign_or_404, show_campaign


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.CAMPAIGNS)
def send_campaign(request: HttpRequest, campaign: str) -> HttpResponse:
    """Begin to send, to the number of people that was confirmed; or go on after a pause."""
    row = campaign_or_404(campaign)
    expected = request.POST.get("expected", "")
    try:
        sending.launch(
            campaign_id=row.id,
            now=timezone.now(),
            author_id=author(request),
            expected=int(expected) if expected.isdecimal() else None,
        )
        messages.success(request, _("Envoi commencé"))
    except sending.AudienceChangedError as error:
        words = ngettext(
            "Le nombre a changé : %(n)s personne recevrait la campagne. Confirmez à nouveau.",
            "Le nombre a changé : %(n)s personnes recevraient la campagne. Confirmez à nouveau.",
            error.allowed,
        )
        messages.error(request, words % {"n": formats.number(error.allowed)})
    except RicochetError as error:
        messages.error(request, str(error))
    return redirect("programme:campaign", campaign=campaign)


@csp_update({"frame-src": [SELF]})
@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.CAMPAIGNS)
def schedule_campaign(request: HttpRequest, campaign: str) -> HttpResponse:
    """Plan the sending, on the merchant's own clock."""
    row = campaign_or_404(campaign)
    form = WhenForm(request.POST)
    if form.is_valid():
        try:
            stored.schedule(
                campaign_id=row.id,
                at=form.moment(),
                tenant=current_tenant(),
                now=timezone.now(),
            )
        except RicochetError as error:
            form.add_error("at" if error.param == "at" else None, str(error))
        else:
            messages.success(request, _("Campagne planifiée"))
            return redirect("programme:campaign", campaign=campaign)
    return show_campaign(request, row, form, status=422)


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.CAMPAIGNS)
def unschedule_campaign(request: HttpRequest, campaign: str) -> HttpResponse:
    """Back to a draft."""
    row = campaign_or_404(campaign)
    return _done(
        request,
        campaign,
        lambda: stored.unschedule(campaign_id=row.id, now=timezone.now()),
        _("Campagne de nouveau en brouillon"),
    )


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.CAMPAIGNS, owed=True)
def pause_campaign(request: HttpRequest, campaign: str) -> HttpResponse:
    """Write to nobody else for now."""
    row = campaign_or_404(campaign)
    return _done(
        request,
        campaign,
        lambda: stored.pause(campaign_id=row.id, now=timezone.now()),
        _("Campagne en pause"),
    )


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.CAMPAIGNS, owed=True)
def cancel_campaign(request: HttpRequest, campaign: str) -> HttpResponse:
    """Give up what is left."""
    row = campaign_or_404(campaign)
    return _done(
        request,
        campaign,
        lambda: stored.cancel(campaign_id=row.id, now=timezone.now()),
        _("Le reste de la campagne ne partira pas"),
    )


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.CAMPAIGNS)
def copy_campaign(request: HttpRequest, campaign: str) -> HttpResponse:
    """A new draft with the same words and segment."""
    row = campaign_or_404(campaign)
    made = stored.copy(campaign_id=row.id, author_id=author(request), now=timezone.now())
    return redirect("programme:edit_campaign", campaign=made.public_id)


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.CAMPAIGNS)
def delete_campaign(request: HttpRequest, campaign: str) -> HttpResponse:
    """Remove a draft."""
    row = campaign_or_404(campaign)
    try:
        stored.delete(campaign_id=row.id)
    except RicochetError as error:
        messages.error(request, str(error))
        return redirect("programme:campaign", campaign=campaign)
    messages.success(request, _("Brouillon supprimé"))
    return redirect("programme:campaigns")


def _done(
    request: HttpRequest, campaign: str, act: Callable[[], object], said: str
) -> HttpResponse:
    try:
        act()
        messages.success(request, said)
    except RicochetError as error:
        messages.error(request, str(error))
    return redirect("programme:campaign", campaign=campaign)
