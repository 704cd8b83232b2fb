"""What is typed on the pages of partnerships."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shell.fields import TilesField
from shell.forms import HouseForm
from tenants.models import Tenant

BY_CODE, BY_DETAILS = "code", "details"
_NEEDED = {BY_CODE: ("code",), BY_DETAILS: ("name", "email", "language")}


def _email() -> forms.EmailField:
    return forms.EmailField(
        label=_("Adresse e-mail"),
        max_length=254,
        help_text=_("Son accès y est envoyé. Aucun mot de passe ne voyage par e-mail."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Indiquez une adresse e-mail, par exemple nora@brulerie-noe.fr."),
            "invalid": _("Indiquez une adresse complète, par exemple nora@brulerie-noe.fr."),
        },
    )


class AddPartnerForm(HouseForm):
    """By code or by details: of the fields of the other way, nothing is asked or read."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    how = TilesField(
        label=_("Votre partenaire a-t-il déjà un back-office Ricochet ?"),
        initial=BY_DETAILS,
        options=[
            (BY_CODE, _("Oui, il m’a donné son code"), _("Il le trouve dans Partenariats.")),
            (
                BY_DETAILS,
                _("Non, ou je ne sais pas"),
                _("Un back-office est créé pour lui, sans frais."),
            ),
        ],
    )
    code = forms.CharField(
        label=_("Code partenaire"),
        max_length=40,
        help_text=_("Dix lettres et chiffres, par exemple KM4PA-7XCR3."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Saisissez le code que votre partenaire vous a donné.")},
    )
    name = forms.CharField(
        label=_("Nom de la marque"),
        max_length=120,
        error_messages={"required": _("Indiquez le nom de la marque, par exemple Brûlerie Noé.")},
    )
    site_url = forms.URLField(
        label=_("Son site"),
        max_length=200,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    first_name = forms.CharField(label=_("Prénom du contact"), max_length=80, required=False)
    last_name = forms.CharField(label=_("Nom du contact"), max_length=80, required=False)
    email = _email()
    language = forms.ChoiceField(
        label=_("Sa langue"), choices=settings.LANGUAGES, initial="fr", required=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4())
        if self.is_bound:
            how = self.data.get("how")
            for way, names in _NEEDED.items():
                for name in names:
                    self.fields[name].required = way == how

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("how") == BY_CODE:
            # What was left in the hidden half is no matter of this proposal.
            for name in ("name", "site_url", "first_name", "last_name", "email", "language"):
                self.errors.pop(name, None)
        elif data.get("how") == BY_DETAILS:
            self.errors.pop("code", None)
        return data


class OwnPolicyField(forms.URLField):
    """Where a brand's own policy is read, which stands beside its box."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("Votre politique de confidentialité"),
            max_length=300,
            assume_scheme="https",
            widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
            error_messages={
                "invalid": _(
                    "Indiquez l’adresse complète de cette page, par exemple"
                    " https://exemple.fr/confidentialite."
                ),
                "required": _(
                    "Indiquez l’adresse de cette page, par exemple https://exemple.fr/confidentialite."
                ),
            },
            **{"required": False, **options},
        )


class PolicyForm(HouseForm):
    """What the agreement asks of the minor beside its word."""

    policy_url = OwnPolicyField(
        required=True,
        help_text=_(
            "L’adresse web d’une page de votre site, affichée à côté de votre case. Celle de vos"
            " mentions légales convient, si elle dit ce que deviennent les données des personnes."
            " Pas encore de page ? Vous accepterez quand elle sera en ligne."
        ),
    )

    def __init__(self, *args: Any, site_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Where it begins is known, which page it is only they can say: shown, never filled in.
        start = (site_url or "https://exemple.fr").rstrip("/")
        self.fields["policy_url"].widget.attrs["placeholder"] = f"{start}/…"


class AddressForm(HouseForm):
    """The contact's address, once more."""

    email = _email()


class RenewForm(HouseForm):
    """The brand's name typed, before every copy of the code dies (B8)."""

    confirm = forms.CharField(
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._name = tenant.name
        field = self.fields["confirm"]
        field.label = gettext("Pour confirmer, écrivez %(name)s") % {"name": tenant.name}
        field.error_messages["required"] = self._what_to_do()

    def _what_to_do(self) -> str:
        return gettext("Écrivez le nom de votre marque : %(name)s.") % {"name": self._name}

    def clean_confirm(self) -> str:
        typed = " ".join(str(self.cleaned_data["confirm"]).split())
        if typed != " ".join(self._name.split()):
            raise forms.ValidationError(self._what_to_do())
        return typed


class OfficeForm(HouseForm):
    """With which of their back offices somebody takes part."""

    office = forms.ChoiceField(label=_("Back-office"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, offices: list[Tenant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["office"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [(str(office.id), office.name) for office in offices]
        if len(offices) == 1:
            field.initial = str(offices[0].id)
