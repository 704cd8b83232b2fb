"""The house's forms: required fields say nothing, errors say what to do, values are never lost."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

# Django's own sentences, said as look section 13 asks: what to write, with an example.
_WORDS: dict[type[forms.Field], dict[str, Any]] = {
    forms.EmailField: {
        "required": _("Indiquez une adresse e-mail, par exemple claire@maisonlumen.fr."),
        "invalid": _("Indiquez une adresse complète, par exemple claire@maisonlumen.fr."),
    },
    forms.URLField: {
        "required": _("Indiquez une adresse, par exemple https://maisonlumen.fr."),
        "invalid": _("Indiquez une adresse complète, par exemple https://maisonlumen.fr."),
    },
    forms.ChoiceField: {
        "required": _("Choisissez une des possibilités."),
        "invalid_choice": _("Choisissez une des possibilités proposées."),
    },
    forms.BooleanField: {"required": _("Cochez cette case pour continuer.")},
    forms.FileField: {
        "required": _("Choisissez un fichier."),
        "empty": _("Ce fichier est vide. Choisissez-en un autre."),
    },
}
_ANY_REQUIRED = _("Remplissez ce champ.")


def _speak_plainly(field: forms.Field) -> None:
    """Replace Django's sentences by ours; words that the form's author gave are kept."""
    stock: dict[str, Any] = {}
    for cls in reversed(type(field).__mro__):
        if cls.__module__.startswith("django."):
            stock.update(cls.__dict__.get("default_error_messages", {}))
    words = next((w for kind, w in _WORDS.items() if isinstance(field, kind)), {})
    for code, message in {"required": _ANY_REQUIRED, **words}.items():
        if field.error_messages.get(code) is stock.get(code):
            field.error_messages[code] = message


class HouseMixin:
    """Put before `forms.Form` or `forms.ModelForm`; `HouseForm` and `HouseModelForm` do."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        # The browser's own bubbles would speak before the server and in their own words (B3).
        self.use_required_attribute = False
        for field in self.fields.values():
            _speak_plainly(field)


class HouseForm(HouseMixin, forms.Form):
    """A form in the house's manner; shown by `<c-form :form="form" />`."""


class HouseModelForm(HouseMixin, forms.ModelForm):  # type: ignore[type-arg]  # Django's own class takes none
    """A model's form in the house's manner."""


def answer(
    request: HttpRequest, template: str, context: dict[str, Any], form: forms.BaseForm
) -> HttpResponse:
    """Show a form's page: 422 after a failed submit, so that htmx and tests see it, else 200."""
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {**context, "form": form}, status=status)
