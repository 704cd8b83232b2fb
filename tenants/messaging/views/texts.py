"""The list of all emails, and the editor of one."""

from datetime import timedelta
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import throttles
from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from shell import undo
from shell.forms import answer
from tenants.context import current_tenant
from tenants.messaging import editing, selectors
from tenants.messaging.catalogue.shapes import Shape
from tenants.messaging.catalogue.values import values_of
from tenants.messaging.forms import TextForm
from tenants.messaging.kinds import Kind
from tenants.messaging.models import Email
from tenants.messaging.views.common import (
    LANGUAGE_NAMES,
    author,
    can_change,
    kind_or_404,
    tabs,
)
from tenants.messaging.wording import latest_version, text_of
from tenants.messaging.writing.filling import fill_values
from tenants.messaging.writing.texts import FIELDS, LANGUAGES

_UNDO_TEXT = "messaging.text"
TESTS_AN_HOUR = 10


@require_safe
@member_required()
def kinds(request: HttpRequest) -> HttpResponse:
    """Every email, grouped by who reads it."""
    context = {
        "groups": selectors.kinds_by_audience(),
        "can_change": can_change(request),
        **tabs("texts"),
    }
    return render(request, "messaging/kinds.html", context)


@csp_update({"frame-src": [SELF]})
@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
def text(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """The words of one email in one language: change them beside a live preview."""
    found = kind_or_404(kind, language)
    words = text_of(kind=found, language=language)
    if words is None:
        raise Http404
    latest = latest_version(kind=found.name, language=language)
    initial = {name: getattr(words, name) for name in FIELDS}
    initial["seen_version"] = latest.version if latest else 0
    form = TextForm(request.POST or None, initial=initial)
    if request.method == "POST":
        if not (can_change(request) and found.editable):
            form = TextForm(initial=initial)
            return render(
                request, "messaging/text.html", _context(request, found, language, form), status=403
            )
        if form.is_valid() and _saved(request, found, language, form):
            return redirect("messaging:text", kind=kind, language=language)
    return answer(request, "messaging/text.html", _context(request, found, language, form), form)


def _saved(request: HttpRequest, kind: Kind, language: str, form: TextForm) -> bool:
    try:
        editing.save_text(
            kind=kind,
            language=language,
            text=form.text(),
            tenant=current_tenant(),
            author_id=author(request),
            now=timezone.now(),
            seen_version=form.cleaned_data["seen_version"],
        )
    except RicochetError as error:
        form.add_error(error.param if error.param in form.fields else None, str(error))
        if isinstance(error, editing.TextChangedError):
            # What is in force now was seen: saving once more is meant.
            latest = latest_version(kind=kind.name, language=language)
            version = str(latest.version if latest else 0)
            form.data = {**form.data, **form.cleaned_data, "seen_version": version}
        return False
    messages.success(request, _("« %(name)s » enregistré") % {"name": kind.label})
    return True


@require_POST
@member_required(role=Role.MANAGER)
def back_to_original(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """Go back to the words that came with the product; the toast leads back again."""
    return _to_version(request, kind_or_404(kind, language), language, 0)


@require_POST
@member_required(role=Role.MANAGER)
def restore(request: HttpRequest, kind: str, language: str, version: int) -> HttpResponse:
    """Put an earlier version into force."""
    return _to_version(request, kind_or_404(kind, language), language, version)


def _to_version(request: HttpRequest, kind: Kind, language: str, version: int) -> HttpResponse:
    before = latest_version(kind=kind.name, language=language)
    made = editing.restore(
        kind=kind,
        language=language,
        version=version,
        author_id=author(request),
        now=timezone.now(),
    )
    if made is None and version:
        raise Http404
    if made is not None and (before is None or made.id != before.id):
        said = _("Texte d’origine repris") if made.is_original else _("Version reprise")
        undo.offer(
            request,
            said,
            url=reverse("messaging:undo_text"),
            purpose=_UNDO_TEXT,
            payload={
                "kind": kind.name,
                "language": language,
                "version": before.version if before else 0,
            },
        )
    return redirect("messaging:text", kind=kind.name, language=language)


@require_POST
@member_required(role=Role.MANAGER)
def undo_text(request: HttpRequest) -> HttpResponse:
    """Take back going back."""
    payload = undo.take(request, purpose=_UNDO_TEXT)
    kind = kind_or_404(payload["kind"], payload["language"])
    editing.restore(
        kind=kind,
        language=payload["language"],
        version=payload["version"],
        author_id=author(request),
        now=timezone.now(),
    )
    return redirect("messaging:text", kind=kind.name, language=payload["language"])


@require_POST
@member_required(role=Role.MANAGER)
def switch(request: HttpRequest, kind: str) -> HttpResponse:
    """Turn a kind of email on or off."""
    found = kind_or_404(kind)
    enabled = request.POST.get("on") == "1"
    try:
        editing.set_enabled(
            kind=found, enabled=enabled, author_id=author(request), now=timezone.now()
        )
    except editing.NotYoursToChangeError as error:
        messages.error(request, str(error))
        return redirect("messaging:kinds")
    words = _("« %(name)s » activé") if enabled else _("« %(name)s » désactivé")
    messages.success(request, words % {"name": found.label})
    return redirect("messaging:kinds")


@require_POST
@member_required(role=Role.MANAGER)
def send_test(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """Send the words in the editor, saved or not, to whoever is editing them."""
    found = kind_or_404(kind, language, provided=True)
    form = TextForm(request.POST)
    to = str(getattr(request.user, "email", ""))
    now = timezone.now()
    try:
        throttles.hit(
            action="messaging.test",
            subject=str(author(request)),
            limit=TESTS_AN_HOUR,
            window=timedelta(hours=1),
            now=now,
        )
        if not form.is_valid():
            raise editing.NotYoursToChangeError(_("Raccourcissez le texte, puis essayez."))
        editing.check(kind=found, text=form.text(), tenant=current_tenant(), language=language)
        editing.send_test(kind=found, language=language, text=form.text(), to=to, now=now)
    except throttles.ThrottledError:
        said = _("Dix essais par heure au plus. Réessayez un peu plus tard.")
        return _test_answer(request, said, ok=False, status=429)
    except RicochetError as error:
        return _test_answer(request, str(error), ok=False, status=422)
    return _test_answer(request, _("Essai envoyé à %(address)s") % {"address": to}, ok=True)


def _test_answer(request: HttpRequest, said: str, *, ok: bool, status: int = 200) -> HttpResponse:
    # htmx shows an answer of 422 in its place; the words stand beside the button.
    shown = 200 if status == 429 and request.headers.get("HX-Request") else status
    return render(request, "messaging/test_sent.html", {"said": said, "ok": ok}, status=shown)


def _context(request: HttpRequest, kind: Kind, language: str, form: TextForm) -> dict[str, Any]:
    versions = selectors.versions_of(kind=kind.name, language=language)
    email = Email(kind=kind.name, language=language, context=dict(kind.sample))
    shown = fill_values(email=email, kind=kind, tenant=current_tenant())
    current = versions[0][0] if versions else None
    return {
        "kind": kind,
        "language": language,
        "languages": [(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
        "form": form,
        "versions": versions,
        "changed": current is not None and not current.is_original,
        "values": [
            (value, "" if value.shape is Shape.FLAG else shown.get(value.name))
            for value in values_of(kind)
        ],
        "needs": kind.needs,
        "can_change": can_change(request) and kind.editable,
        "draft": f"text-{kind.name}-{language}",
        "saved": bool(len(messages.get_messages(request))),
        **tabs("texts"),
    }
