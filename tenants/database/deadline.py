"""R9: a database that stopped answering is given up on in time.

PostgreSQL's own limits are of no use when it is PostgreSQL that stands still: its machine
acknowledges what we send, and nothing comes back. So the web process counts by itself, and lets
go of a connection on which a statement got no answer; the request ends in 503. Commands and
workers wait as long as it takes: a migration may be slow, and nobody looks at it meanwhile.
"""

import time
from collections.abc import Generator
from typing import Any

import psycopg

_limit: list[float] = []


def give_up_after(seconds: float) -> None:
    """From now on, this process waits so long for the answer to one statement."""
    _limit[:] = [seconds]


class Connection(psycopg.Connection[Any]):
    """psycopg's connection; past the process's limit it closes and raises OperationalError."""

    def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
        if not _limit:
            return super().wait(gen, *args, **kwargs)
        return super().wait(self._in_time(gen, time.monotonic() + _limit[0]), *args, **kwargs)

    def _in_time(self, gen: Generator[Any, Any, Any], deadline: float) -> Generator[Any, Any, Any]:
        """The same steps; psycopg looks in every tenth of a second, answer or not."""
        try:
            step = next(gen)
            while True:
                ready = yield step
                if time.monotonic() > deadline:
                    gen.close()
                    self.pgconn.finish()
                    raise psycopg.OperationalError("the database did not answer in time")
                step = gen.send(ready)
        except StopIteration as done:
            return done.value
