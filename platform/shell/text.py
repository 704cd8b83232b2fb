"""Plain text helpers."""

import unicodedata


def folded(text: str) -> str:
    """Lower case without accents, to compare what people type with what is written."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
