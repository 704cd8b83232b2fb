"""The forms of the back office: an operation, its words, its modules' rule."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from operations import parties
from operations.mechanics import offered
from operations.models import Operation, OperationModule, Rule
from operations.views.common import MomentField
from operations.words import pair, spread
from partnerships.selectors import Partner
from shell import formats
from shell.brand import HEX
from shell.fields import IntegerField, MoneyField, TilesField, ToggleField, optional_until
from shell.forms import HouseForm

TITLE, SUBTITLE, RULES, PRIZES = 80, 200, 20_000, 2_000
TO_GO_LIVE = _("Nécessaire pour mettre en ligne")
WHAT_GOES = _(
    "Seulement pour les personnes qui ont coché sa case. L’adresse e-mail accompagne toujours"
    " le reste : l’accord et sa preuve s’y rattachent."
)
_TO_GIVE = _("Nécessaire pour mettre en ligne, s’il y a quelque chose à gagner ou à accepter")


def _moment(label: Any) -> MomentField:
    return optional_until(MomentField(label=label), TO_GO_LIVE)


def policy_field() -> forms.URLField:
    """Where a partner's policy is read: before anybody is asked for a yes to that partner."""
    field = forms.URLField(
        label=_("Sa politique de confidentialité"),
        max_length=300,
        assume_scheme="https",
        help_text=_("L’adresse de la page que la personne peut lire avant d’accepter."),
    )
    return optional_until(field, TO_GO_LIVE)


def theirs(field: forms.Field, partner: Partner) -> None:
    """Show the address that a partner gave itself; nobody else changes it."""
    field.disabled = True
    words = _("Indiquée par %(partner)s dans ses réglages : elle seule la change.")
    field.help_text = formats.elided(words % {"partner": partner.name}, partner.name)


