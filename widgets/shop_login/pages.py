"""Réglages › Clés d’API › Connexion depuis la boutique: owners change the keys, all see them."""

from functools import cache
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import has_role, member_required
from accounts.models import Role
from kernel.errors import ConflictError
from kernel.ids import uuid7
from shell.key_forms import ConfirmForm, RotateForm
from tenants.addresses import absolute_url
from tenants.context import current_tenant
from widgets.models import ShopKey
from widgets.shop_login import keys as services
from widgets.shop_login.forms import CreateForm

# Why the last link that named a key was refused: the developer reads here what the browser is not
# told.
REFUSALS: dict[str, str | Promise] = {
    "key_over": gettext_lazy("la clé est révoquée ou remplacée"),
    "signature": gettext_lazy("la signature ne correspond pas à la clé"),
    "body": gettext_lazy("le contenu n’est pas le JSON attendu"),
    "customer": gettext_lazy("le client n’a ni identifiant ni adresse e-mail lisible"),
    "conflict": gettext_lazy("cette adresse appartient à un client d’un autre identifiant"),
    "nonce": gettext_lazy("le nonce n’a pas 16 à 64 lettres, chiffres, « - » ou « _ »"),
    "expires_at": gettext_lazy("la fin du lien n’est pas un nombre de secondes"),
    "too_late": gettext_lazy("le lien était expiré"),
    "too_long": gettext_lazy("le lien durait plus de 15 minutes"),
    "used": gettext_lazy("le lien avait déjà servi"),
}
_SNIPPET = Path(__file__).with_name("snippet.txt")


@require_safe
@member_required()
def keys(request: HttpRequest) -> HttpResponse:
    """Every key with its last use, and how a shop signs a link."""
    rows = [
        {"row": row, "state": _state(row), "refusal": REFUSALS.get(row.refusal, "")}
        for row in ShopKey.objects.all()
    ]
    return _page(request, "keys", keys=rows, may_change=has_role(request, Role.OWNER))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.OWNER)
def create(request: HttpRequest) -> HttpResponse:
    """Make a key, and show it this once."""
    if request.method != "POST":
        return _page(request, "create", form=CreateForm(initial={"token": uuid7()}))
    form = CreateForm(request.POST)
    if not form.is_valid():
        return _page(request, "create", status=422, form=form)
    try:
        key, secret = services.create_key(
            name=form.cleaned_data["name"],
            created_by=request.user.pk,
            key_id=form.cleaned_data["token"],
            now=timezone.now(),
        )
    except ConflictError as error:
        messages.warning(request, str(error))
        return redirect("widgets:shop_keys")
    return _page(request, "new", key=key, secret=secret)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.OWNER)
def rotate(request: HttpRequest, key: str) -> HttpResponse:
    """Replace a key by a new one, both of which sign during the overlap."""
    row = _key(key)
    if request.method != "POST":
        return _page(request, "rotate", key=row, form=RotateForm(name=row.name))
    form = RotateForm(request.POST, name=row.name)
    if not form.is_valid():
        return _page(request, "rotate", status=422, key=row, form=form)
    try:
        made, secret = services.rotate_key(
            key_id=row.id, overlap=form.chosen, author_id=request.user.pk, now=timezone.now()
        )
    except ConflictError as error:
        messages.warning(request, str(error))
        return redirect("widgets:shop_keys")
    return _page(request, "new", key=made, secret=secret, old=_key(key))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.OWNER)
def revoke(request: HttpRequest, key: str) -> HttpResponse:
    """End a key at once, when its name was typed."""
    row = _key(key)
    if request.method != "POST":
        return _page(request, "revoke", key=row, form=ConfirmForm(name=row.name))
    form = ConfirmForm(request.POST, name=row.name)
    if not form.is_valid():
        return _page(request, "revoke", status=422, key=row, form=form)
    services.revoke_key(key_id=row.id, now=timezone.now())
    messages.success(request, _("Clé %(name)s révoquée.") % {"name": row.name})
    return redirect("widgets:shop_keys")


def _page(request: HttpRequest, name: str, /, *, status: int = 200, **context: Any) -> HttpResponse:
    address = absolute_url(current_tenant(), reverse("widgets:space_shop"))
    example = snippet().replace("https://maison-lumen.example/espace/boutique", address)
    if "key" in context:
        example = example.replace("shk_…", context["key"].public_id)
    context |= {"snippet": example, "address": address}
    response = render(request, f"shop_login/{name}.html", context, status=status)
    response.headers["Cache-Control"] = "no-store, private"
    return response


@cache
def snippet() -> str:
    """What a shop's server has to write, in Python; the tests run it."""
    return _SNIPPET.read_text(encoding="utf-8")


def _key(text: str) -> ShopKey:
    row = services.find(public_id=text)
    if row is None:
        raise Http404
    return row


def _state(row: ShopKey) -> str:
    """The key's state by its name in `shell.states`."""
    if row.revoked_at is not None:
        return "cancelled"
    if row.expires_at is None:
        return "active"
    return "planned" if row.is_valid(now=timezone.now()) else "expired"
