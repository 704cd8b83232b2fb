"""Names of people: one line, and no address in it."""

import re

from django.utils.translation import gettext_lazy

from kernel.errors import InvalidInputError

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_ADDRESS = re.compile(r"(https?:|www\.|//|@)", re.IGNORECASE)


class UnsafeNameError(InvalidInputError):
    """A name cannot hold a web or email address."""

    code = "unsafe_name"
    words = gettext_lazy(
        "Un nom ne peut pas contenir d’adresse web ou e-mail. Écrivez le nom seul."
    )


def clean_name(text: str, *, param: str) -> str:
    """A name on one line; raises UnsafeNameError where it holds an address (R42)."""
    name = " ".join(_CONTROL.sub(" ", text).split())
    if holds_address(name):
        raise UnsafeNameError(param=param)
    return name[:80]


def holds_address(name: str) -> bool:
    """Whether a web or email address stands in it, or what looks like one."""
    return _ADDRESS.search(name) is not None
