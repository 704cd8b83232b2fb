"""What people type in the pages of accounts. What a form does not name is not read (R26)."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Role, User
from shell.fields import TilesField
from shell.forms import HouseForm, HouseModelForm

_EMAIL_ERRORS = {
    "required": _("Saisissez une adresse e-mail, par exemple prenom@exemple.fr."),
    "invalid": _("Saisissez une adresse e-mail complète, par exemple prenom@exemple.fr."),
}


def _email(label: Any, *, autocomplete: str = "username") -> forms.EmailField:
    widget = forms.EmailInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"})
    return forms.EmailField(
        label=label, max_length=254, widget=widget, error_messages=_EMAIL_ERRORS
    )


def _password(label: Any, *, new: bool, help_text: Any = "") -> forms.CharField:
    attrs = {"autocomplete": "new-password" if new else "current-password"}
    return forms.CharField(
        label=label,
        # Longer ones would only cost the hasher time.
        max_length=256,
        strip=False,
        help_text=help_text,
        widget=forms.PasswordInput(attrs=attrs),
        error_messages={"required": _("Saisissez votre mot de passe.")},
    )


def _name(label: Any, *, autocomplete: str, missing: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
        error_messages={"required": missing},
    )


def _role() -> TilesField:
    explained = {
        Role.OWNER: _("Tout, y compris l’équipe, les clés et l’abonnement."),
        Role.MANAGER: _("Les clients, le programme, les récompenses et les messages."),
        Role.VIEWER: _("Tout voir, ne rien changer."),
    }
    return TilesField(
        label=_("Rôle"),
        initial=Role.MANAGER.value,
        options=[(role.value, role.label, detail) for role, detail in explained.items()],
    )


class LogInForm(HouseForm):
    email = _email(_("Adresse e-mail"))
    password = _password(_("Mot de passe"), new=False)


class CodeForm(HouseForm):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
        error_messages={"required": _("Saisissez le code affiché par votre application.")},
    )


class EmailForm(HouseForm):
    email = _email(_("Adresse e-mail"))


class NewPasswordForm(HouseForm):
    password = _password(
        _("Nouveau mot de passe"), new=True, help_text=_("Au moins 10 caractères.")
    )


class ChangePasswordForm(HouseForm):
    current = _password(_("Mot de passe actuel"), new=False)
    password = _password(
        _("Nouveau mot de passe"), new=True, help_text=_("Au moins 10 caractères.")
    )


class ConfirmForm(HouseForm):
    """Asks for the password before something that a borrowed screen must not do."""

    current = _password(_("Mot de passe actuel"), new=False)


class SwitchOnForm(CodeForm):
    current = _password(_("Mot de passe actuel"), new=False)


class InviteForm(HouseForm):
    email = _email(_("Adresse e-mail"), autocomplete="off")
    role = _role()


class RoleForm(HouseForm):
    role = _role()


class JoinForm(HouseForm):
    first_name = _name(_("Prénom"), autocomplete="given-name", missing=_("Saisissez votre prénom."))
    last_name = _name(
        pgettext_lazy("family name", "Nom"),
        autocomplete="family-name",
        missing=_("Saisissez votre nom."),
    )
    password = _password(_("Mot de passe"), new=True, help_text=_("Au moins 10 caractères."))


class JoinWithPasswordForm(HouseForm):
    password = _password(_("Mot de passe"), new=False)


class ProfileForm(HouseModelForm):
    first_name = _name(_("Prénom"), autocomplete="given-name", missing=_("Saisissez votre prénom."))
    last_name = _name(
        pgettext_lazy("family name", "Nom"),
        autocomplete="family-name",
        missing=_("Saisissez votre nom."),
    )
    language = forms.ChoiceField(label=_("Langue"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(
        label=_("Apparence"),
        choices=[
            ("system", _("Comme mon appareil")),
            ("light", _("Claire")),
            ("dark", _("Sombre")),
        ],
    )

    class Meta:
        model = User
        fields = ["first_name", "last_name", "language", "theme"]
