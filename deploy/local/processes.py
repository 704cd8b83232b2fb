"""Child processes that can be stopped, killed, frozen and thawed, and that never outlive us."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


class ProcessError(RuntimeError):
    """A process could not be started, ended early, or did not answer in time."""


class _Guardian:
    """Our end of the pipe to `guardian.py`; started with the first child, once for a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def tell(self, line: str) -> None:
        with self._lock:
            # A forked copy of us must not share its parent's guardian.
            if self._process is None or self._owner != os.getpid():
                self._owner = os.getpid()
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-S", str(Path(__file__).with_name("guardian.py"))],
                    stdin=subprocess.PIPE,
                    cwd="/",
                    start_new_session=True,
                )
            pipe = self._process.stdin
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.write(line.encode() + b"\n")
                    pipe.flush()

    def close(self) -> None:
        """Let the guardian end and wait for it (tests of ours look for processes left behind)."""
        with self._lock:
            if self._process is not None and self._owner == os.getpid():
                self._process.communicate()
            self._process = None


guardian = _Guardian()


class Child:
    """One process in a group of its own, with its output in a file.

    `stop_signal` is what the program calls a clean stop. `user` and `group` are numeric ids to run
    as, where we are root and it must not be.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: dict[str, str] | None = None,
        cwd: Path = ROOT,
        stop_signal: int = signal.SIGTERM,
        user: int | None = None,
        group: int | None = None,
    ) -> None:
        self.name = name
        self.command = [str(part) for part in command]
        self.log = log
        self.env = env
        self.cwd = cwd
        self.stop_signal = stop_signal
        self.user = user
        self.group = group
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process; one that runs already is left alone."""
        if self.alive:
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        identity: dict[str, Any] = {}
        if self.user is not None:
            identity = {"user": self.user, "group": self.group, "extra_groups": []}
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command,
                env=self.env,
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
                **identity,
            )
        guardian.tell(f"+{self._process.pid} {int(self.stop_signal)}")

    @property
    def pid(self) -> int:
        """The process id; raises ProcessError when it was never started."""
        if self._process is None:
            raise ProcessError(f"{self.name} was not started")
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return None if self._process is None else self._process.poll()

    def stop(self, grace: float = 10.0) -> None:
        """Ask for a clean stop, and kill what is left of the group after `grace` seconds."""
        if self._process is None:
            return
        if self.alive:
            self._signal_group(self.stop_signal)
            self.thaw()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(grace)
        self._finish()

    def kill(self) -> None:
        """SIGKILL to the whole group, as a machine that dies would."""
        self._finish()

    def restart(self) -> None:
        self.stop()
        self.start()

    def freeze(self) -> None:
        """SIGSTOP to the process and all that descend from it."""
        for pid in [self.pid, *descendants(self.pid)]:
            _signal(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen process go on."""
        for pid in [*descendants(self.pid), self.pid]:
            _signal(pid, signal.SIGCONT)

    def tail(self, lines: int = 15) -> str:
        """The last lines that the process wrote."""
        if not self.log.exists():
            return ""
        with self.log.open(errors="replace") as file:
            return "".join(deque(file, lines)).rstrip()

    def _signal_group(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def _finish(self) -> None:
        if self._process is None:
            return
        left = descendants(self.pid)
        self._signal_group(signal.SIGKILL)
        self._process.wait()
        # Some programs (PostgreSQL) give each of theirs a session, which our group does not reach.
        for pid in left:
            _signal(pid, signal.SIGKILL)
        guardian.tell(f"-{self.pid}")


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def descendants(pid: int) -> list[int]:
    """Ids of all processes that come from `pid`, the nearest first."""
    listing = (
        subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=False
        ).stdout
        if not Path("/proc/self/stat").exists()
        else _proc_table()
    )
    children: dict[int, list[int]] = {}
    for line in listing.splitlines():
        child, parent = line.split()
        children.setdefault(int(parent), []).append(int(child))
    found = deque(children.get(pid, []))
    result = []
    while found:
        current = found.popleft()
        result.append(current)
        found.extend(children.get(current, []))
    return result


def _proc_table() -> str:
    """`pid ppid` for every process; slim containers have /proc and no `ps`."""
    lines = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name stands in parentheses and may hold spaces: read after the last one.
            lines.append(f"{stat.parent.name} {stat.read_text().rpartition(')')[2].split()[1]}")
    return "\n".join(lines)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int) -> bool:
    """Whether we could listen on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def wait_until(condition: Callable[[], bool], *, child: Child, seconds: float, what: str) -> None:
    """Poll `condition`; raises ProcessError with the log's end when it takes too long or dies."""
    deadline = time.monotonic() + seconds
    while not condition():
        if not child.alive:
            raise ProcessError(f"{what}: {child.name} ended ({child.exit_code}).\n{child.tail()}")
        if time.monotonic() > deadline:
            raise ProcessError(f"{what}: no answer in {seconds:.0f} s.\n{child.tail()}")
        time.sleep(0.05)
