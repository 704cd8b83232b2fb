"""`make demo`: starts all of Ricochet with a merchant to try, and stops all of it again."""

import argparse
import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from deploy.local.commands import MERCHANT, Ports
from deploy.local.processes import ROOT, ProcessError, guardian, port_is_free
from deploy.local.stack import Stack

DEFAULT_PORT = 8000
_LAST_PORT = 65_535 - 300
console = Console(highlight=False)


class StopRequested(BaseException):
    """Ctrl-C, SIGTERM, a closed terminal, or the end of the `make` that started us."""


def main() -> int:
    """0 after a requested stop, 1 when the demo could not start or a part of it died."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / ".data", help=argparse.SUPPRESS)
    parser.add_argument(
        "--with-parent", action="store_true", help="stop when the process that started it ends"
    )
    parser.add_argument("--no-seed", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_signal)
    parent = os.getppid() if arguments.with_parent else 0
    stack = None
    try:
        ports = _ports()
        with _only_one(arguments.data):
            stack = Stack(
                data_dir=arguments.data,
                ports=ports,
                database_url=os.environ.get("DATABASE_URL") or None,
                redis_url=os.environ.get("REDIS_URL") or None,
            )
            try:
                _bring_up(stack, seed=not arguments.no_seed)
                _say_hello(stack)
                watch(stack, parent=parent)
            finally:
                _bring_down(stack)
    except StopRequested:
        console.print("[green]Stopped.[/] The data stay in .data/ for the next time.")
        return 0
    except ProcessError as error:
        console.print(
            f"\n[bold red]Ricochet could not go on.[/] {_plain(str(error))}", soft_wrap=True
        )
        if stack is not None:
            console.print(f"Everything that was said is in {_short(stack.logs)}/.")
        return 1
    return 1


def _on_signal(_number: int, _frame: object) -> None:
    raise StopRequested


def _plain(text: str) -> str:
    """Text that rich must not read as its own markup."""
    return text.replace("[", r"\[")


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _ports() -> Ports:
    """The demo's ports, all free; ProcessError names the first that is taken."""
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not text.isdecimal() or not 1 <= int(text) <= _LAST_PORT:
        raise ProcessError(f"PORT={text} is not a number from 1 to {_LAST_PORT}.")
    ports = Ports.beside(int(text))
    for name in ("web", "shop", "inbox", "stripe"):
        port = getattr(ports, name)
        if not port_is_free(port):
            raise ProcessError(
                f"Port {port} (the {name}'s) is taken by another program. "
                f"Stop that one, or choose another: make demo PORT={_another(ports.web)}"
            )
    return ports


def _another(port: int) -> int:
    """A port to propose: the next whose three companions are free as well."""
    candidates = range(port + 10, _LAST_PORT, 10)
    free = (p for p in candidates if all(map(port_is_free, range(p, p + 301, 100))))
    return next(free, port)


@contextmanager
def _only_one(data_dir: Path) -> Iterator[IO[str]]:
    """Hold the data directory's lock, which the system lets go of however we end."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "demo.lock"
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise ProcessError(
                f"A demo of this tree is running already (process {lock.read().strip()}). "
                "Use that one, or stop it with Ctrl-C where it was started."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock


def _bring_up(stack: Stack, *, seed: bool) -> None:
    """Start every part, each with a line that says how long it took."""
    with _step("PostgreSQL and Valkey"):
        stack.start_postgres()
        stack.start_valkey()
    title = "Database and demo merchant" if seed else "Database"
    with _step(title) as progress:
        stack.prepare(seed=seed, progress=progress)
    with _step("Web, worker, beat, mail, shop and the double of Stripe"):
        stack.start()
        stack.wait_ready(seconds=180)


@contextmanager
def _step(title: str) -> Iterator[Callable[[str], None]]:
    """Show a spinner while a step lasts, then its tick; yields what details are told to."""
    started = time.monotonic()
    seen: list[str] = []

    def detail(text: str) -> None:
        seen.append(text)
        status.update(f"{title}: [dim]{_plain(text)}…[/]")
        if not console.is_terminal:
            console.print(f"  {_plain(text)}…")

    with console.status(f"{title}…") as status:
        yield detail
    console.print(f"[green]✓[/] {title} [dim]{time.monotonic() - started:.1f} s[/]")


def _say_hello(stack: Stack) -> None:
    """Where to look, and as whom."""
    table = Table.grid(padding=(0, 3))
    # An address that is cut or broken cannot be clicked: the words make room for it.
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True, overflow="ignore")
    table.add_row("[bold]Back office[/]", stack.url(MERCHANT))
    table.add_row("[bold]Its shop[/]", stack.shop_url)
    table.add_row("[bold]Emails[/]", stack.inbox_url)
    table.add_row("[bold]Stripe's double[/]", stack.stripe_url)
    table.add_row("[bold]Ricochet[/]", stack.url())
    table.add_row()
    for login in stack.demo.get("logins", []):
        who = f"{login['email']}  [dim]password[/] {_plain(login['password'])}"
        table.add_row(f"[bold]{_plain(login['role'].capitalize())}[/]", who)
    table.add_row("[dim]Logs[/]", f"[dim]{_short(stack.logs)}/[/]")
    console.print(Panel(table, title="Ricochet is running", subtitle="Ctrl-C stops it", padding=1))


def watch(stack: Stack, *, parent: int) -> None:
    """Wait until a stop is requested; ProcessError when a part ends by itself."""
    while True:
        time.sleep(0.5)
        if parent and os.getppid() != parent:
            raise StopRequested
        if child := stack.dead():
            raise ProcessError(f"{child.name} ended ({child.exit_code}).\n{child.tail()}")


def _bring_down(stack: Stack) -> None:
    """Stop everything; a second Ctrl-C kills what has not stopped yet."""
    try:
        with console.status("Stopping…"):
            stack.stop()
    except StopRequested:
        for name in list(stack.parts):
            with contextlib.suppress(ProcessError):
                stack.kill(name)
        raise
    finally:
        guardian.close()


if __name__ == "__main__":
    sys.exit(main())
