"""What the tenancy tests share: raw answers from the database, and tenants that can be broken."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tenants.provisioning.dedicated import connect

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def ask() -> Callable[..., list[tuple[object, ...]]]:
    """`ask(sql, *params)`: the rows, on a connection that Django knows nothing of."""

    def rows(statement: str, *params: object) -> list[tuple[object, ...]]:
        with connect() as own:
            cursor = own.execute(statement.encode(), params or None)
            return cursor.fetchall() if cursor.description else []

    return rows
