"""Réglages › Clés d’API: everyone in the team sees the keys' names, owners change them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import has_role, member_required
from accounts.models import Role
from api import selectors, services
from api.models import ApiKey
from api.pages.forms import CreateForm
from api.scopes import SCOPES
from api.services.keys import KeyExistsError, KeyIsOverError
from kernel.ids import parse_public_id, uuid7
from shell.key_forms import ConfirmForm, RotateForm


@require_safe
@member_required()
def keys(request: HttpRequest) -> HttpResponse:
    """Every key with its rights, last use and state; what was revoked stays listed."""
    now = timezone.now()
    rows = list(selectors.keys())
    return _page(
        request,
        "keys",
        keys=[{"row": row, "scopes": _words(row), "state": _state(row)} for row in rows],
        now=now,
        may_change=has_role(request, Role.OWNER),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.OWNER)
def create(request: HttpRequest) -> HttpResponse:
    """Make a key, and show it this once."""
    if request.method != "POST":
        return _page(request, "create_key", form=CreateForm(initial={"token": uuid7()}))
    form = CreateForm(request.POST)
    if not form.is_valid():
        return _page(request, "create_key", status=422, form=form)
    try:
        key, secret = services.create_key(
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            mode=form.cleaned_data["mode"],
            created_by=request.user.pk,
            key_id=form.cleaned_data["token"],
            now=timezone.now(),
        )
    except KeyExistsError as error:
        messages.warning(request, str(error))
        return _back()
    return _page(request, "new_key", key=key, secret=secret)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.OWNER)
def rotate(request: HttpRequest, key: str) -> HttpResponse:
    """Replace a key by a new one, both of which work during the overlap."""
    row = _key(key)
    if request.method != "POST":
        return _page(request, "rotate_key", key=row, form=RotateForm(name=row.name))
    form = RotateForm(request.POST, name=row.name)
    if not form.is_valid():
        return _page(request, "rotate_key", status=422, key=row, form=form)
    try:
        made, secret = services.rotate_key(
            key_id=row.id,
            overlap=form.chosen,
            author_id=request.user.pk,
            now=timezone.now(),
        )
    except KeyIsOverError as error:
        messages.warning(request, str(error))
        return _back()
    return _page(request, "new_key", key=made, secret=secret, old=_key(key))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.OWNER)
def revoke(request: HttpRequest, key: str) -> HttpResponse:
    """End a key at once, when its name was typed."""
    row = _key(key)
    if request.method != "POST":
        return _page(request, "revoke_key", key=row, form=ConfirmForm(name=row.name))
    form = ConfirmForm(request.POST, name=row.name)
    if not form.is_valid():
        return _page(request, "revoke_key", status=422, key=row, form=form)
    services.revoke_key(key_id=row.id, now=timezone.now())
    messages.success(request, _("Clé %(name)s révoquée.") % {"name": row.name})
    return _back()


def _page(request: HttpRequest, name: str, /, *, status: int = 200, **context: Any) -> HttpResponse:
    response = render(request, f"api/{name}.html", context, status=status)
    response.headers["Cache-Control"] = "no-store, private"
    return response


def _key(text: str) -> ApiKey:
    number = parse_public_id("key", text)
    row = selectors.keys().filter(id=number).first() if number else None
    if row is None:
        raise Http404
    return row


def _words(row: ApiKey) -> list[str]:
    return [str(SCOPES.get(scope, scope)) for scope in row.scopes]


def _state(row: ApiKey) -> str:
    """The key's state by its name in `shell.states`."""
    if row.revoked_at is not None:
        return "cancelled"
    if row.expires_at is None:
        return "active"
    return "planned" if row.is_valid(now=timezone.now()) else "expired"


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("keys:list"))
