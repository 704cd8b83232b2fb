"""Faults against `SET search_path`, as a server or a network would cause them."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection


class RefusedSet:
    """An execute wrapper in whose reach PostgreSQL refuses some of the SETs.

    The SET is replaced by one that the server knows nothing of: the error is a real one, and
    leaves a real transaction in error. `share` of them fail; `count` says how many did.
    """

    def __init__(self, rng: random.Random, share: float = 1.0) -> None:
        self.rng, self.share, self.count = rng, share, 0

    def __call__(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        if str(sql).startswith("SET search_path") and self.rng.random() < self.share:
            self.count += 1
            sql = "SET no_such_setting_at_all = 1"
        return execute(sql, params, many, context)


@contextmanager
def cancelling(pid: int, rng: random.Random) -> Iterator[None]:
    """Cancel whatever the backend `pid` does, thousands of times a second, from another thread."""
    stop = threading.Event()
    params = {**connection.get_connection_params(), "autocommit": True}

    def cancel() -> None:
        with psycopg.connect(**params) as own:
            while not stop.wait(rng.random() * 0.002):
                own.execute("SELECT pg_cancel_backend(%s)", [pid])

    thread = threading.Thread(target=cancel, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
