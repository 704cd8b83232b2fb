"""How log lines are written: tracebacks whole, without what the database quotes of rows, and paths
without what opens something or names somebody (D9).
"""

import logging
import re

# "Key (email_key)=(…) already exists", "Failing row contains (…)", the line that a COPY was at:
# up to the end, or to the error that came of this one.
_QUOTED = re.compile(
    r"^(DETAIL|CONTEXT):.*?(?=\n\n(?:The above exception|During handling)|\Z)",
    re.MULTILINE | re.DOTALL,
)


_OF_REQUESTS = ("django.request", "django.security", "granian", "_granian")
# A link's token or signature, and the code of a referral, which is made of a first name. Our own
# ids (`cus_…`) stay: they open nothing.
_SECRET = re.compile(r"(?<=/)(?![a-z]{2,6}_[0-9a-hjkmnp-tv-z]{26}(?![\w-]))[\w.:=~-]{20,}")
_CODE = re.compile(r"(?<=/r/)[^/?\s\"']+|(?<=/espace/cadeau/)[^/?\s\"']+")
_QUERY = re.compile(r"(?<=\S)\?[^\s\"']+")


def without_secrets(text: str) -> str:
    """A line about a request, its path masked and its query left out."""
    return _CODE.sub("…", _SECRET.sub("…", _QUERY.sub("", text)))


class Formatter(logging.Formatter):
    """For the root handler: every logger's errors pass by it."""

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's own name
        """What went wrong and where; whose row it was is for the database to say."""
        return _QUOTED.sub(r"\1: …", super().formatException(ei))  # type: ignore[arg-type]

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """Lines about requests that were refused have a path; the other lines hold ids."""
        written = super().formatMessage(record)
        return without_secrets(written) if record.name.startswith(_OF_REQUESTS) else written
