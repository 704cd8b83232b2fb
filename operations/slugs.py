"""The address of an operation's page: made from its name, short, and never one of our own words."""

import secrets

from operations.models import Operation
from shell.text import hyphenated

# What stands after /o/ in other addresses.
RESERVED = frozenset({"confirmer", "merci", "choix", "image", "tirage"})
_LONGEST = 48


def free_slug(name: str) -> str:
    """A slug that no operation has; two made at once are told apart by the table's constraint."""
    plain = hyphenated(name)[:_LONGEST].strip("-")
    base = plain if plain and plain not in RESERVED else f"operation-{plain}".strip("-")
    if not Operation.objects.filter(slug=base).exists():
        return base
    return f"{base}-{secrets.token_hex(3)}"
