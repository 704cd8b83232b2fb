"""All of Ricochet on one machine: servers, web, worker, beat, mail and the demo shop.

The demo runs one, and so do the browser journeys and the fault tests: they can kill, freeze and
restart each part by its name.
"""

import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from deploy.local.commands import (
    DEMO_FILE,
    DOMAIN,
    PROCESSES,
    SHOP_HOST,
    Ports,
    command,
    environment,
)
from deploy.local.postgres import Postgres, create_database
from deploy.local.processes import ROOT, Child, ProcessError, wait_until
from deploy.local.valkey import Valkey

_DATABASE = "ricochet"


class Stack:
    """Servers and processes over one data directory.

    `database_url` and `redis_url`, when given, are used instead of servers of our own. The parts
    are `postgres`, `valkey` and those in `PROCESSES`; `env` is added to what they see, and
    `web_workers` processes answer requests.
    """

    def __init__(
        self,
        *,
        data_dir: Path,
        ports: Ports,
        durable: bool = True,
        database_url: str | None = None,
        redis_url: str | None = None,
        env: Mapping[str, str] | None = None,
        web_workers: int = 2,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.ports = ports
        self.logs = self.data_dir / "logs"
        self.demo_file = self.data_dir / DEMO_FILE
        self.database_url = database_url
        self.redis_url = redis_url
        self.parts: dict[str, Postgres | Valkey | Child] = {}
        self._durable = durable
        self._extra = dict(env or {})
        self._web_workers = web_workers

    # ------------------------------------------------------------ starting
    def start_postgres(self) -> None:
        """Start our own PostgreSQL with an empty database, unless we were given one."""
        if self.database_url is None:
            server = Postgres(
                data_dir=self.data_dir / "postgres",
                durable=self._durable,
                log=self.logs / "postgres.log",
            )
            self.parts["postgres"] = server
            self.logs.mkdir(parents=True, exist_ok=True)
            create_database(server.start(), _DATABASE)
            self.database_url = server.database_url(_DATABASE)

    def start_valkey(self) -> None:
        """Start our own Valkey, unless we were given one."""
        if self.redis_url is None:
            server = Valkey(data_dir=self.data_dir / "valkey", durable=self._durable)
            self.parts["valkey"] = server
            self.redis_url = server.start()

    def prepare(self, *, seed: bool, progress: Callable[[str], None] = lambda _: None) -> None:
        """Migrate and (with `seed`) fill in the demo merchant; `progress` hears each step.

        The double of Stripe is started first: the plans are put on sale there.
        """
        self.start("stripe")
        wait_until(
            lambda: self.status("stripe", "/") == 200,
            child=self.parts["stripe"],  # type: ignore[arg-type]
            seconds=30,
            what="Waiting for the double of Stripe",
        )
        self.run(
            "prepare",
            ["-m", "deploy.local.prepare", *(["--seed"] if seed else [])],
            progress=progress,
        )

    def run(
        self,
        name: str,
        arguments: list[str],
        *,
        progress: Callable[[str], None] = lambda _: None,
        seconds: float = 600,
    ) -> str:
        """Run a Python command to its end and give its output; ProcessError when it fails."""
        log = self.logs / f"{name}.log"
        log.unlink(missing_ok=True)
        child = Child(name, [sys.executable, *arguments], log=log, env=self.environment())
        child.start()
        self.parts[name] = child
        shown = ""
        deadline = time.monotonic() + seconds
        try:
            while child.alive and time.monotonic() < deadline:
                steps = [line for line in log.read_text().splitlines() if line.startswith("@step ")]
                if steps and steps[-1] != shown:
                    shown = steps[-1]
                    progress(shown.removeprefix("@step "))
                time.sleep(0.05)
            if child.exit_code != 0:
                raise ProcessError(f"{name} failed.\n{child.tail(25)}")
            return log.read_text()
        finally:
            child.stop()
            self.parts.pop(name, None)

    def manage(self, *arguments: str) -> str:
        """Run one of manage.py's commands and give its output."""
        return self.run("manage", [str(ROOT / "manage.py"), *arguments])

    def start(self, *names: str) -> None:
        """Start some processes, or all of them."""
        for name in names or PROCESSES:
            child = self.parts.get(name)
            if not isinstance(child, Child):
                child = Child(
                    name,
                    command(
                        name,
                        ports=self.ports,
                        data_dir=self.data_dir,
                        web_workers=self._web_workers,
                    ),
                    log=self.logs / f"{name}.log",
                    env=self.environment(),
                )
                self.parts[name] = child
            child.start()

    def wait_ready(self, *, seconds: float = 60) -> None:
        """Wait until `GET /healthz` answers 200, and the shop, the inbox and the double answer."""
        web = self.parts["web"]
        if not isinstance(web, Child):
            raise ProcessError("web was not started")
        what = "Waiting for Ricochet"
        try:
            wait_until(self._is_healthy, child=web, seconds=seconds, what=what)
        except ProcessError as error:
            reply = self.fetch("web", "/healthz")[:600]
            raise ProcessError(f"{error}\n/healthz said: {reply or 'nothing'}") from None
        for name in ("shop", "mail", "stripe"):
            part = self.parts.get(name)
            if isinstance(part, Child):
                wait_until(
                    lambda name=name: self.status(name, "/") == 200,  # type: ignore[misc]
                    child=part,
                    seconds=60,
                    what=f"Waiting for {name}",
                )

    def _is_healthy(self) -> bool:
        """Whether `/healthz` answers 200; ProcessError as soon as a part has died."""
        if child := self.dead():
            raise ProcessError(f"{child.name} ended ({child.exit_code}).\n{child.tail()}")
        return self.status("web", "/healthz") == 200

    # ------------------------------------------------------------ stopping and hurting
    def stop(self) -> None:
        """Stop everything, the processes before the servers that they need."""
        for name in ("shop", "beat", "web", "worker", "mail", "stripe"):
            if part := self.parts.pop(name, None):
                part.stop()
        for name in list(self.parts):
            self.parts.pop(name).stop()

    def kill(self, name: str) -> None:
        self.parts[name].kill()

    def freeze(self, name: str) -> None:
        self.parts[name].freeze()

    def thaw(self, name: str) -> None:
        self.parts[name].thaw()

    def restart(self, name: str) -> None:
        self.parts[name].restart()

    def mend(self) -> None:
        """Thaw what is frozen, start again what is dead, and wait until all is well.

        As a supervisor does in production, a process that dies while the others come back is
        started again: a Celery worker may, when its broker returns in the middle of a try.
        """
        for tries_left in (2, 1, 0):
            for part in self.parts.values():
                child = part if isinstance(part, Child) else part.process
                if child is not None and child.alive:
                    part.thaw()
                else:
                    part.restart()
            try:
                if "web" in self.parts:
                    self.wait_ready()
                break
            except ProcessError:
                if not tries_left or self.dead() is None:
                    raise

    def dead(self) -> Child | None:
        """A process that ended although nobody stopped it."""
        for part in self.parts.values():
            child = part if isinstance(part, Child) else part.process
            if child is not None and not child.alive:
                return child
        return None

    # ------------------------------------------------------------ addresses
    def url(self, slug: str = "") -> str:
        """The platform's origin, or with a slug that merchant's."""
        return f"http://{f'{slug}.' if slug else ''}{DOMAIN}:{self.ports.web}"

    @property
    def shop_url(self) -> str:
        return f"http://{SHOP_HOST}:{self.ports.shop}"

    @property
    def inbox_url(self) -> str:
        return f"http://localhost:{self.ports.inbox}"

    @property
    def stripe_url(self) -> str:
        return f"http://localhost:{self.ports.stripe}"

    @property
    def demo(self) -> dict[str, Any]:
        """What the seed left for others: keys, the merchant's origin, log-ins."""
        if not self.demo_file.exists():
            return {}
        content: dict[str, Any] = json.loads(self.demo_file.read_text())
        return content

    def mails(self, to: str = "") -> list[dict[str, Any]]:
        """The messages in the inbox, newest first; with `to` those of one recipient."""
        reply: list[dict[str, Any]] = json.loads(
            self.fetch("mail", f"/api/messages?to={quote(to)}")
        )
        return reply

    def status(self, part: str, path: str) -> int:
        """The HTTP status of a page of `web` or another part; 0 when nobody answers."""
        return self._get(part, path)[0]

    def fetch(self, part: str, path: str) -> str:
        """The body of a page, whatever its status; empty when nobody answers."""
        return self._get(part, path)[1]

    def _get(self, part: str, path: str) -> tuple[int, str]:
        port, host = {
            "web": (self.ports.web, DOMAIN),
            "shop": (self.ports.shop, SHOP_HOST),
            "mail": (self.ports.inbox, "localhost"),
            "stripe": (self.ports.stripe, "localhost"),
        }[part]
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{path}", headers={"Host": f"{host}:{port}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as reply:  # noqa: S310
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(errors="replace")
        except OSError:
            return 0, ""

    def environment(self) -> dict[str, str]:
        """What every process of this stack sees."""
        return environment(
            ports=self.ports,
            data_dir=self.data_dir,
            database_url=self.database_url or "",
            redis_url=self.redis_url or "",
            demo=self.demo,
            extra=self._extra,
        )
