"""The editor of a widget, beside the true widget in a page that stands for a site."""

import json
from urllib.parse import urlencode

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from kernel.ids import uuid7
from operations.words import LANGUAGES
from shell.brand import HEX
from shell.forms import answer
from tenants.addresses import origin
from tenants.context import current_tenant
from widgets.display import drawing, services, targets
from widgets.display.bundle import current
from widgets.display.forms import NAMES, WidgetForm, words_of
from widgets.display.models import Form, Widget
from widgets.display.rules import Rule
from widgets.display.views.one import widget_or_404

# What the preview begins with, as its script sends it on afterwards.
_SHOWN = (
    "target",
    "form",
    "side",
    "color",
    *(f"{name}_{language}" for name in NAMES for language in LANGUAGES),
)


@csp_update({"frame-src": [SELF]})
@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def add(request: HttpRequest) -> HttpResponse:
    """A new widget; `?operation=` names what it is to lead to."""
    return _edit(request, None)


@csp_update({"frame-src": [SELF]})
@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def edit(request: HttpRequest, widget: str) -> HttpResponse:
    """One widget's words, form and rule."""
    return _edit(request, widget_or_404(widget))


def _edit(request: HttpRequest, row: Widget | None) -> HttpResponse:
    now = timezone.now()
    form = WidgetForm(
        request.POST or None, now=now, widget=row, wanted=request.GET.get("operation", "")
    )
    if request.method == "POST" and form.is_valid():
        saved = _saved(form)
        if saved is not None:
            messages.success(request, _("Widget enregistré"))
            return redirect("display:widget", widget=saved.public_id)
    context = {
        "widget": row,
        "none": row is None and not form.offered,
        "query": _query(form),
    }
    return answer(request, "display/edit.html", context, form)


def _query(form: WidgetForm) -> str:
    values = {name: form[name].value() or "" for name in _SHOWN}
    if form["own_color"].value():
        values["own_color"] = "on"
    return urlencode(values)


def _saved(form: WidgetForm) -> Widget | None:
    try:
        return services.save(widget_id=form.number, now=timezone.now(), **form.values)
    except RicochetError as error:
        form.add_error(error.param if error.param in form.fields else None, error.said)
        return None


@csp_replace({"frame-ancestors": [SELF]})
@xframe_options_sameorigin
@require_safe
@member_required()
def preview(request: HttpRequest) -> HttpResponse:
    """The true script in a page, with what is typed; it shows at once, and reports nothing."""
    typed, now = request.GET, timezone.now()
    language = typed.get("langue", "fr")
    language = language if language in LANGUAGES else LANGUAGES[0]
    chosen = next(
        (one.target for one in targets.choices(now=now) if one.value == typed.get("target")), None
    )
    form = typed.get("form", "")
    color = typed.get("color", "")
    row = Widget(
        id=uuid7(),
        form=form if form in Form.values else Form.POPUP,
        words=words_of(typed),
        color=color if typed.get("own_color") and HEX.match(color) else "",
        rule=Rule(keep=0, side=typed.get("side", "")).stored(),
    )
    tenant = current_tenant()
    data = drawing.data_of(row, chosen, tenant=tenant)
    data |= {"told": "", "url": chosen.page if chosen is not None else origin(tenant)}
    context = {
        "show": json.dumps(data),
        "spot": data["id"] if row.form == Form.INLINE else "",
        "script": current(),
        "brand": tenant.name,
        "language": language,
    }
    with translation.override(language):
        return render(request, "display/frame.html", context)
