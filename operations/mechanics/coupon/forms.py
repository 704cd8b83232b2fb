"""What a merchant sets of a coupon: where the codes come from, what they are good for, how long."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.ids import parse_public_id, public_id
from operations.mechanics.coupon import codes
from operations.mechanics.coupon.codes import LIST, MADE, MOST_MADE, WARN_BELOW
from operations.mechanics.shape import SettingsForm
from operations.mechanics.wording import button
from operations.words import pair, spread
from shell import formats
from shell.fields import IntegerField, TilesField
from shell.forms import HouseForm
from tenants.rewards.code_lists import lists

TEXT = 300
_PASTED = {"rows": 5, "spellcheck": "false", "autocomplete": "off"}


class CouponSettings(SettingsForm):
    codes = TilesField(
        label=gettext_lazy("Codes"),
        options=[
            (MADE, gettext_lazy("Générés"), gettext_lazy("Uniques, impossibles à deviner.")),
            (LIST, gettext_lazy("Les vôtres"), gettext_lazy("D’une liste que vous apportez.")),
        ],
    )
    count = IntegerField(
        label=gettext_lazy("Nombre de codes à générer"),
        minimum=1,
        maximum=MOST_MADE,
        required=False,
        help_text=gettext_lazy("Faits à la mise en ligne ; vous pourrez en ajouter ensuite."),
    )
    list = forms.ChoiceField(label=gettext_lazy("Liste"), required=False)
    pasted = forms.CharField(
        label=gettext_lazy("Codes à ajouter"),
        required=False,
        max_length=1_000_000,
        strip=False,
        widget=forms.Textarea(attrs=_PASTED),
        help_text=gettext_lazy("Un par ligne, 64 caractères au plus chacun."),
    )
    warn_below = IntegerField(
        label=gettext_lazy("Prévenir l’équipe sous"),
        minimum=0,
        maximum=100_000,
        unit=gettext_lazy("codes"),
        required=False,
    )
    valid_days = IntegerField(
        label=gettext_lazy("Valable pendant"),
        minimum=1,
        maximum=3_650,
        unit=gettext_lazy("jours"),
        required=False,
        help_text=gettext_lazy("Vide : sans limite. Votre boutique doit connaître la même."),
    )
    description_fr = forms.CharField(
        label=gettext_lazy("Ce que vaut le code, en français"),
        max_length=TEXT,
        error_messages={
            "required": gettext_lazy("Dites ce que vaut le code, par exemple 10 % dès 40 €.")
        },
    )
    description_en = forms.CharField(
        label=gettext_lazy("Ce que vaut le code, en anglais"), required=False, max_length=TEXT
    )
    button_fr, button_en = button(gettext_lazy("Sans texte, il dit « Recevoir mon code »."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = [
            (
                row.public_id,
                _("%(name)s (%(free)s restants)")
                % {"name": row.name, "free": formats.number(row.free)},
            )
            for row in lists()
        ]
        self.fields["list"].choices = [("", _("Une nouvelle liste")), *there]  # type: ignore[attr-defined]

    @classmethod
    def initial_of(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        kept = str(settings.get("list") or "")
        return {
            **spread(settings.get("description"), "description"),
            **spread(settings.get("button"), "button"),
            "codes": settings.get("codes") or MADE,
            "count": settings.get("count") or 500,
            "list": public_id("cdl", uuid.UUID(kept)) if kept else "",
            "warn_below": settings.get("warn_below", WARN_BELOW),
            "valid_days": settings.get("valid_days"),
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("codes") == MADE and not data.get("count") and "count" not in self.errors:
            self.add_error("count", _("Indiquez combien de codes générer, par exemple 500."))
        named = data.get("list") or str(data.get("pasted") or "").strip()
        if data.get("codes") == LIST and not named and "list" not in self.errors:
            self.add_error("list", _("Choisissez une liste, ou collez vos codes ci-dessous."))
        return data

    def _list_id(self) -> uuid.UUID | None:
        chosen = self.cleaned_data.get("list")
        return parse_public_id("cdl", str(chosen)) if chosen else self.module.id

    def settings(self) -> dict[str, Any]:
        data = self.cleaned_data
        below = data.get("warn_below")
        return {
            "codes": data["codes"],
            "count": data.get("count"),
            "list": str(self._list_id()) if data["codes"] == LIST else "",
            "warn_below": WARN_BELOW if below is None else below,
            "valid_days": data.get("valid_days"),
            "description": pair(data, "description"),
            "button": pair(data, "button"),
        }

    def save_more(self, *, now: datetime) -> None:
        """The pasted codes join the list; a bad line stops it all, and is named."""
        pasted, list_id = str(self.cleaned_data.get("pasted") or ""), self._list_id()
        if self.cleaned_data["codes"] == LIST and pasted.strip() and list_id is not None:
            codes.bring(module=self.module, list_id=list_id, pasted=pasted, now=now)


class MoreCodes(HouseForm):
    """More codes for a list that people draw from; `seen` is how many there were (sent twice)."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    count = IntegerField(
        label=gettext_lazy("Codes à générer"), minimum=1, maximum=MOST_MADE, required=False
    )
    pasted = forms.CharField(
        label=gettext_lazy("Ou vos propres codes"),
        required=False,
        max_length=4_000_000,
        strip=False,
        widget=forms.Textarea(attrs=_PASTED),
        help_text=gettext_lazy("Un par ligne, 64 caractères au plus chacun."),
    )
    file = forms.FileField(
        label=gettext_lazy("Ou un fichier"),
        required=False,
        help_text=gettext_lazy("CSV ou Excel : les codes sont dans la première colonne."),
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data.get("file")
        return file.read() if file is not None else b""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        given = data.get("count") or str(data.get("pasted") or "").strip() or data.get("file")
        if not given and not self.errors:
            self.add_error("count", _("Indiquez un nombre, ou collez des codes."))
        return data
