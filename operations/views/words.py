"""The page's words and its look, beside the page as people will see it."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from operations import editing, official, pictures, sample_rules, selectors
from operations.forms import LookForm, WordsForm
from operations.models import Operation
from operations.public import page
from operations.sample_rules import following
from operations.views import steps
from operations.views.common import followed, frame, operation_or_404, say
from operations.words import LANGUAGES, pair, spread
from shell.brand import HEX
from shell.forms import answer
from tenants.context import current_tenant

# What the preview takes from a form that was not saved yet: texts of two languages, and a colour.
_LIVE = ("title", "subtitle", "prizes")
_AMENDED = gettext_lazy(
    "Le règlement a changé depuis l’ouverture de cette page. Comparez avant de renvoyer le vôtre."
)


@csp_update({"frame-src": [SELF]})
@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def words(request: HttpRequest, operation: str) -> HttpResponse:
    """Titles, prizes and rules."""
    row, now = operation_or_404(operation), timezone.now()
    may_edit = row.shown_state(now) in ("draft", "test", *official.PUBLIC)
    begun = _begun(request, row) if may_edit else {}
    form = WordsForm(_sent(request, row), initial=WordsForm.initial_of(row) | begun)
    listed = selectors.prizes_of(row)
    if listed:
        form.count_in_modules()
    follows = following.follows(row) and not begun and "rules_fr" not in request.POST
    if follows:
        form.without_rules()
    for name in begun:  # an older draft of this form gives back everything else
        form.fields[name].widget.attrs["data-fresh"] = ""
    if _is_stale(request, row):
        form.add_error("rules_fr", _AMENDED)
    _point_at_brackets(form, request.GET.get("completer", ""))
    if request.method == "POST" and form.is_valid():
        try:
            editing.save_words(operation_id=row.id, now=now, **form.values(row))
        except RicochetError as error:
            say(form, error)
        else:
            messages.success(request, _("Textes enregistrés"))
            return redirect(_after_saving(operation_or_404(operation)))
    context = {
        **frame(request, row, now),
        "current": "words",
        "follows": follows,
        "followed": followed(row, now) if follows else [],
        "read": "lire" in request.GET,
        "rules_read": official.hash_of(row.rules),
        "may_follow": following.may_follow(row),
        "may_begin": may_edit and not begun and not follows,
        "begun": bool(begun),
        "again": any(row.rules.values()),
        "outdated": following.outdated(row),
        "lacks": steps.lacks(row) if may_edit else [],
        "listed": sum(prize["stock"] for prize in listed),
        "amends": row.shown_state(now) in official.PUBLIC,
        "versions": official.versions(operation=row)[::-1],
    }
    return answer(request, "operations/words.html", context, form)


def _sent(request: HttpRequest, row: Operation) -> QueryDict | None:
    """What was sent, with the rules of now where the page showed no field for them, or others that
    nobody touched in it: what somebody else wrote meanwhile is neither emptied nor taken back.
    """
    if request.method != "POST":
        return None
    typed = pair(request.POST, "rules")
    if "rules_fr" in request.POST and official.hash_of(typed) != request.POST.get("rules_read"):
        return request.POST
    sent = request.POST.copy()
    for name, text in spread(row.rules, "rules").items():
        sent[name] = text
    return sent


def _is_stale(request: HttpRequest, row: Operation) -> bool:
    """Whether rules were typed over others than those of now. Sent again, from the page that says
    so, they are an amendment as ever.
    """
    read = request.POST.get("rules_read")
    if not read or "rules_fr" not in request.POST:
        return False
    now = official.hash_of(row.rules)
    return read != now and official.hash_of(pair(request.POST, "rules")) not in (read, now)


def _begun(request: HttpRequest, row: Operation) -> dict[str, str]:
    """The fields that the sample fills, where it is asked for: in each language that is offered, or
    in the one that is named. Also where rules that followed from the settings need a hand.
    """
    asked = request.GET.get("modele", "")
    if not asked and not (request.GET.get("completer") and following.follows(row)):
        return {}
    if asked in LANGUAGES:
        return {f"rules_{asked}": sample_rules.sample(operation=row, language=asked)}
    texts = sample_rules.samples(operation=row)
    return {f"rules_{code}": text for code, text in texts.items()}


@require_POST
@member_required(role=Role.MANAGER)
def follow(request: HttpRequest, operation: str) -> HttpResponse:
    """Back to the rules that the settings give; the text typed so far goes."""
    row = operation_or_404(operation)
    if row.state in ("draft", "test") and not following.may_follow(row):
        return redirect("operations:words", operation=row.public_id)  # done, or needed no more
    try:
        editing.follow_settings(operation_id=row.id, now=timezone.now())
    except RicochetError as error:
        messages.error(request, error.said)
    else:
        messages.success(request, _("Le règlement suit de nouveau vos réglages"))
    return redirect("operations:words", operation=row.public_id)


def _point_at_brackets(form: WordsForm, language: str) -> None:
    """Have the form open with the first passage selected that waits for its words."""
    if language not in LANGUAGES or f"rules_{language}" not in form.fields:
        return
    passage = sample_rules.unfinished(str(form[f"rules_{language}"].value() or ""))
    if passage:
        form.fields[f"rules_{language}"].widget.attrs["data-select"] = passage


def _after_saving(row: Operation) -> str:
    """The same page; at the passage that still waits for its words, where there is one."""
    page = reverse("operations:words", args=[row.public_id])
    waiting = sample_rules.unfinished_in(row.rules)
    return steps.at_brackets(page, waiting[0]) if waiting else page


@csp_update({"frame-src": [SELF]})
@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def look(request: HttpRequest, operation: str) -> HttpResponse:
    """The colour and the picture."""
    row, now = operation_or_404(operation), timezone.now()
    own = str(row.look.get("color") or "")
    initial = {"own_color": bool(own), "color": own or current_tenant().brand_color}
    form = LookForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _saved(form, row):
        messages.success(request, _("Apparence enregistrée"))
        return redirect("operations:look", operation=row.public_id)
    context = {
        **frame(request, row, now),
        "current": "look",
        "picture": pictures.shown(str(row.look.get("image") or "")),
    }
    return answer(request, "operations/look.html", context, form)


def _saved(form: LookForm, row: Operation) -> bool:
    data, now = form.cleaned_data, timezone.now()
    kept = str(row.look.get("image") or "")
    try:
        if data["image"]:
            kept = pictures.keep(upload=data["image"], now=now).digest
        elif data["without_image"]:
            kept = ""
        color = data["color"] if data["own_color"] else ""
        editing.save_words(operation_id=row.id, now=now, look={"color": color, "image": kept})
    except RicochetError as error:
        say(form, error)
        return False
    return True


@csp_replace({"frame-ancestors": [SELF]})
@xframe_options_sameorigin
@require_safe
@member_required()
def preview(request: HttpRequest, operation: str) -> HttpResponse:
    """The true page for a frame: what is typed and not saved is shown, and nothing can be sent."""
    row = operation_or_404(operation)
    _overlay(row, request.GET)
    chosen = request.GET.get("langue", "fr")
    with translation.override(chosen if chosen in LANGUAGES else "fr"):
        return page.preview(request, row)


def _overlay(row: Operation, typed: Any) -> None:
    """Puts typed values on the row in memory; it is never saved."""
    for name in _LIVE:
        before = dict(getattr(row, name))
        for code in LANGUAGES:
            if f"{name}_{code}" in typed:
                before[code] = typed[f"{name}_{code}"][:500]
        setattr(row, name, before)
    if "own_color" in typed or "color" in typed:
        color = typed.get("color", "")
        own = bool(typed.get("own_color")) and bool(HEX.match(color))
        row.look = {**row.look, "color": color if own else ""}
