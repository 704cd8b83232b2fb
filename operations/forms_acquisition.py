""" "Data acquisition": what a module asks of people, and each partner with the box that is theirs.

Its fields are named after what they are about: `ask-phone`, `must-phone`, `q1-label_fr`,
and for a partner `<partnership's outside id>-on`, `-asks`, `-fields`…
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from operations.acquisition import (
    QUESTIONS,
    AskedRow,
    PartnerPart,
    initial_of,
    lines_of,
    read_of,
)
from operations.fields import KNOWN, with_email
from operations.forms import WHAT_GOES, policy_field, theirs
from operations.models import ModulePartner, OperationModule
from operations.optins import usual_text
from operations.parties import AnotherPartnerError, PartnerGoneError, chosen, seal_of
from operations.words import pair
from partnerships.selectors import Partner
from shell import formats
from shell.fields import ToggleField, optional_until
from shell.forms import HouseForm
from tenants.context import current_tenant

_TEXT, _LABEL = 300, 120
_MOST_CHOICES = 12
_FORGOTTEN = gettext_lazy("Activez cette participation, ou décochez ce qui est transmis.")


class AcquisitionForm(HouseForm):
    """Made for one module and the partners that may be chosen."""

    asks_optin = ToggleField(label=gettext_lazy("Demander l’accord pour vos propres offres"))
    optin_fr = forms.CharField(
        label=gettext_lazy("Texte de la case, en français"),
        required=False,
        max_length=_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    optin_en = forms.CharField(
        label=gettext_lazy("Texte de la case, en anglais"),
        required=False,
        max_length=_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    double_optin = ToggleField(
        label=gettext_lazy("Double confirmation"),
        help_text=gettext_lazy(
            "La participation et les accords comptent une fois le lien de l’e-mail confirmé."
        ),
    )

    def __init__(
        self, *args: Any, module: OperationModule, choosable: Sequence[Partner], **kwargs: Any
    ) -> None:
        self.module = module
        self.choosable = list(choosable)
        kwargs.setdefault("initial", initial_of(module, self.choosable))
        super().__init__(*args, **kwargs)
        for name in KNOWN:
            if name != "email":
                self.fields[f"ask-{name}"] = forms.BooleanField(required=False)
                self.fields[f"must-{name}"] = forms.BooleanField(required=False)
        for name in QUESTIONS:
            self._add_question(name)
        for partner in self.choosable:
            self._add_partner(partner)

    def _add_question(self, name: str) -> None:
        for code, label in (("fr", _("Question, en français")), ("en", _("Question, en anglais"))):
            self.fields[f"{name}-label_{code}"] = forms.CharField(
                label=label, required=False, max_length=_LABEL
            )
        self.fields[f"{name}-choices_fr"] = forms.CharField(
            label=_("Réponses possibles, en français"),
            required=False,
            max_length=1_000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("Une par ligne. Sans réponse proposée, la personne écrit la sienne."),
        )
        self.fields[f"{name}-choices_en"] = forms.CharField(
            label=_("Réponses possibles, en anglais"),
            required=False,
            max_length=1_000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("Dans le même ordre."),
        )
        self.fields[f"must-{name}"] = forms.BooleanField(
            label=_("Réponse obligatoire"), required=False
        )

    def _add_partner(self, partner: Partner) -> None:
        key = partner.public_id
        names = [(name, known.label) for name, known in KNOWN.items()]
        names += [(name, _("Question %(n)s") % {"n": name[1:]}) for name in self._own_questions()]
        self.fields[f"{key}-on"] = ToggleField(
            label=_("%(partner)s participe à ce module") % {"partner": partner.name}
        )
        self.fields[f"{key}-asks"] = ToggleField(
            label=_said(_("Demander l’accord pour les offres de %(partner)s"), partner.name),
            help_text=_("Une case à elle, jamais cochée d’avance. Sans elle, rien ne part."),
        )
        self.fields[f"{key}-policy_url"] = optional_until(
            policy_field(), _("Nécessaire pour demander son accord")
        )
        if partner.policy_url:
            theirs(self.fields[f"{key}-policy_url"], partner)
        for code, label in (("fr", _("en français")), ("en", _("en anglais"))):
            self.fields[f"{key}-text_{code}"] = forms.CharField(
                label=_("Texte de sa case, %(language)s") % {"language": label},
                required=False,
                max_length=_TEXT,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_("Sans texte : %(usual)s")
                % {"usual": usual_text(name=partner.name, language=code)},
            )
        self.fields[f"{key}-fields"] = forms.MultipleChoiceField(
            label=_("Ce qui lui est transmis"),
            required=False,
            choices=names,
            widget=forms.CheckboxSelectMultiple,
            help_text=WHAT_GOES,
        )

    def _own_questions(self) -> list[str]:
        """Those that are asked, or about to be: a partner is offered no empty question."""
        there = {str(row["name"]) for row in self.module.fields}
        return [name for name in QUESTIONS if name in there or self.data.get(f"{name}-label_fr")]

    # ------------------------------------------------------------ what the page shows
    def asked_rows(self) -> list[AskedRow]:
        """The known fields, in the order of the form that people fill in."""
        return [
            AskedRow(
                name,
                str(known.label),
                self[f"ask-{name}"] if name != "email" else None,
                self[f"must-{name}"] if name != "email" else None,
            )
            for name, known in KNOWN.items()
        ]

    def questions(self) -> list[dict[str, BoundField]]:
        """The merchant's own questions: filled ones and the first empty one stand open."""
        parts = ("label_fr", "label_en", "choices_fr", "choices_en")
        return [
            {**{part: self[f"{name}-{part}"] for part in parts}, "must": self[f"must-{name}"]}
            for name in QUESTIONS
        ]

    def partners(self) -> list[PartnerPart]:
        return [
            PartnerPart(
                partner,
                *(
                    self[f"{partner.public_id}-{name}"]
                    for name in ("on", "asks", "policy_url", "text_fr", "text_en", "fields")
                ),
            )
            for partner in self.choosable
        ]

    # ------------------------------------------------------------ what it says
    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        brands = [("optin", current_tenant().name, bool(data.get("asks_optin")))]
        for partner in self.choosable:
            key = partner.public_id
            on = bool(data.get(f"{key}-on"))
            brands.append((f"{key}-text", partner.name, on and bool(data.get(f"{key}-asks"))))
            if on:
                self._check_partner(partner, data)
            elif data.get(f"{key}-fields"):
                self.add_error(f"{key}-on", _FORGOTTEN)
        if any(name.startswith("prt_") and name.endswith("-on") and name not in self.fields
               for name in self.data):  # fmt: skip
            self.add_error(None, PartnerGoneError.words)
        for name, brand, asks in brands:
            for code in ("fr", "en"):
                text = data.get(f"{name}_{code}") or ""
                if asks and text and brand not in text:
                    words = _("Nommez %(brand)s dans ce texte : on doit savoir à qui l’on dit oui.")
                    self.add_error(f"{name}_{code}", words % {"brand": brand})
        for name in QUESTIONS:
            self._check_question(name, data)
        return data

    def _check_partner(self, partner: Partner, data: Mapping[str, Any]) -> None:
        key = partner.public_id
        if self.data.get(read_of(partner)) != seal_of(partner):
            self.add_error(f"{key}-on", AnotherPartnerError.words)
        asks = data.get(f"{key}-asks")
        policy = f"{key}-policy_url"
        # A partner that has not accepted the agreement yet says it then, and is not asked for.
        if asks and partner.may_share and not data.get(policy) and policy not in self.errors:
            words = _("Indiquez où lire la politique de confidentialité de %(partner)s.")
            self.add_error(policy, _said(words, partner.name))
        if data.get(f"{key}-fields") and not asks:
            words = _("Demandez l’accord pour %(partner)s, ou ne lui transmettez aucun champ.")
            self.add_error(f"{key}-fields", _said(words, partner.name))
        if set(data.get(f"{key}-fields") or ()) - self._asked_names(data):
            words = _("Cochez seulement des champs que ce module demande.")
            self.add_error(f"{key}-fields", words)

    def _check_question(self, name: str, data: Mapping[str, Any]) -> None:
        french, english = (lines_of(data.get(f"{name}-choices_{code}")) for code in ("fr", "en"))
        if french and not data.get(f"{name}-label_fr"):
            self.add_error(f"{name}-label_fr", _("Écrivez la question."))
        if len(french) == 1 or len(french) > _MOST_CHOICES:
            words = _("Proposez de deux à %(most)s réponses.") % {"most": _MOST_CHOICES}
            self.add_error(f"{name}-choices_fr", words)
        if len(set(french)) != len(french):
            words = _("Deux réponses sont identiques. Changez l’une des deux.")
            self.add_error(f"{name}-choices_fr", words)
        if english and len(english) != len(french):
            self.add_error(f"{name}-choices_en", _("Écrivez autant de réponses qu’en français."))

    @staticmethod
    def _asked_names(data: Mapping[str, Any]) -> set[str]:
        known = {name for name in KNOWN if name == "email" or data.get(f"ask-{name}")}
        return known | {name for name in QUESTIONS if data.get(f"{name}-label_fr")}

    def values(self) -> dict[str, Any]:
        """What `modules.save_acquisition` takes."""
        data = self.cleaned_data
        chosen = [partner for partner in self.choosable if data[f"{partner.public_id}-on"]]
        return {
            "fields": [self._field(name, chosen) for name in self._ordered(data)],
            "asks_optin": data["asks_optin"],
            "optin_text": pair(data, "optin"),
            "double_optin": data["double_optin"],
            "partners": [self._partner(partner) for partner in chosen],
            # Whoever became a partner after the page was opened was not on it: no word on them.
            "offered": {
                partner.partnership_id
                for partner in self.choosable
                if read_of(partner) in self.data
            },
            "read": {partner.partnership_id: seal_of(partner) for partner in chosen},
        }

    def _ordered(self, data: Mapping[str, Any]) -> list[str]:
        asked = self._asked_names(data)
        return [name for name in (*KNOWN, *QUESTIONS) if name in asked]

    def _field(self, name: str, chosen: Sequence[Partner]) -> dict[str, Any]:
        data = self.cleaned_data
        row: dict[str, Any] = {
            "name": name,
            "required": name == "email" or data[f"must-{name}"],
            "partners": [
                str(partner.partnership_id)
                for partner in chosen
                if name in with_email(data[f"{partner.public_id}-fields"])
            ],
        }
        if name in QUESTIONS:
            french, english = (lines_of(data[f"{name}-choices_{code}"]) for code in ("fr", "en"))
            row["label"] = pair(data, f"{name}-label")
            row["choices"] = [
                {"fr": text, **({"en": english[n]} if english else {})}
                for n, text in enumerate(french)
            ]
        return row

    def _partner(self, partner: Partner) -> ModulePartner:
        data, key = self.cleaned_data, partner.public_id
        rows = self.module.partners.all()
        before = next((row for row in rows if row.partnership_id == partner.partnership_id), None)
        office, name = chosen(partner, before)
        return ModulePartner(
            partnership_id=partner.partnership_id,
            partner_tenant_id=office,
            name=name,
            policy_url=data[f"{key}-policy_url"],
            asks_optin=data[f"{key}-asks"],
            optin_text=pair(data, f"{key}-text"),
            added_at=before.added_at if before is not None else timezone.now(),
        )


def _said(words: str, name: str) -> str:
    return formats.elided(words % {"partner": name}, name)
