"""Why a sign-up cannot be taken, or not go on. `words` say what to do."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import ConflictError, InvalidInputError, NotFoundError, TemporaryError


class InvalidShopNameError(InvalidInputError):
    """A shop's name is missing, or holds signs that names do not have."""

    code = "invalid_name"
    words = _("Indiquez le nom de votre boutique, par exemple Maison Lumen.")


class DisposableAddressError(InvalidInputError):
    """The address is one of those that are thrown away."""

    code = "disposable_address"
    words = _(
        "Cette adresse est jetable : vous n’y recevriez ni vos accès ni vos factures. Indiquez"
        " une adresse que vous gardez."
    )


class StaleTermsError(ConflictError):
    """The terms that were read are not those in force any more."""

    code = "stale_terms"
    words = _("Les conditions ont changé depuis que vous avez ouvert cette page. Relisez-les.")


class SignupOverError(NotFoundError):
    """This link never led anywhere here, or is too old."""

    code = "signup_over"


class WrongPasswordError(InvalidInputError):
    """Not the password that this person has already."""

    code = "wrong_password"
    words = _(
        "Ce n’est pas le mot de passe que vous utilisez déjà sur Ricochet. Saisissez-le à nouveau."
    )


class NotMadeError(TemporaryError):
    """The back office could not be made just now. Everything that was typed is kept."""

    code = "signup_not_made"
    words = _(
        "Votre back-office n’a pas pu être créé à l’instant. Tout est gardé : réessayez dans"
        " une minute, avec le même lien."
    )