class OperationForm(HouseForm):
    """A new operation: its name, and when it runs if that is known."""

    name = forms.CharField(
        label=_("Nom de l’opération"),
        max_length=80,
        error_messages={"required": _("Donnez un nom à l’opération.")},
        help_text=_("Il sert de titre à la page ; vous pourrez changer l’un sans l’autre."),
    )
    starts_at = _moment(_("Début"))
    ends_at = _moment(_("Fin"))
    kind = TilesField(
        label=_("Type d’opération"),
        options=(),
        help_text=_("C’est son premier module ; vous pourrez en ajouter d’autres."),
    )
    partner = forms.ChoiceField(label=_("Avec un partenaire"), required=False)
    policy_url = policy_field()
    # Whom the page showed as partners; whom it shows now is `seals`.
    shown = forms.CharField(required=False, max_length=500_000)

    def __init__(self, *args: Any, choosable: Sequence[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = offered()
        self.fields["kind"].choices = [(one.kind, one.label) for one in there]  # type: ignore[attr-defined]
        self.fields["kind"].details = {one.kind: one.hint for one in there}  # type: ignore[attr-defined]
        self.choosable = {partner.public_id: partner for partner in choosable}
        if not self.choosable:
            del self.fields["partner"], self.fields["policy_url"]
            return
        named = [(key, partner.name) for key, partner in self.choosable.items()]
        self.fields["partner"].choices = [("", _("Aucun pour l’instant")), *named]  # type: ignore[attr-defined]
        if not self.initial.get("partner") or self.initial.get("policy_url"):
            # Asked once it is known whose, on the page of the operation's partners; what the
            # partner says by itself, or was typed before, is not asked again.
            del self.fields["policy_url"]
        elif not self.choosable[self.initial["partner"]].may_share:
            self.fields["policy_url"].optional = ""  # type: ignore[attr-defined]
            self.fields["policy_url"].help_text = _(
                "Si vous ne la connaissez pas, laissez vide : le partenaire l’indique en acceptant"
                " l’accord."
            )

    @property
    def seals(self) -> str:
        """Each partner that can be chosen, with the seal of who it is."""
        there = self.choosable.items()
        return " ".join(f"{key}:{parties.seal_of(partner)}" for key, partner in there)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        key = data.get("partner") or ""
        if key in self.choosable:
            seal = parties.seal_of(self.choosable[key])
            if f"{key}:{seal}" not in data.get("shown", "").split():
                self.add_error("partner", parties.AnotherPartnerError.words)
        return data

    @property
    def chosen(self) -> Partner | None:
        """The partner with whom it begins."""
        return self.choosable.get(self.cleaned_data.get("partner") or "")


class NameForm(HouseForm):
    name = forms.CharField(
        label=_("Nom"),
        max_length=80,
        error_messages={"required": _("Donnez un nom à l’opération.")},
    )


class DatesForm(HouseForm):
    """When it runs. Of what is `online` both are there and stay: nothing waits to go online."""

    starts_at = _moment(_("Début"))
    ends_at = _moment(_("Fin"))

    def __init__(self, *args: Any, online: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if online:
            for field in self.fields.values():
                field.required = True


def _words(label: Any, most: int, *, rows: int = 0, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, max_length=most, required=False, widget=widget, **options)


class WordsForm(HouseForm):
    """Titles, prizes and rules, in both languages."""

    title_fr = forms.CharField(
        label=_("Titre, en français"),
        max_length=TITLE,
        error_messages={"required": _("Donnez un titre à la page.")},
    )
    title_en = _words(_("Titre, en anglais"), TITLE)
    subtitle_fr = _words(_("Sous-titre, en français"), SUBTITLE, rows=2)
    subtitle_en = _words(_("Sous-titre, en anglais"), SUBTITLE, rows=2)
    prize_count = IntegerField(
        label=_("Nombre de lots"), minimum=1, maximum=1_000_000, required=False
    )
    prize_value = MoneyField(
        label=_("Valeur totale des lots"), minimum=1, maximum=1_000_000_000, required=False
    )
    prizes_fr = _words(
        _("Les lots, en français"),
        PRIZES,
        rows=3,
        help_text=_("Ce que l’on gagne, en une phrase ou deux."),
    )
    prizes_en = _words(_("Les lots, en anglais"), PRIZES, rows=3)
    rules_fr = optional_until(
        _words(
            _("Règlement, en français"),
            RULES,
            rows=18,
            help_text=_(
                "Commencez une ligne par # pour un titre, par - pour une liste ; entourez de **"
                " pour du gras."
            ),
        ),
        _TO_GIVE,
    )
    rules_en = _words(_("Règlement, en anglais"), RULES, rows=6)
    note_fr = _words(
        _("Sous le bouton, en français"),
        SUBTITLE,
        help_text=_("Par exemple : Sans obligation d’achat."),
    )
    note_en = _words(_("Sous le bouton, en anglais"), SUBTITLE)

    @classmethod
    def initial_of(cls, operation: Operation) -> dict[str, Any]:
        return {
            **spread(operation.title, "title"),
            **spread(operation.subtitle, "subtitle"),
            **spread(operation.prizes, "prizes"),
            **spread(operation.rules, "rules"),
            **spread(operation.texts.get("note"), "note"),
            "prize_count": operation.prize_count,
            "prize_value": operation.prize_value,
        }

    def values(self, operation: Operation) -> dict[str, Any]:
        """What `editing.save_words` takes."""
        found: dict[str, Any] = {
            name: pair(self.cleaned_data, name)
            for name in ("title", "subtitle", "prizes", "rules")
            if f"{name}_fr" in self.fields
        }
        found["texts"] = {**operation.texts, "note": pair(self.cleaned_data, "note")}
        found |= {
            name: self.cleaned_data[name]
            for name in ("prize_count", "prize_value")
            if name in self.fields
        }
        return found

    def count_in_modules(self) -> None:
        """The modules say how many prizes there are and what they are worth: not asked again."""
        del self.fields["prize_count"], self.fields["prize_value"]

    def without_rules(self) -> None:
        """The rules follow from the settings: they are read here, and not typed."""
        del self.fields["rules_fr"], self.fields["rules_en"]


class LookForm(HouseForm):
    """The page's colour and picture; without a colour it is the brand's."""

    own_color = ToggleField(label=_("Une couleur propre à cette opération"))
    color = forms.RegexField(
        label=_("Couleur"),
        regex=HEX.pattern,
        required=False,
        error_messages={"invalid": _("Choisissez une couleur, par exemple #e5a83b.")},
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    image = forms.FileField(
        label=_("Image"),
        required=False,
        help_text=_("PNG, JPEG ou WebP, 2 Mo au plus. Elle s’affiche sous le titre."),
    )
    without_image = forms.BooleanField(label=_("Retirer l’image"), required=False)


class RuleForm(HouseForm):
    """Who may take part in a module, and how often."""

    title_fr = _words(_("Titre du module, en français"), TITLE)
    title_en = _words(_("Titre du module, en anglais"), TITLE)
    rule = TilesField(
        label=_("Participation"),
        options=[
            (Rule.ONCE, _("Une fois"), _("Une seule fois par personne.")),
            (Rule.DAILY, _("Chaque jour"), _("Une fois par jour et par personne.")),
            (Rule.TIMES, _("Plusieurs fois"), _("Un nombre de fois par personne.")),
        ],
    )
    times = IntegerField(label=_("Nombre de fois"), minimum=1, maximum=100, required=False)
    minimum_age = IntegerField(
        label=_("Âge minimum"), minimum=1, maximum=99, required=False, help_text=_("En années.")
    )
    asks_rules = ToggleField(
        label=_("Demander d’accepter le règlement"),
        help_text=_("Une case, jamais cochée d’avance, sans laquelle on ne participe pas."),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("rule") == Rule.TIMES and not data.get("times") and "times" not in self.errors:
            self.add_error("times", _("Indiquez un nombre de fois, entre 1 et 100."))
        return data

    @classmethod
    def initial_of(cls, module: OperationModule) -> dict[str, Any]:
        return {
            **spread(module.title, "title"),
            "rule": module.rule,
            "times": module.times,
            "minimum_age": module.minimum_age,
            "asks_rules": module.asks_rules,
        }

    def values(self) -> dict[str, Any]:
        """What `modules.save_mechanic` takes beside the settings."""
        data = self.cleaned_data
        return {
            "title": pair(data, "title"),
            "rule": data["rule"],
            "times": data["times"] or 1,
            "minimum_age": data["minimum_age"],
            "asks_rules": data["asks_rules"],
        }
