"""One merchant: how it is, what it has, what operators did, and what they can do."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.links import origin_of
from billing.models import AccountState, InvoiceState
from console.forms import DeleteForm, GrantForm, ReasonForm
from console.lists.accounts import BILL_TONES, grant_words
from console.lists.merchants import STATES, TONES
from console.models import Merchant
from console.pages.common import operator, page, pointed, refuse
from console.selectors import merchant as selectors
from console.selectors.usage import usage
from console.services import grants
from console.services import merchants as services
from console.visits import services as visits
from console.words import bytes_of, health_words, label
from kernel.errors import RicochetError
from shell import formats
from tenants.features import Feature
from tenants.models import Tenant, TenantState

# Where a refusal of the service is shown in the form.
_FIELDS = {
    "feature": "what",
    "limit": "what",
    "value": "value",
    "until": "ends_on",
    "reason": "reason",
}


@require_safe
def merchant(request: HttpRequest, tenant: uuid.UUID) -> HttpResponse:
    """The merchant's page."""
    return show(request, services.merchant(tenant))


def show(
    request: HttpRequest,
    tenant: Tenant,
    *,
    status: int = 200,
    refused: dict[uuid.UUID, ReasonForm] | None = None,
    **forms: Any,
) -> HttpResponse:
    """The page, with those forms that were sent and could not be taken in place of empty ones;
    `refused` are those that withdraw a grant.
    """
    for form in (*forms.values(), *(refused or {}).values()):
        pointed(request, form)
    now = timezone.now()
    found = selectors.merchant(tenant, now=now)
    # Each has ids of its own: a label leads to its own field, and a refusal opens its own act.
    blank = {
        **{f"{act}_form": _reason(act) for act in ("suspend", "resume", "export")},
        "delete_form": DeleteForm(auto_id="id_delete_%s"),
        "grant_form": GrantForm(auto_id="id_grant_%s"),
        "visit_form": ReasonForm(prefix="visit"),
    }
    return page(
        request,
        "merchant",
        title=tenant.name,
        status=status,
        # What Unfold makes the way back to the list of.
        opts=Merchant._meta,
        original=Merchant(id=tenant.id, name=tenant.name),
        tenant_row=tenant,
        state=label(STATES[TenantState(tenant.state)], TONES[TenantState(tenant.state)]),
        found=found,
        usage=usage(tenant, now=now),
        account_state=AccountState(found.account.state).label if found.account else "",
        health=health_words(found.health),
        size=bytes_of(found.health.size),
        origins=[origin_of(host) for host in found.hosts],
        grants=[
            (grant, grant_words(grant), (refused or {}).get(grant.id, _reason(grant.id)))
            for grant in found.grants
        ],
        in_force=[
            grant.id for grant in found.grants if grant.ends_at is None or grant.ends_at > now
        ],
        bills=[
            (
                bill,
                label(InvoiceState(bill.state).label, BILL_TONES.get(bill.state, "")),
                formats.money(bill.total, bill.currency.upper()),
            )
            for bill in found.invoices
        ],
        modules=[str(Feature(name).label) for name in tenant.modules],
        is_active=tenant.state == TenantState.ACTIVE,
        can_resume=tenant.state in (TenantState.SUSPENDED, TenantState.DELETING),
        can_delete=tenant.state in (TenantState.ACTIVE, TenantState.SUSPENDED),
        can_export=found.health.has_schema,
        **{**blank, **forms},
    )


