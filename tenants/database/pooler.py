"""Refuses a connection pooler that hands one client's path to another (R18).

PgBouncer in transaction mode gives each transaction whichever server connection is free. The
`search_path` that was set for one tenant is then found by the next one, silently. So the first
connection of a process is put to the test: two sessions, each with a path of its own, take
turns as transactions, and each must find its own again. A pooler that carries the path along
(PgBouncer that tracks it, before PostgreSQL 18 or later) passes, because what is tried is the
very thing that must hold.
"""

import secrets
import threading
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured

ROUNDS = 4
_lock = threading.Lock()
_passed: set[str] = set()

Session = psycopg.Connection[Any]


class UnsafePoolerError(ImproperlyConfigured):
    """Sessions do not keep their search_path between transactions."""


def refuse_unsafe_pooler(params: dict[str, Any]) -> None:
    """Raise UnsafePoolerError unless connections of these parameters keep their path.

    Asked once for each server in a process; later calls cost nothing.
    """
    place = f"{params.get('host', '')}:{params.get('port', '')}"
    if place in _passed:
        return
    with _lock:
        if place in _passed:
            return
        plain = {**params, "cursor_factory": psycopg.Cursor, "autocommit": True}
        with psycopg.connect(**plain) as one, psycopg.connect(**plain) as two:
            if not keeps_its_path(one, two):
                raise UnsafePoolerError(
                    "DATABASE_URL leads to a pooler that shares connections between clients in "
                    "the middle of a session (transaction or statement mode): one merchant "
                    "would read another's data. Connect to PostgreSQL itself, or put the "
                    "pooler in session mode."
                )
        _passed.add(place)


def keeps_its_path(one: Session, two: Session) -> bool:
    """Whether two sessions, in turns and at the same time, each find the path they had set."""
    for _ in range(ROUNDS):
        mine, theirs = (f"probe_{secrets.token_hex(6)}" for _ in range(2))
        one.execute(f"SET search_path = {mine}")
        two.execute(f"SET search_path = {theirs}")
        if _path(one) != mine or _path(two) != theirs:
            return False
        # While one holds a server connection, the other must not be given a different one.
        with two.transaction():
            kept = _path(two) == theirs and _path(one) == mine
        if not kept:
            return False
    return True


def _path(session: Session) -> str:
    row = session.execute("SHOW search_path").fetchone()
    return str(row[0]) if row else ""
