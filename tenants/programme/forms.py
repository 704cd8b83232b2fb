"""What is typed in the back office's pages of the programme. Unnamed input is not read (R26)."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.ids import uuid7
from shell.fields import (
    DateField,
    MoneyField,
    TilesField,
    amount_field,
)
from shell.forms import HouseForm
from tenants.activity.services import MOST_CENTS


class KeyField(forms.CharField):
    """A hidden UUIDv7, made with the form: what is sent twice has one effect."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, initial=lambda: str(uuid7()))

    def clean(self, value: Any) -> uuid.UUID:
        try:
            key = uuid.UUID(str(value))
        except ValueError:
            key = uuid.UUID(int=0)
        if key.version != 7:
            raise ValidationError(_("Rechargez la page et envoyez le formulaire à nouveau."))
        return key


class CustomerForm(HouseForm):
    """A customer: who they are, and how to reach them."""

    key = KeyField()
    first_name = forms.CharField(label=_("Prénom"), max_length=80, required=False)
    last_name = forms.CharField(
        label=pgettext_lazy("family name", "Nom"), max_length=80, required=False
    )
    email = forms.EmailField(label=_("Adresse e-mail"), max_length=254, required=False)
    phone = forms.CharField(label=_("Téléphone"), max_length=20, required=False)
    shop = forms.CharField(label=_("Boutique ou société"), max_length=120, required=False)
    gender = forms.ChoiceField(
        label=_("Civilité"),
        help_text=_("Sert à accorder : filleule ou filleul, marraine ou parrain."),
        choices=[("", _("Non précisée")), ("f", _("Madame")), ("m", _("Monsieur"))],
        required=False,
    )
    notes = forms.CharField(
        label=_("Notes"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        known = any(data.get(name) for name in ("email", "phone", "last_name"))
        if not known and "email" not in self.errors:
            self.add_error("email", _("Indiquez au moins un e-mail, un téléphone ou un nom."))
        return data


class AdjustForm(HouseForm):
    """An amount added to a cagnotte or taken from it, and why."""

    key = KeyField()
    way = TilesField(
        label=_("Correction"),
        options=[
            ("credit", _("Créditer"), _("La cagnotte augmente tout de suite.")),
            ("debit", _("Retirer"), _("La cagnotte baisse, jamais sous zéro.")),
        ],
        initial="credit",
    )
    reason = forms.CharField(
        label=_("Motif"),
        max_length=160,
        help_text=_("Votre client le lit dans son historique."),
        error_messages={"required": _("Écrivez pourquoi, par exemple : geste commercial.")},
    )
    field_order = ("key", "way", "amount", "reason")

    def __init__(self, *args: Any, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = amount_field(
            unit=unit, label=_("Montant"), minimum=1, maximum=100_000
        )
        self.order_fields(self.field_order)


class CodeForm(HouseForm):
    """Another text for a referral code."""

    code = forms.CharField(
        label=_("Code de parrainage"),
        max_length=32,
        help_text=_("4 à 32 caractères : lettres sans accent, chiffres ou tirets."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Écrivez un code, par exemple CAMILLE-4T.")},
    )


class OrderForm(HouseForm):
    """An order that the merchant enters. Without a number of the shop's, it gets one."""

    key = KeyField()
    number = forms.CharField(
        label=_("Numéro de commande"),
        max_length=80,
        required=False,
        help_text=_("Vide : nous lui en donnons un."),
    )
    amount = MoneyField(label=_("Montant payé"), minimum=1, maximum=MOST_CENTS)
    ordered_on = DateField(label=_("Date de la commande"))
    code = forms.CharField(
        label=_("Code de parrainage"),
        max_length=32,
        required=False,
        help_text=_("Celui que le client a donné, s’il en a donné un."),
    )


class RefundForm(HouseForm):
    """A refund of an order, whole or in part."""

    key = KeyField()

    def __init__(self, *args: Any, left: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = MoneyField(
            label=_("Montant remboursé"), minimum=1, maximum=left, initial=left
        )
