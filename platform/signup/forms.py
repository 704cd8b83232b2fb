"""What a person types to sign up. What a form does not name is not read (R26)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing.plans import CURRENCY, INTERVALS, SOLD
from kernel.errors import RicochetError
from shell import formats
from shell.fields import TilesField
from shell.forms import HouseForm
from signup import adding
from signup.addresses import look_at
from signup.services.asking import checked_email, checked_name

# Hidden from people, and filled in by programs that fill in everything.
TRAP = "message"


def _slug(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label=_("Adresse de votre back-office"),
        max_length=200,
        required=required,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Écrivez une adresse, par exemple maison-lumen.")},
    )


def _told(check: Callable[[str], str], value: str) -> str:
    """A rule of the service, said beside the field with all other errors of the page."""
    try:
        return check(value)
    except RicochetError as error:
        raise ValidationError(str(error)) from error


class StartForm(HouseForm):
    """The first page: who, which shop, which plan, the terms."""

    shop_name = forms.CharField(
        label=_("Nom de votre boutique"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={
            "required": _("Indiquez le nom de votre boutique, par exemple Maison Lumen.")
        },
    )
    slug = _slug(required=False)
    email = forms.CharField(
        label=_("Votre adresse e-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Indiquez une adresse e-mail, par exemple claire@maisonlumen.fr.")
        },
    )
    plan = TilesField(label=_("Formule"), options=[])
    interval = forms.ChoiceField(
        label=_("Après l’essai"),
        choices=[("month", _("Paiement au mois")), ("year", _("Paiement à l’année"))],
        widget=forms.RadioSelect,
    )
    terms = forms.BooleanField(
        label=_("J’accepte les conditions générales"),
        error_messages={"required": _("Cochez cette case pour accepter les conditions.")},
    )
    sealed = forms.CharField(widget=forms.HiddenInput, required=False, max_length=400)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"] = TilesField(
            label=_("Formule"),
            lines={plan.key.value: adding.lines(plan) for plan in SOLD},
            error_messages={"invalid_choice": _("Choisissez une des possibilités proposées.")},
            options=[
                (
                    plan.key.value,
                    plan.name,
                    _("%(price)s HT par mois") % {"price": formats.money(plan.month, CURRENCY)},
                )
                for plan in SOLD
            ],
        )

    def clean_shop_name(self) -> str:
        return _told(checked_name, self.cleaned_data["shop_name"])

    def clean_email(self) -> str:
        return _told(checked_email, self.cleaned_data["email"])

    def clean_slug(self) -> str:
        typed = str(self.cleaned_data["slug"])
        looked = look_at(typed)
        if looked.words:
            raise ValidationError(looked.words)
        return typed

    @property
    def chosen_plan(self) -> Any:
        """The plan that is ticked on the page, for the line that names it."""
        key = self["plan"].value()
        return next((plan for plan in SOLD if plan.key == key), None)

    @property
    def chosen_interval(self) -> str:
        value = str(self["interval"].value() or "")
        return value if value in INTERVALS else INTERVALS[0]


class ConfirmForm(HouseForm):
    """The page behind the link: the address, and a password; the terms again if they changed."""

    slug = _slug(required=True)
    password = forms.CharField(
        label=_("Mot de passe"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(),
        error_messages={"required": _("Choisissez un mot de passe d’au moins 10 caractères.")},
    )
    terms = forms.BooleanField(
        label=_("J’accepte les conditions générales"),
        error_messages={"required": _("Cochez cette case pour accepter les conditions.")},
    )

    def __init__(
        self, *args: Any, known: bool, kept: bool, stale_terms: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        password = self.fields["password"]
        if known:
            password.help_text = _("Celui que vous utilisez déjà sur Ricochet.")
            password.error_messages["required"] = _("Saisissez votre mot de passe.")
        else:
            password.help_text = _("Au moins 10 caractères.")
        password.widget.attrs["autocomplete"] = "current-password" if known else "new-password"
        if kept:
            del self.fields["password"]
        if not stale_terms:
            del self.fields["terms"]
