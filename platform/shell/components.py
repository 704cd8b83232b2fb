"""`/_components`: every component in every state, points B1 to B18. Demo and tests only."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shell import brand, charts, errors, icons, undo
from shell.charts import Point, Series
from shell.fields import (
    DateField,
    IntegerField,
    MoneyField,
    PercentField,
    TilesField,
    ToggleField,
)
from shell.forms import HouseForm
from shell.states import STATES

View = Callable[..., HttpResponseBase]
_SWATCHES = (
    *("lac", "lac-soft", "lac-mid", "ember-dot", "ground", "surface", "inset", "text"),
    *("text-2", "hairline", "edge", "ok", "warn", "bad", "info", "plum"),
)
_BRANDS = ("#E5A83B", "#1F5C43", "#D81E5B", "#FFE600", "#0B0B0B", "#7A7A7A")


def served() -> bool:
    """Whether this installation shows the page."""
    return bool(getattr(settings, "SHELL_COMPONENTS", getattr(settings, "DEMO", False)))


def _demo_only(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not served():
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


class SampleForm(HouseForm):
    """One field of each kind."""

    name = forms.CharField(
        label=gettext_lazy("Nom du programme"),
        help_text=gettext_lazy("Visible seulement par votre équipe."),
    )
    kind = TilesField(
        label=gettext_lazy("Récompense"),
        options=(
            ("wallet", gettext_lazy("Cagnotte"), gettext_lazy("Un montant à dépenser chez vous")),
            ("points", gettext_lazy("Points"), gettext_lazy("S’ajoutent à sa fidélité")),
            ("gift", gettext_lazy("Cadeau"), gettext_lazy("Un produit de votre choix")),
        ),
    )
    amount = MoneyField(label=gettext_lazy("Montant par filleul"), minimum=100, maximum=50_000)
    days = IntegerField(
        label=gettext_lazy("Disponible après"), unit=gettext_lazy("jours"), minimum=0, maximum=365
    )
    discount = PercentField(label=gettext_lazy("Remise"), required=False, minimum=0, maximum=100)
    start = DateField(label=gettext_lazy("Début"), required=False)
    email = forms.EmailField(label=gettext_lazy("Adresse e-mail"))
    channel = forms.ChoiceField(
        label=gettext_lazy("Envoi"),
        choices=[("email", gettext_lazy("E-mail")), ("sms", gettext_lazy("SMS"))],
    )
    message = forms.CharField(
        label=gettext_lazy("Message"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    notify = forms.BooleanField(
        label=gettext_lazy("Prévenir le parrain à chaque étape"), required=False
    )
    open = ToggleField(
        label=gettext_lazy("Programme ouvert"),
        help_text=gettext_lazy("Les liens cessent de compter dès que vous le fermez."),
    )


_FILLED = {
    "name": "Parrainage 2026",
    "kind": "wallet",
    "amount": 800,
    "days": 14,
    "discount": 10,
    "email": "claire@maisonlumen.fr",
    "notify": True,
    "open": True,
}
_WRONG = {
    "name": "Parrainage 2026",
    "kind": "wallet",
    "amount": "huit",
    "days": "14",
    "email": "claire@",
    "channel": "email",
}


def _charts() -> dict[str, Any]:
    now_values = [6, 9, 8, 12, 11, 15, 14, 18, 17, 22, 21, 26]
    old_values = [5, 6, 8, 8, 9, 11, 10, 13, 13, 15, 16, 17]
    weeks = ["1er sept.", "", "", "1er oct.", "", "", "", "1er nov.", "", "", "", "21 nov."]
    days = ["mar.", "mer.", "jeu.", "ven.", "sam.", "dim.", "lun."]
    counts = [142, 171, 203, 188, 156, 149, 175]

    def series(name: str, values: list[int]) -> Series:
        pairs = zip(weeks, values, strict=True)
        return Series(name, [Point(w, v, axis=bool(w), full=w or "semaine") for w, v in pairs])

    return {
        "line": charts.line(
            label="Nouveaux clients par semaine, du 1er septembre au 21 novembre",
            now=series("Cette période", now_values),
            before=series("Période précédente", old_values),
        ),
        "bars": charts.bars(
            label="Visites par jour",
            points=[Point(d, c) for d, c in zip(days, counts, strict=True)],
        ),
        "shares": charts.shares(
            label="Par canal",
            points=[Point("Widget", 1094), Point("E-mail", 702), Point("QR code", 234)],
        ),
        "funnel": charts.funnel(
            label="De l’invitation au réachat",
            steps=[
                Point("invitations", 1284),
                Point("clics", 612),
                Point("comptes créés", 238),
                Point("premières commandes", 146),
                Point("réachats", 52),
            ],
            verbs=["ont cliqué", "ont créé un compte", "ont commandé", "ont recommandé"],
        ),
        "chain": charts.chain(
            label="Sophie a parrainé Camille, qui a parrainé 3 personnes",
            referrer="Sophie",
            person="Camille",
            referees=3,
            caption="3 filleuls",
        ),
        "spark_up": charts.sparkline([3, 5, 4, 6, 5, 8, 7, 9], label="En hausse"),
        "spark_down": charts.sparkline([9, 8, 8, 6, 7, 5, 5, 3], label="En baisse"),
    }


@_demo_only
def page(request: HttpRequest) -> HttpResponse:
    """Everything on one page."""
    now = timezone.now()
    context = {
        **_charts(),
        "states": list(STATES),
        "icons": icons.names(),
        "swatches": _SWATCHES,
        "sample": SampleForm(initial=_FILLED, auto_id="id_ok_%s"),
        "wrong": SampleForm(data=_WRONG, auto_id="id_ko_%s"),
        "brands": [(color, brand.compute(color)) for color in _BRANDS],
        "dates": {
            "now": now,
            "recent": now - timedelta(days=3, hours=2),
            "first": now.replace(day=1),
        },
        "undo_toast": {
            "url": reverse("shell:components-undo"),
            "token": undo.token(request, purpose="sample", payload={"id": "1"}),
            "seconds": undo.SECONDS,
        },
        "step_labels": ["Objectif", "Récompenses", "Règles", "Messages", "Mise en ligne"],
        "statuses": [400, 403, 404, 405, 410, 422, 429, 500, 503],
    }
    return render(request, "shell/components/page.html", context)


@_demo_only
def sample_list(request: HttpRequest) -> HttpResponse:
    """The part of a list that did not load: htmx shows the error and offers to retry."""
    return errors.page(request, 503)


@_demo_only
@require_POST
def sample_act(request: HttpRequest) -> HttpResponse:
    """Does something that can be undone."""
    undo.offer(
        request,
        _("Parrainage de Hugo refusé"),
        url=reverse("shell:components-undo"),
        purpose="sample",
        payload={"id": "1"},
    )
    return redirect("shell:components")


@_demo_only
@require_POST
def sample_undo(request: HttpRequest) -> HttpResponse:
    """Undoes it, or says that it is too late (410)."""
    undo.take(request, purpose="sample")
    messages.success(request, _("Parrainage de Hugo rétabli"))
    return redirect("shell:components")


@_demo_only
def sample_error(request: HttpRequest, status: int) -> HttpResponse:
    """One error page, to look at."""
    return errors.page(request, status)