def _act(
    request: HttpRequest, tenant_id: uuid.UUID, name: str, *, do: Callable[..., None], done: str
) -> HttpResponse:
    """One act with a reason: done and said, or refused and said, on the merchant's page."""
    tenant = services.merchant(tenant_id)
    form = _reason(name, request.POST)
    if not form.is_valid():
        sent: dict[str, Any] = {f"{name}_form": form}
        return show(request, tenant, status=422, **sent)
    try:
        do(
            tenant_id=tenant_id,
            operator=operator(request),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except RicochetError as error:
        refuse(request, error)
    else:
        messages.success(request, done % {"name": tenant.name})
    return HttpResponseRedirect(reverse("admin:merchant", args=[tenant_id]))


@require_POST
def suspend(request: HttpRequest, tenant: uuid.UUID) -> HttpResponse:
    """Close its addresses; nothing is lost."""
    return _act(request, tenant, "suspend", do=services.suspend, done=_("%(name)s est suspendu."))


@require_POST
def resume(request: HttpRequest, tenant: uuid.UUID) -> HttpResponse:
    """Open it again, or call its deletion off."""
    return _act(request, tenant, "resume", do=services.resume, done=_("%(name)s est rouvert."))


@require_POST
def delete(request: HttpRequest, tenant: uuid.UUID) -> HttpResponse:
    """Close it, to be deleted in 30 days, once its address is typed."""
    row = services.merchant(tenant)
    form = DeleteForm(request.POST, auto_id="id_delete_%s")
    if form.is_valid():
        try:
            services.schedule_deletion(
                tenant_id=tenant,
                operator=operator(request),
                typed=form.cleaned_data["typed"],
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except services.OtherNameError as error:
            form.add_error("typed", error.said)
        except RicochetError as error:
            refuse(request, error)
            return HttpResponseRedirect(reverse("admin:merchant", args=[tenant]))
        else:
            text = _(
                "%(name)s est fermé et sera supprimé dans 30 jours. D’ici là, vous"
                " pouvez le rouvrir."
            )
            messages.success(request, text % {"name": row.name})
            return HttpResponseRedirect(reverse("admin:merchant", args=[tenant]))
    return show(request, row, status=422, delete_form=form)


@require_http_methods(["POST"])
def export(request: HttpRequest, tenant: uuid.UUID) -> HttpResponseBase:
    """All that it owns, in one file, for the merchant who asked for it."""
    row = services.merchant(tenant)
    form = _reason("export", request.POST)
    if not form.is_valid():
        return show(request, row, status=422, export_form=form)
    now = timezone.now()
    try:
        row, file = services.export(
            tenant_id=tenant,
            operator=operator(request),
            reason=form.cleaned_data["reason"],
            now=now,
        )
    except RicochetError as error:
        refuse(request, error)
        return HttpResponseRedirect(reverse("admin:merchant", args=[tenant]))
    return FileResponse(file, as_attachment=True, filename=f"{row.slug}-{now:%Y%m%d-%H%M%S}.zip")


@require_POST
def see_as(request: HttpRequest, tenant: uuid.UUID) -> HttpResponse:
    """Begin a visit. A form may only send to this host, so the way on is a page that leaves."""
    row = services.merchant(tenant)
    form = ReasonForm(request.POST, prefix="visit")
    if not form.is_valid():
        return show(request, row, status=422, visit_form=form)
    try:
        url = visits.begin(
            tenant_id=tenant,
            operator=operator(request),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except RicochetError as error:
        refuse(request, error)
        return HttpResponseRedirect(reverse("admin:merchant", args=[tenant]))
    response = page(request, "leaving", title=row.name, url=url)
    response["Refresh"] = f"0;url={url}"
    return response


@require_POST
def grant(request: HttpRequest, tenant: uuid.UUID) -> HttpResponse:
    """Give a feature, or more of a limit, until the end of a day or until it is withdrawn."""
    row = services.merchant(tenant)
    form = GrantForm(request.POST, auto_id="id_grant_%s")
    if form.is_valid():
        day = form.cleaned_data["ends_on"]
        try:
            grants.grant(
                tenant_id=tenant,
                operator=operator(request),
                what=form.cleaned_data["what"],
                value=form.cleaned_data["value"],
                ends_at=_end_of(day) if day else None,
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except RicochetError as error:
            form.add_error(_FIELDS.get(error.param or ""), str(error.said or error))
        else:
            messages.success(request, _("L’octroi est en vigueur."))
            return HttpResponseRedirect(reverse("admin:merchant", args=[tenant]))
    return show(request, row, status=422, grant_form=form)


@require_POST
def withdraw(request: HttpRequest, tenant: uuid.UUID, grant: uuid.UUID) -> HttpResponse:
    """Take a grant back at once."""
    form = _reason(grant, request.POST)
    if not form.is_valid():
        return show(request, services.merchant(tenant), status=422, refused={grant: form})
    try:
        grants.withdraw(
            tenant_id=tenant,
            grant_id=grant,
            operator=operator(request),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except RicochetError as error:
        refuse(request, error)
    else:
        messages.success(request, _("L’octroi est retiré."))
    return HttpResponseRedirect(reverse("admin:merchant", args=[tenant]))


def _reason(act: str | uuid.UUID, data: QueryDict | None = None) -> ReasonForm:
    """One of many on the page: its field has an id of its own."""
    return ReasonForm(data, auto_id=f"id_{act}_%s")


def _end_of(day: date) -> datetime:
    """The moment at which a day is over here: a grant "until the 31st" holds on the 31st."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
