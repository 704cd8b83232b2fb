"""Names that somebody types of others, and that stand in emails to them (R42)."""

import re
import unicodedata

# Mail programs make a link of it: nobody else's inbox is a place for a name of that kind. The
# second dot is the one of Chinese and Japanese, which browsers read as the first.
_DOMAIN = re.compile(r"[^\W_][.\u3002][^\W\d_]{2}")


def holds_a_link(name: str) -> bool:
    """Whether a mail program would make a link of a part of this name."""
    plain = unicodedata.normalize("NFKC", name)
    return "://" in plain or _DOMAIN.search(plain) is not None
