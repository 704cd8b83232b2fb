"""The forms of a campaign: its words and its segment, and the moment it leaves."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kernel.money import Amount
from shell import formats
from shell.fields import IntegerField, MoneyField
from shell.forms import HouseForm
from tenants.context import current_tenant
from tenants.messaging.campaigns import TARGETS, text_of_campaign
from tenants.messaging.forms import TextForm
from tenants.messaging.models import Campaign
from tenants.messaging.writing.texts import FIELDS
from tenants.profiles.models import ProfileKind
from tenants.programme.models import ProgrammeVersion
from tenants.rewards.models import Tier

_ANY = ("", _("Peu importe"))
_YES_NO = (_ANY, ("yes", _("Oui")), ("no", _("Non")))
_TARGETS = {
    "referral_url": _("Le lien de parrainage du client"),
    "space_url": _("La cagnotte du client"),
    "shop_url": _("Votre boutique"),
}
_DAYS = ("ordered_within", "not_ordered_for")
SEGMENT = (
    "kind",
    "language",
    "balance_min",
    "balance_max",
    "referrals_min",
    "referrals_max",
    "ordered_within",
    "not_ordered_for",
    "member",
    "consent",
    "tier",
)


class CampaignForm(TextForm):
    """Name, words, where the button leads, and the segment: an empty field leaves nobody out."""

    name = forms.CharField(
        label=_("Nom de la campagne"),
        max_length=80,
        error_messages={"required": _("Donnez un nom : vous seul le voyez.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    target = forms.ChoiceField(
        label=_("Le bouton mène à"), choices=[(name, _TARGETS[name]) for name in TARGETS]
    )
    kind = forms.ChoiceField(
        label=_("Profil"), required=False, choices=[_ANY, *ProfileKind.choices]
    )
    language = forms.ChoiceField(
        label=_("Langue"),
        required=False,
        choices=[_ANY, ("fr", "Français"), ("en", "English")],
    )
    referrals_min = IntegerField(label=_("A parrainé au moins"), required=False, minimum=0)
    referrals_max = IntegerField(
        label=_("A parrainé au plus"),
        required=False,
        minimum=0,
        help_text=_("0 pour ceux qui n’ont encore parrainé personne."),
    )
    ordered_within = IntegerField(
        label=_("A commandé depuis moins de"), required=False, minimum=1, maximum=3650
    )
    not_ordered_for = IntegerField(
        label=_("N’a rien commandé depuis"), required=False, minimum=1, maximum=3650
    )
    member = forms.ChoiceField(
        label=_("Membre du programme de fidélité"), required=False, choices=_YES_NO
    )
    consent = forms.ChoiceField(
        label=_("A accepté vos actualités"),
        required=False,
        choices=_YES_NO,
        help_text=_("Un client peut être contacté sans l’avoir dit ; un prospect, jamais."),
    )
    tier = forms.ChoiceField(label=_("Palier atteint"), required=False)

    def __init__(self, *args: Any, version: ProgrammeVersion | None, **options: Any) -> None:
        super().__init__(*args, **options)
        points = version is not None and version.unit == "PTS"
        amount = IntegerField if points else MoneyField
        for name, label in (
            ("balance_min", _("Cagnotte d’au moins")),
            ("balance_max", _("Cagnotte d’au plus")),
        ):
            self.fields[name] = amount(label=label, required=False, minimum=0)
        tiers = Tier.objects.filter(active=True).values_list("id", "name")
        field = self.fields["tier"]
        field.choices = [_ANY, *((str(number), name) for number, name in tiers)]  # type: ignore[attr-defined]

    def segment(self) -> dict[str, Any]:
        """The segment as it is stored: plain values of the fields that were filled in."""
        found = {name: self.cleaned_data.get(name) for name in SEGMENT}
        return {name: value for name, value in found.items() if value not in (None, "")}


def in_words(row: Campaign, *, version: ProgrammeVersion | None) -> list[tuple[str, str]]:
    """The segment as its page says it: the label of each field that chooses, and its value."""
    form = CampaignForm(initial=initial_of(row), version=version)
    return [
        (str(form.fields[name].label), _value(form.fields[name], name, row.segment[name], version))
        for name in SEGMENT
        if row.segment.get(name) not in (None, "")
    ]


def _value(field: forms.Field, name: str, value: Any, version: ProgrammeVersion | None) -> str:
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(str(value), value))  # type: ignore[arg-type]
    if name.startswith("balance_"):
        unit = version.unit if version is not None else current_tenant().currency
        return formats.amount(Amount(int(value), unit))
    if name in _DAYS:
        days = ngettext("%(n)s jour", "%(n)s jours", int(value))
        return days % {"n": formats.number(int(value))}
    return formats.number(int(value))


def initial_of(row: Campaign, language: str = "") -> Mapping[str, Any]:
    """What the form shows of a campaign, with its words in this language where it has some."""
    text = text_of_campaign(row, language)
    words = {field: getattr(text, field) for field in FIELDS}
    return {"name": row.name, "target": row.target, **words, **row.segment}


class ClockField(forms.DateTimeField):
    """A moment on the merchant's own clock.

    Of the hour that comes twice in autumn the first is meant; the one that spring leaves out is
    refused, because nobody could say when that is.
    """

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(UTC):  # what was typed, whatever clock the page has
            typed = super().to_python(value)
        if typed is None:
            return None
        zone = ZoneInfo(current_tenant().timezone)
        at = typed.replace(tzinfo=zone)
        if at.astimezone(UTC).astimezone(zone).replace(tzinfo=UTC) != typed:
            raise forms.ValidationError(
                _("Cette heure n’existe pas ce jour-là : prenez la suivante."),
                code="no_such_hour",
            )
        return at


class WhenForm(HouseForm):
    """When a campaign leaves."""

    at = ClockField(
        label=_("Date et heure d’envoi"),
        input_formats=["%Y-%m-%dT%H:%M"],
        error_messages={
            "required": _("Choisissez une date et une heure."),
            "invalid": _("Choisissez une date et une heure."),
        },
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def moment(self) -> datetime:
        """The chosen moment, in the merchant's zone."""
        at: datetime = self.cleaned_data["at"]
        return at
