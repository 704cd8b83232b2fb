"""R9: nobody is given a connection that died while it lay in the pool.

When PostgreSQL is started again, every connection that lay idle is dead, and without a look at it
each would cost somebody a 503 long after all is well. To ask the server before each request would
cost a round trip; a glance at the socket does not. A server says nothing to an idle session but
its farewell, so only where something waits to be read is it asked.
"""

import select
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool


def is_alive(session: psycopg.Connection[Any]) -> bool:
    """Whether an idle connection still has its server, as far as can be told without asking it."""
    glance = select.poll()
    glance.register(session.fileno(), select.POLLIN)
    if not glance.poll(0):
        return True
    try:
        ConnectionPool.check_connection(session)
    except psycopg.Error:
        return False
    return True
