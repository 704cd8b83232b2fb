"""Statements that PostgreSQL parses and plans once for each connection.

Django writes the values into the text of a statement, so that each one is new to the server. For
the handful of statements of every order, planning them anew costs more than running them.

A prepared statement does not remember the schema of whoever prepared it: PostgreSQL compares the
search_path with the one it planned under, and plans again where it differs. What it refuses is a
result of another shape, which two merchants' tables have while a migration goes through the
fleet. That error is no reason to fail: the statements are prepared anew.
"""

import re
from functools import lru_cache
from itertools import count
from typing import Any

import psycopg
from psycopg.errors import FeatureNotSupported
from psycopg.pq import TransactionStatus


class PreparedCursor(psycopg.RawCursor[Any]):
    """Sends values beside the statement, which is prepared once it was used a few times.

    Statements are written with `%s`, as everywhere; psycopg's own translation forgets those that
    are long, and would read them again each time.
    """

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        if params is not None:
            query = numbered(query)
        try:
            return super().execute(query, params, **options)
        except FeatureNotSupported as error:
            # In a transaction nothing can follow an error: `kernel.db.atomic_with_retry` makes
            # it again, and its rollback has forgotten what was prepared.
            if not is_outdated(error) or self._in_transaction():
                raise
            super().execute("DEALLOCATE ALL")
            return super().execute(query, params, **options)

    def _in_transaction(self) -> bool:
        return self.connection.info.transaction_status is not TransactionStatus.IDLE


@lru_cache(maxsize=1_000)
def numbered(statement: str) -> bytes:
    """A statement as PostgreSQL reads it: `$1`, `$2`… for each `%s`, and `%` for `%%`."""
    numbers = count(1)

    def read(match: re.Match[str]) -> str:
        if match.group() not in ("%s", "%%"):
            raise ValueError(f"{match.group()} stands for nothing in {statement}")
        return "%" if match.group() == "%%" else f"${next(numbers)}"

    return re.sub("%.", read, statement).encode()


def is_outdated(error: FeatureNotSupported) -> bool:
    """Whether a prepared statement would answer in another shape than when it was prepared."""
    # The words of the message depend on the server's language.
    return error.diag.source_function == "RevalidateCachedQuery"
