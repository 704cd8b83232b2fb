"""Plain text helpers."""

import re
import unicodedata

# What Unicode does not take apart: two letters written as one, and letters with a stroke;
# `ß` is two letters already, by casefold.
_WRITTEN_OUT = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


def folded(text: str) -> str:
    """Lower case without accents or ligatures, to compare what people type with what is written."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return plain.translate(_WRITTEN_OUT)


def hyphenated(text: str) -> str:
    """What addresses and codes are made of: `L’Œuf à la coque` is `l-oeuf-a-la-coque`.

    "" for a text without a letter or digit of ours.
    """
    return _NOT_PLAIN.sub("-", folded(text)).strip("-")
