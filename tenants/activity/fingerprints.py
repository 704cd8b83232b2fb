"""Keyed hashes of where an order came from (D9): they compare, and tell nothing."""

import re
import unicodedata

from django.db import connection
from django.utils.crypto import salted_hmac

# What two people write differently for one street.
_SHORT = {
    "av": "avenue",
    "ave": "avenue",
    "bd": "boulevard",
    "bld": "boulevard",
    "boul": "boulevard",
    "ch": "chemin",
    "imp": "impasse",
    "pl": "place",
    "r": "rue",
    "rte": "route",
    "sq": "square",
    "st": "saint",
    "ste": "sainte",
}
_WORDS = re.compile(r"[a-z]+|\d+")


def of_device(text: str) -> str:
    """The hash of what tells one device from another; "" for nothing."""
    return _hashed("device", text.strip())


def of_address(text: str) -> str:
    """The hash of a postal address, whatever its capitals, accents, commas and short words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    words = [_SHORT.get(word, word) for word in _WORDS.findall(plain)]
    # Somebody who writes half a street has not said where they live.
    if len(words) < 3 or not any(word.isdigit() for word in words):
        return ""
    return _hashed("address", " ".join(words))


def _hashed(purpose: str, text: str) -> str:
    if not text:
        return ""
    schema = getattr(connection, "schema_name", "public")
    return salted_hmac(f"activity.{purpose}:{schema}", text, algorithm="sha256").hexdigest()
