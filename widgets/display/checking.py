"""Whether a widget is in place, and what to do where it is not (PA-16)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from widgets.display import rules
from widgets.display.models import Outcome, Widget, WidgetSighting
from widgets.display.targets import Target
from widgets.models import Site

# A page that many people open asks every day; what was silent for so long is gone.
SILENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Finding:
    """`state` is a key of `WORDS`; `fix` is where to mend it, "" where nothing is wrong."""

    state: str
    text: str
    fix: str = ""
    act: str = ""
    seen: WidgetSighting | None = None

    @property
    def word(self) -> str | Promise:
        return WORDS[self.state]


# Every page says a widget's state in these words: one that is switched on is not "live" by that.
WORDS: dict[str, str | Promise] = {
    "paused": gettext_lazy("En pause"),
    "draft": gettext_lazy("Opération en préparation"),
    "planned": gettext_lazy("Opération planifiée"),
    "ended": gettext_lazy("Opération terminée"),
    "archived": gettext_lazy("Opération archivée"),
    "to_fix": gettext_lazy("Site à indiquer"),
    "pending": gettext_lazy("Pas encore vu"),
    "live": gettext_lazy("En place"),
    "absent": gettext_lazy("Plus vu"),
}


def state_of(
    widget: Widget,
    target: Target | None,
    last_seen_at: datetime | None,
    now: datetime,
    *,
    has_site: bool,
) -> str:
    """Paused, its operation's state while that is not live, or whether it is seen: see `WORDS`."""
    if not widget.active:
        return "paused"
    if target is None:
        return "ended"
    if not target.is_open:
        return target.state if target.state in ("planned", "ended", "archived") else "draft"
    if not has_site:
        return "to_fix"
    if last_seen_at is None:
        return "pending"
    return "live" if now - last_seen_at < SILENT else "absent"


def check(*, widget: Widget, target: Target, now: datetime) -> Finding:
    """What is wrong first; nothing where the widget was shown these days."""
    address = reverse("display:edit", args=[widget.public_id])
    if not widget.active:
        return Finding("paused", _("Le widget est en pause : aucune page ne l’affiche."))
    if not target.is_open:
        return Finding(
            state_of(widget, target, None, now, has_site=True),
            _not_open(target),
            address,
            _("Modifier le widget"),
        )
    if not Site.objects.exists():
        return Finding(
            "to_fix", _("Aucun site n’est autorisé : indiquez d’abord l’adresse du vôtre."),
            page_of("site:site"), _("Indiquer l’adresse de mon site"),
        )  # fmt: skip
    # A site that asked and never came back may be made up: nobody is told to allow it.
    seen = WidgetSighting.objects.filter(widget=widget).exclude(
        outcome=Outcome.ORIGIN, last_seen_at__lte=now - SILENT
    )
    rows = {row.outcome: row for row in seen.order_by("last_seen_at")}
    shown = rows.get(Outcome.SHOWN)
    if shown is not None and now - shown.last_seen_at < SILENT:
        return Finding("live", "", seen=shown)
    return _missing(widget, rows, address)


def _missing(widget: Widget, rows: dict[str, WidgetSighting], address: str) -> Finding:
    word = "absent" if Outcome.SHOWN in rows else "pending"
    spot, rule, stranger = (rows.get(o) for o in (Outcome.SPOT, Outcome.RULE, Outcome.ORIGIN))
    latest = max(
        (r for r in (spot, rule, stranger) if r), key=lambda r: r.last_seen_at, default=None
    )
    if latest is None:
        text = (
            _(
                "Le widget n’a plus été vu depuis une semaine. Vérifiez que le code est toujours"
                " sur le site."
            )
            if word == "absent"
            else _(
                "Le code n’a encore été vu sur aucune page. Copiez-le sur votre site, puis ouvrez"
                " une page."
            )
        )
        return Finding(word, text, seen=rows.get(Outcome.SHOWN))
    where = {"page": f"{latest.origin}{latest.path}", "origin": latest.origin}
    if latest is spot:
        text = _("Le code est en place sur %(page)s, mais l’emplacement du widget n’y est pas.")
        return Finding(word, text % where, seen=latest)
    if latest is rule:
        pages = ", ".join(rules.read(widget.rule).pages)
        text = _(
            "Le code est en place sur %(page)s, mais cette adresse ne suit pas la règle : %(rule)s."
        )
        return Finding(
            word, text % {**where, "rule": pages}, address, _("Changer la règle"), latest
        )
    text = _("Le code a été vu sur %(origin)s, qui n’est pas une adresse autorisée.")
    return Finding(word, text % where, page_of("site:site"), _("Autoriser ce site"), latest)


def _not_open(target: Target) -> str:
    if target.state == "planned":
        return _("L’opération n’a pas commencé : le widget s’affichera dès son début.")
    if target.state in ("ended", "archived"):
        return _("L’opération est terminée : le widget ne s’affiche plus.")
    return _("L’opération n’est pas en ligne : le widget s’affichera dès sa mise en ligne.")


def page_of(name: str) -> str:
    """A page that not every back office has; "" where this one has not."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
