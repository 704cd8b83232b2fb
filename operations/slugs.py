"""The address of an operation's page: made from its name, short, and never one of our own words."""

import re
import secrets

from operations.models import Operation
from tenants.profiles.services import fold_text

# What stands after /o/ in other addresses.
RESERVED = frozenset({"confirmer", "merci", "choix", "image", "tirage"})
_LONGEST = 48
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


def free_slug(name: str) -> str:
    """A slug that no operation has; two made at once are told apart by the table's constraint."""
    plain = _NOT_PLAIN.sub("-", fold_text(name)).strip("-")[:_LONGEST].strip("-")
    base = plain if plain and plain not in RESERVED else f"operation-{plain}".strip("-")
    if not Operation.objects.filter(slug=base).exists():
        return base
    return f"{base}-{secrets.token_hex(3)}"
