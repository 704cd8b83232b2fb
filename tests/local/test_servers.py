"""PostgreSQL and Valkey from their wheels: started, hurt and started again."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from deploy.local import unprivileged
from deploy.local.postgres import Postgres, create_database, drop_database, postgres
from deploy.local.processes import ProcessError
from deploy.local.valkey import Valkey, valkey

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that PostgreSQL's account can enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="ricochet-servers-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_postgres_keeps_what_was_committed_when_it_is_killed(place: Path) -> None:
    server = Postgres(data_dir=place / "data")
    server.start()
    try:
        create_database(server.url, "kept")
        with psycopg.connect(server.database_url("kept")) as connection:
            connection.execute("CREATE TABLE fact (id int PRIMARY KEY)")
            connection.execute("INSERT INTO fact VALUES (1)")
        server.kill()
        assert not server.answers()
        server.restart()
        with psycopg.connect(server.database_url("kept")) as connection:
            assert connection.execute("SELECT count(*) FROM fact").fetchone() == (1,)
        drop_database(server.url, "kept")
    finally:
        server.stop()


def test_a_frozen_postgres_answers_again_when_thawed(place: Path) -> None:
    server = Postgres(data_dir=place / "data", durable=False)
    server.start()
    try:
        with psycopg.connect(server.url) as connection:
            server.freeze()
            assert not server.answers()
            server.thaw()
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        server.stop()


def test_postgres_is_entered_with_its_password_only(place: Path) -> None:
    server = Postgres(data_dir=place / "data", durable=False, password="right")
    server.start()
    try:
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.url.replace(":right@", ":wrong@"))
    finally:
        server.stop()


def test_data_of_another_major_version_is_left_alone(place: Path) -> None:
    (place / "data").mkdir()
    (place / "data" / "PG_VERSION").write_text("12\n")
    with pytest.raises(ProcessError, match="was made by PostgreSQL 12"):
        Postgres(data_dir=place / "data").start()
    assert (place / "data" / "PG_VERSION").exists()


@as_root
def test_root_hands_postgres_to_an_account_that_can_reach_its_data(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tree under /root: the data lie elsewhere, and a link says where."""
    monkeypatch.setattr(unprivileged, "_ELSEWHERE", place / "elsewhere")
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    server = Postgres(data_dir=closed / "data", durable=False)
    server.start()
    try:
        assert server.answers()
        assert (closed / "data").readlink() == server.data_dir
        assert server.data_dir.is_relative_to(place / "elsewhere")
        assert Path(f"/proc/{server.pid}").stat().st_uid != 0
    finally:
        server.stop()


def test_the_environment_s_own_servers_are_used_when_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/db")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    with postgres() as database, valkey() as broker:
        assert (database, broker) == ("postgres://elsewhere/db", "redis://elsewhere/0")


def test_valkey_keeps_queued_tasks_over_a_restart(place: Path) -> None:
    server = Valkey(data_dir=place / "valkey")
    server.start()
    try:
        with redis.Redis.from_url(server.url) as client:
            client.lpush("queue", "task")
        server.restart()
        with redis.Redis.from_url(server.url) as client:
            assert client.llen("queue") == 1
    finally:
        server.stop()


def test_valkey_refuses_a_stranger(place: Path) -> None:
    server = Valkey(data_dir=place / "valkey", durable=False)
    server.start()
    try:
        with (
            redis.Redis(port=server.port) as client,
            pytest.raises(redis.AuthenticationError),
        ):
            client.ping()
    finally:
        server.stop()
