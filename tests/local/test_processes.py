"""Child processes end with their owner, however it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.local.processes import (
    ROOT,
    Child,
    ProcessError,
    descendants,
    free_port,
    port_is_free,
    wait_until,
)

# Starts a child that has one of its own and ignores a polite request, says both ids, and waits.
_OWNER = """
import sys, time
from pathlib import Path
from deploy.local.processes import Child, descendants
stubborn = "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);" \\
    "subprocess.Popen(['sleep', '300']); print('ready', flush=True); time.sleep(300)"
child = Child("stubborn", [sys.executable, "-c", stubborn], log=Path(sys.argv[1]))
child.start()
while "ready" not in child.tail():
    time.sleep(0.02)
print(child.pid, *descendants(child.pid), flush=True)
time.sleep(300)
"""


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie that nobody has reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_for_the_end_of(pids: list[int], seconds: float) -> list[int]:
    """The processes that are still there after so many seconds at most."""
    deadline = time.monotonic() + seconds
    while (left := [pid for pid in pids if is_alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def test_children_end_when_their_owner_is_killed(tmp_path: Path) -> None:
    """R6: the owner cannot clean up after `kill -9`; what it started ends all the same."""
    owner = subprocess.Popen(
        [sys.executable, "-c", _OWNER, str(tmp_path / "log")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout
    pids = [int(pid) for pid in owner.stdout.readline().split()]
    assert len(pids) == 2
    assert all(map(is_alive, pids))
    owner.kill()
    owner.communicate()
    assert wait_for_the_end_of(pids, 15) == []


def test_a_child_that_ignores_the_request_is_killed_with_its_own_children(tmp_path: Path) -> None:
    child = Child(
        "stubborn",
        ["sh", "-c", "trap '' TERM; sleep 300 & echo ready; wait; sleep 300"],
        log=tmp_path / "log",
    )
    child.start()
    wait_until(lambda: "ready" in child.tail(), child=child, seconds=5, what="test")
    pids = [child.pid, *descendants(child.pid)]
    child.stop(grace=0.2)
    assert len(pids) == 2
    assert wait_for_the_end_of(pids, 5) == []


def test_a_frozen_child_can_be_thawed_and_stopped(tmp_path: Path) -> None:
    child = Child("sleeper", ["sleep", "300"], log=tmp_path / "log")
    child.start()
    time.sleep(0.3)  # of two signals that wait at its start, a process takes SIGTERM first
    child.freeze()
    time.sleep(0.1)
    os.kill(child.pid, signal.SIGTERM)
    time.sleep(0.1)
    assert is_alive(child.pid)
    child.stop(grace=5)
    assert child.exit_code == -signal.SIGTERM


def test_waiting_for_a_child_that_ends_tells_what_it_said(tmp_path: Path) -> None:
    child = Child("broken", ["sh", "-c", "echo no such table; exit 3"], log=tmp_path / "log")
    child.start()
    with pytest.raises(ProcessError, match=r"broken ended \(3\)\.\nno such table"):
        wait_until(lambda: False, child=child, seconds=5, what="Waiting")
    child.stop()


def test_a_port_that_somebody_listens_on_is_not_free() -> None:
    import socket

    port = free_port()
    assert port_is_free(port)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        listener.listen()
        assert not port_is_free(port)
