"""R18: a pooler that hands a tenant's path to the next client is refused at the start."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from tenants.checks import pooler_check
from tenants.database import pooler
from tenants.database.pooler import UnsafePoolerError, refuse_unsafe_pooler
from tests.tenants.pooling_proxy import pooling_proxy


@pytest.fixture
def params(django_db_setup: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """How to reach the server, with nothing proven about it yet."""
    monkeypatch.setattr(pooler, "_passed", set())
    return dict(connection.get_connection_params())


@pytest.fixture
def conninfo(params: dict[str, Any]) -> str:
    names = ("host", "port", "user", "password", "dbname")
    return make_conninfo(**{name: params[name] for name in names if name in params})


def through(params: dict[str, Any], port: int) -> dict[str, Any]:
    return {**params, "host": "127.0.0.1", "port": port}


@pytest.mark.parametrize("sessions", [1, 2, 3])
def test_a_pooler_in_transaction_mode_is_refused(
    params: dict[str, Any], conninfo: str, sessions: int
) -> None:
    with pooling_proxy(conninfo, sessions=sessions) as proxy:
        with pytest.raises(UnsafePoolerError, match="session mode"):
            refuse_unsafe_pooler(through(params, proxy.port))
        # A refusal is not remembered as a pass.
        with pytest.raises(UnsafePoolerError):
            refuse_unsafe_pooler(through(params, proxy.port))


def test_a_pooler_in_session_mode_is_accepted(params: dict[str, Any], conninfo: str) -> None:
    with pooling_proxy(conninfo, sessions=2, per_session=True) as proxy:
        refuse_unsafe_pooler(through(params, proxy.port))


def test_the_server_itself_is_accepted_and_asked_once(
    params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_unsafe_pooler(params)

    def unexpected(**_: object) -> None:
        raise AssertionError("asked a second time")

    monkeypatch.setattr(psycopg, "connect", unexpected)
    refuse_unsafe_pooler(params)


def test_the_first_connection_of_a_process_asks(
    params: dict[str, Any], conninfo: str, django_db_blocker: Any
) -> None:
    """Whatever starts (web, worker, a command) is refused before its first query."""
    from tenants.database.base import DatabaseWrapper

    with pooling_proxy(conninfo, sessions=2) as proxy, django_db_blocker.unblock():
        options = {k: v for k, v in connection.settings_dict["OPTIONS"].items() if k != "pool"}
        own = DatabaseWrapper(
            {
                **connection.settings_dict,
                "HOST": "127.0.0.1",
                "PORT": str(proxy.port),
                "OPTIONS": options,
            }
        )
        with pytest.raises(UnsafePoolerError):
            own.ensure_connection()


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(_: dict[str, Any]) -> None:
        raise UnsafePoolerError("a pooler in transaction mode")

    monkeypatch.setattr("tenants.checks.refuse_unsafe_pooler", refuse)
    yield


def test_manage_check_names_the_pooler(refusing: None) -> None:
    assert [problem.id for problem in pooler_check(databases=["default"])] == ["tenants.E001"]
    assert pooler_check(databases=None) == []
