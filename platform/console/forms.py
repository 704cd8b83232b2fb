"""What operators type. Every act on a merchant has a reason, which the merchant reads.

Another try of one sending or of one job is named by what is tried, and asks for none.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from billing.plans import Allowed, Limit
from console.services.trail import LONGEST_REASON
from shell.forms import HouseForm


def _reason(**attrs: str) -> forms.CharField:
    return forms.CharField(
        label=_("Raison"),
        help_text=_("Le commerçant la lit dans son journal. N’y nommez aucun de ses clients."),
        max_length=LONGEST_REASON,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", **attrs}),
        error_messages={
            "required": _("Donnez une raison : le commerçant la lira."),
            "max_length": _("Raccourcissez la raison : 300 caractères au plus."),
        },
    )


class ReasonForm(HouseForm):
    reason = _reason()


class DeleteForm(HouseForm):
    typed = forms.CharField(
        label=_("Adresse du commerçant, en toutes lettres"),
        max_length=60,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Recopiez l’adresse du commerçant pour confirmer.")},
    )
    reason = _reason()


class GrantForm(HouseForm):
    """A feature, or a limit and its value; until a day, or until it is withdrawn."""

    what = forms.ChoiceField(
        label=_("Ce qui est accordé"),
        widget=UnfoldAdminSelectWidget,
        choices=[
            (_("Une fonction"), [(f"feature:{one}", one.label) for one in Allowed]),
            (_("Une limite relevée"), [(f"limit:{one}", one.label) for one in Limit]),
        ],
    )
    value = forms.IntegerField(
        label=_("Nouvelle limite"),
        help_text=_("Pour une limite seulement. Vide : sans limite."),
        required=False,
        min_value=1,
        max_value=1_000_000_000,
        widget=UnfoldAdminIntegerFieldWidget,
        error_messages={
            "invalid": _("Donnez un nombre entier, par exemple 20000."),
            "min_value": _("Donnez un nombre entre 1 et 1 000 000 000."),
            "max_value": _("Donnez un nombre entre 1 et 1 000 000 000."),
        },
    )
    ends_on = forms.DateField(
        label=_("Jusqu’au"),
        help_text=_("Vide : jusqu’à ce que vous le retiriez."),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
        error_messages={"invalid": _("Donnez une date, par exemple 2026-12-31.")},
    )
    reason = _reason()

    def clean_ends_on(self) -> Any:
        day = self.cleaned_data["ends_on"]
        if day is not None and day < timezone.localdate():
            raise ValidationError(_("Cette date est passée : choisissez-en une à venir."))
        return day

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("what", "").startswith("feature:") and found.get("value") is not None:
            self.add_error("value", _("Une fonction n’a pas de limite : laissez ce champ vide."))
        return found
