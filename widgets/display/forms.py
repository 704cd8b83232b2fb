"""The editor of a widget: its form, what it leads to, its words, when and where it is shown."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kernel.errors import RicochetError
from kernel.ids import uuid7
from operations.words import LANGUAGES
from shell.brand import HEX
from shell.fields import IntegerField, TilesField, ToggleField
from shell.forms import HouseForm
from tenants.context import current_tenant
from widgets.display import rules, targets
from widgets.display.models import Form, Widget
from widgets.display.rules import Rule
from widgets.display.targets import Choice
from widgets.display.words import LONGEST, usual

NAMES = ("title", "text", "action", "label")
FORMS = (
    (Form.POPUP.value, _("Fenêtre"), _("Au milieu de la page.")),
    (Form.SLIDE.value, _("Volet"), _("Glisse dans un coin.")),
    (Form.TAB.value, _("Onglet"), _("Au bord de la page, ouvert d’un clic.")),
    (Form.INLINE.value, _("Intégré"), _("À la place que vous choisissez dans la page.")),
)
WHEN = (
    ("now", _("Dès l’arrivée")),
    ("delay", _("Après quelques secondes")),
    ("scroll", _("Après avoir fait défiler la page")),
    ("exit", _("Quand la personne s’apprête à partir")),
)
KEEP = (
    ("0", _("Revient à la page suivante")),
    ("-1", _("Ne revient pas pendant la visite")),
    ("7", _("Ne revient pas pendant 7 jours")),
    ("30", _("Ne revient pas pendant 30 jours")),
    ("182", _("Ne revient pas pendant 6 mois")),
)


def _text(label: Any, name: str, *, rows: int = 0) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, max_length=LONGEST[name], required=False, widget=widget)


class WidgetForm(HouseForm):
    key = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Nom du widget"),
        max_length=80,
        help_text=_("Pour vous seulement."),
        error_messages={"required": _("Donnez un nom au widget.")},
    )
    target = forms.ChoiceField(
        label=_("Opération"),
        error_messages={
            "required": _("Choisissez l’opération à laquelle le widget mène."),
            "invalid_choice": _("Choisissez l’opération à laquelle le widget mène."),
        },
    )
    form = TilesField(
        label=_("Forme"),
        options=FORMS,
        error_messages={"required": _("Choisissez une forme.")},
    )
    title_fr = _text(_("Titre, en français"), "title")
    title_en = _text(_("Titre, en anglais"), "title")
    text_fr = _text(_("Texte, en français"), "text", rows=2)
    text_en = _text(_("Texte, en anglais"), "text", rows=2)
    action_fr = _text(_("Bouton, en français"), "action")
    action_en = _text(_("Bouton, en anglais"), "action")
    label_fr = _text(_("Onglet ou bouton de téléphone, en français"), "label")
    label_en = _text(_("Onglet ou bouton de téléphone, en anglais"), "label")
    own_color = ToggleField(label=_("Donner une couleur à ce widget"))
    color = forms.CharField(
        label=_("Couleur"),
        max_length=7,
        required=False,
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    side = TilesField(
        label=_("Côté"), options=(("right", _("À droite"), ""), ("left", _("À gauche"), ""))
    )
    pages = forms.CharField(
        label=_("Pages où le montrer"),
        required=False,
        max_length=rules.MOST_PAGES * (rules.LONGEST + 2),
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "/cafes/*", "spellcheck": "false"}),
        help_text=_("Une adresse par ligne, * pour tout ce qui suit. Vide : toutes les pages."),
    )
    when = forms.ChoiceField(label=_("Moment"), choices=WHEN)
    delay = IntegerField(
        label=_("Secondes"), minimum=1, maximum=rules.MOST_SECONDS, required=False, unit="s"
    )
    scroll = IntegerField(
        label=_("Part de la page"), minimum=1, maximum=100, required=False, unit="%"
    )
    keep = forms.ChoiceField(
        label=_("Une fois fermé"),
        choices=KEEP,
        help_text=_("Seule la fermeture est retenue, dans le navigateur, pendant 6 mois au plus."),
    )
    active = ToggleField(label=_("Activé"), help_text=_("Montré dès que l’opération est en ligne."))

    def __init__(
        self,
        *args: Any,
        now: datetime,
        widget: Widget | None = None,
        wanted: str = "",
        **kwargs: Any,
    ) -> None:
        self.choices = targets.choices(now=now)
        self.widget = widget
        super().__init__(*args, initial=self._initial(widget, wanted), **kwargs)
        self.fields["target"].choices = self._groups()  # type: ignore[attr-defined]
        chosen = self._chosen()
        for language in LANGUAGES:
            words = usual(chosen, language)
            for name in NAMES:
                self.fields[f"{name}_{language}"].widget.attrs["placeholder"] = getattr(words, name)

    def _initial(self, widget: Widget | None, wanted: str) -> dict[str, Any]:
        brand = current_tenant().brand_color
        if widget is None:
            usual_rule = Rule()
            known = [choice.value for choice in self.choices]
            target = next((v for v in known if wanted and wanted in v), known[0] if known else "")
            found = {
                "key": uuid7(),
                "form": "popup",
                "target": target,
                "own_color": False,
                "color": brand,
                "active": True,
            }
        else:
            usual_rule = rules.read(widget.rule)
            found = {
                "key": widget.id,
                "name": widget.name,
                "form": widget.form,
                "target": targets.value_of(widget),
                "own_color": bool(widget.color),
                "color": widget.color or brand,
                "active": widget.active,
            }
            for language in LANGUAGES:
                for name in NAMES:
                    found[f"{name}_{language}"] = widget.words.get(language, {}).get(name, "")
        return {
            **found,
            "side": usual_rule.side,
            "pages": "\n".join(usual_rule.pages),
            "when": usual_rule.when,
            "delay": usual_rule.after if usual_rule.when == "delay" else 5,
            "scroll": usual_rule.after if usual_rule.when == "scroll" else 50,
            "keep": str(usual_rule.keep),
        }

    def _groups(self) -> list[tuple[Any, Sequence[tuple[str, str]]]]:
        """One's own operations, those of partners, and what the widget leads to already."""
        lines = {
            ours: [(one.value, one.target.label) for one in self.choices if one.ours is ours]
            for ours in (True, False)
        }
        groups: list[tuple[Any, Sequence[tuple[str, str]]]] = [
            (_("Vos opérations"), lines[True]),
            (_("Opérations de partenaires"), lines[False]),
        ]
        value = targets.value_of(self.widget) if self.widget is not None else ""
        if self.widget is not None and value not in {one.value for one in self.choices}:
            row = self.widget
            operation = row.module.operation if row.module is not None else row.received
            groups.append((_("Terminée"), [(value, operation.name if operation else "")]))
        return [group for group in groups if group[1]]

    def _chosen(self) -> targets.Target | None:
        value = self.data.get("target") if self.is_bound else self.initial.get("target")
        return next((one.target for one in self.choices if one.value == value), None)

    @property
    def offered(self) -> list[Choice]:
        return self.choices

    def clean_pages(self) -> tuple[str, ...]:
        try:
            return rules.pages_of(self.cleaned_data["pages"])
        except RicochetError as error:
            raise forms.ValidationError(error.message) from error

    def clean_color(self) -> str:
        color = str(self.cleaned_data["color"] or "").strip()
        if self.data.get("own_color") and not HEX.match(color):
            raise forms.ValidationError(
                _("Écrivez un dièse et six chiffres ou lettres de A à F, par exemple #E5A83B.")
            )
        return color

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for when in ("delay", "scroll"):
            if data.get("when") == when and data.get(when) is None and when not in self.errors:
                self.add_error(when, _now("Indiquez un nombre, par exemple 5."))
        return data

    @property
    def rule(self) -> Rule:
        data = self.cleaned_data
        when = data["when"]
        return Rule(
            pages=data["pages"],
            when=when,
            after=int(data[when] or 0) if when in ("delay", "scroll") else 0,
            keep=int(data["keep"]),
            side=data["side"],
        )

    @property
    def values(self) -> dict[str, Any]:
        """What `services.save` takes, beside the widget's id and the moment."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "form": data["form"],
            "target": data["target"],
            "words": words_of(data),
            "color": data["color"] if data["own_color"] else "",
            "rule": self.rule,
            "active": data["active"],
        }

    @property
    def number(self) -> uuid.UUID:
        """The id of the widget: the one that is changed, or the form's own."""
        if self.widget is not None:
            return self.widget.id
        key: uuid.UUID = self.cleaned_data["key"]
        return key


def words_of(data: Any) -> dict[str, dict[str, str]]:
    """The texts that were typed, on one line each; empty ones are left out."""
    found: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        typed = {
            name: " ".join(str(data.get(f"{name}_{language}") or "").split())[: LONGEST[name]]
            for name in NAMES
        }
        found[language] = {name: text for name, text in typed.items() if text}
    return found
