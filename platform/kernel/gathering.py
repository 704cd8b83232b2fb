"""Writes that wait for one another, so that one statement carries them all.

The busiest roads write a dozen kinds of rows of which nothing is asked back. Inside `gathered()`
such writes wait; whatever else is asked of the database sends them first, so that nothing is ever
read that should have been written before. They go in the caller's transaction, at the latest when
the block ends, and an error that leaves the block leaves them unsent.

Parts of one statement do not see each other's rows. So no two of them touch the same table twice,
but for inserts, which are put together; foreign keys are checked when the transaction ends.

All of them are one merchant's. The statement runs in the schema that is set when it goes: where
that is another than when they began to wait, nothing is sent, and it is an error.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

# The text of a statement for so many rows, without what it returns.
Text = Callable[[int], str]


class Gathered:
    """What waits. An insert is kept as its text, by number of rows; another write as it is."""

    def __init__(self) -> None:
        self._inserts: dict[type[models.Model], tuple[Text, list[Any], int]] = {}
        self._others: dict[type[models.Model], tuple[str, list[Any]]] = {}
        self._schema = ""
        self.stays = False

    def holds(self, model: type[models.Model]) -> bool:
        return model in self._inserts or model in self._others

    def insert(self, model: type[models.Model], text: Text, values: list[Any], count: int) -> None:
        self._stay_in_schema()
        if model in self._others:
            self.send()
        _text, earlier, number = self._inserts.get(model, (text, [], 0))
        self._inserts[model] = (text, earlier + values, number + count)

    def other(self, model: type[models.Model], statement: str, values: Sequence[Any]) -> None:
        self._stay_in_schema()
        if self.holds(model):
            self.send()
        self._others[model] = (statement, list(values))

    def _stay_in_schema(self) -> None:
        """What waits is of the schema that was set at its first write; RuntimeError in another."""
        here = getattr(connections[DEFAULT_DB_ALIAS], "schema_name", "")
        if not self._inserts and not self._others:
            self._schema = here
        elif here != self._schema:
            raise RuntimeError(f"what waits for {self._schema} may not be written in {here}")

    def take(self) -> tuple[list[str], list[Any]]:
        """The statements that waited, and their values in order; nothing waits any more."""
        self._stay_in_schema()
        found = [*self._others.values()]
        found += [(text(count), values) for text, values, count in self._inserts.values()]
        self.forget()
        return [text for text, _ in found], [value for _, part in found for value in part]

    def forget(self) -> None:
        """Nothing waits any more, and nothing of it is written."""
        self._others, self._inserts = {}, {}

    def send(self) -> None:
        statements, values = self.take()
        if statements:
            *first, last = statements
            with prepared_cursor() as cursor:
                cursor.execute(before(tuple(first), last), values)

    def __call__(self, execute: Any, sql: Any, *arguments: Any) -> Any:
        """Django's hook around every statement: what waits goes first."""
        text = str(sql)
        if text.startswith("SET search_path"):
            pass  # until that is done the path may still be another merchant's
        elif text.startswith("ROLLBACK TO"):
            self.forget()  # it was written since that savepoint, which sent what waited before it
        elif not self.stays:
            self.send()
        return execute(sql, *arguments)


_waiting: ContextVar[Gathered | None] = ContextVar("gathered_writes", default=None)


def waiting() -> Gathered | None:
    """What waits in this thread, inside `gathered()`; None outside of it."""
    return _waiting.get()


@contextmanager
def gathered() -> Iterator[None]:
    """Let the writes of `kernel.db` that answer nothing wait for one another in this block.

    The caller is in a transaction. Inside another such block it is part of that one.
    """
    if _waiting.get() is not None:
        yield
        return
    found = Gathered()
    token = _waiting.set(found)
    with ExitStack() as stack:
        stack.callback(_waiting.reset, token)
        stack.enter_context(connection.execute_wrapper(found))
        yield
        found.send()


@contextmanager
def aside(*asked: type[models.Model]) -> Iterator[None]:
    """In this block only rows of the models `asked` are looked at: what waits of others stays.

    Whoever uses it knows what a statement looks at, and that it writes nothing.
    """
    found = _waiting.get()
    if found is None or any(found.holds(model) for model in asked):
        yield
        return
    found.stays = True
    try:
        yield
    finally:
        found.stays = False


@lru_cache(maxsize=512)
def before(first: tuple[str, ...], last: str) -> str:
    """One statement out of several; the last is the one that answers."""
    if not first:
        return last
    parts = ", ".join(f"part{n} AS ({text})" for n, text in enumerate(first))
    return f"WITH {parts} {last}"


def prepared_cursor() -> Any:
    """A cursor for SQL whose text stands still: the server parses and plans it once.

    Values travel beside the statement, so their types must be plain from where they stand.
    """
    ours = connections[DEFAULT_DB_ALIAS]
    make = getattr(ours, "prepared_cursor", ours.cursor)
    return make()
