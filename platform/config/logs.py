"""How log lines are written: tracebacks whole, without what the database quotes of rows (D9)."""

import logging
import re

# "Key (email_key)=(…) already exists", "Failing row contains (…)", the line that a COPY was at:
# up to the end, or to the error that came of this one.
_QUOTED = re.compile(
    r"^(DETAIL|CONTEXT):.*?(?=\n\n(?:The above exception|During handling)|\Z)",
    re.MULTILINE | re.DOTALL,
)


class Formatter(logging.Formatter):
    """For the root handler: every logger's errors pass by it."""

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's own name
        """What went wrong and where; whose row it was is for the database to say."""
        return _QUOTED.sub(r"\1: …", super().formatException(ei))  # type: ignore[arg-type]
