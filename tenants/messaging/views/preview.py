"""The live preview of an email: its first lines by htmx, its page in a sandboxed frame."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from tenants.context import current_tenant
from tenants.messaging import editing
from tenants.messaging.forms import TextForm
from tenants.messaging.render import Rendered
from tenants.messaging.views.common import can_change, framed, kind_or_404


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
def frame(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """The email as it arrives: GET the words in force, POST those in the editor."""
    found = kind_or_404(kind, language, provided=True)
    theme = request.POST.get("theme", "") or request.GET.get("theme", "light")
    if request.method == "POST":
        if not can_change(request):
            return framed(_page(_("Votre rôle permet de lire seulement.")), status=403)
        try:
            return framed(_drafted(request, found.name, language).html, theme=theme)
        except RicochetError as error:
            return framed(_page(str(error)), status=422)
    shown = editing.sample(kind=found, tenant=current_tenant(), language=language)
    return framed(shown.html, theme=theme)


@require_POST
@member_required(role=Role.MANAGER)
def words(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """Subject, preview line and text part of the words in the editor, or what is wrong."""
    found = kind_or_404(kind, language, provided=True)
    try:
        context = {"rendered": _drafted(request, found.name, language)}
    except RicochetError as error:
        return render(
            request, "messaging/preview_words.html", {"wrong": str(error), "param": error.param}
        )
    return render(request, "messaging/preview_words.html", context)


def _drafted(request: HttpRequest, kind: str, language: str) -> Rendered:
    form = TextForm(request.POST)
    form.is_valid()
    return editing.check(
        kind=kind_or_404(kind, language, provided=True),
        text=form.text(),
        tenant=current_tenant(),
        language=language,
    )


def _page(sentence: str) -> str:
    """A page that only says something, in the manner of an email."""
    style = "margin:40px;font:16px/1.5 system-ui,sans-serif;color:#55605d"
    return (
        f'<!doctype html><html lang="fr"><head><title>{escape(sentence)}</title></head>'
        f'<body><p style="{style}">{escape(sentence)}</p></body></html>'
    )
