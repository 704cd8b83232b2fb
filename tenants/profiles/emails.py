"""Emails: kept as typed, matched without case, folded only where fraud is judged."""

from django.db import connection
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy
from email_validator import EmailNotValidError, validate_email

from kernel.emails import folded, key
from kernel.errors import InvalidInputError

__all__ = ["InvalidEmailError", "clean", "folded", "hashed", "key"]


class InvalidEmailError(InvalidInputError):
    """This is not an email address: expected something like camille@exemple.fr."""

    code = "invalid_email"
    words = gettext_lazy("Saisissez une adresse e-mail complète, par exemple camille@exemple.fr.")


def clean(email: str) -> str:
    """The address as typed, trimmed; raises InvalidEmailError when it cannot be one."""
    text = email.strip()
    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise InvalidEmailError(param="email") from error
    return text


def hashed(email: str, *, purpose: str) -> str:
    """A keyed hash of the address for this merchant and purpose; it compares, and tells nothing."""
    schema = getattr(connection, "schema_name", "public")
    return salted_hmac(f"{purpose}:{schema}", key(email), algorithm="sha256").hexdigest()
