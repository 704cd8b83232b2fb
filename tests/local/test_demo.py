"""`make demo`: what it says when it cannot start, and that nothing of it stays behind."""

import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import clean
from deploy.local.processes import ROOT, descendants, port_is_free
from tests.local.test_processes import wait_for_the_end_of

_COMMAND = [sys.executable, "-m", "deploy.local.demo", "--no-seed", "--data"]


def environment(port: int | str) -> dict[str, str]:
    """The demo's own servers, not the test run's."""
    inherited = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
    return {**inherited, "PORT": str(port), "COLUMNS": "160"}


def run(place: Path, port: int | str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_COMMAND, str(place)],
        env=environment(port),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def place() -> Iterator[Path]:
    """A data directory that PostgreSQL's account can enter."""
    with tempfile.TemporaryDirectory(prefix="ricochet-demo-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def port() -> int:
    """One whose two companions are free as well."""
    start = 20_000 + os.getpid() % 20_000
    return next(
        port
        for port in range(start, start + 5_000)
        if all(map(port_is_free, (port, port + 100, port + 200)))
    )


@pytest.mark.parametrize("taken", [0, 100, 200])
def test_a_taken_port_is_named_with_another_to_use(place: Path, port: int, taken: int) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port + taken))
        listener.listen()
        done = run(place, port)
    assert done.returncode == 1
    assert f"Port {port + taken} " in done.stdout
    proposed = re.search(r"make demo PORT=(\d+)", done.stdout)
    assert proposed
    assert int(proposed[1]) not in {port, port + taken}
    assert not (place / "postgres").exists()


@pytest.mark.parametrize("text", ["abc", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(place: Path, text: str) -> None:
    done = run(place, text)
    assert done.returncode == 1
    assert f"PORT={text} is not a number from 1 to" in done.stdout


def test_a_second_demo_in_one_tree_is_refused(place: Path, port: int) -> None:
    with (place / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4242")
        lock.flush()
        done = run(place, port)
    assert done.returncode == 1
    assert "running already (process 4242)" in done.stdout


def test_clean_refuses_while_a_demo_runs(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(clean, "ROOT", place)
    (place / ".data").mkdir()
    with (place / ".data" / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert clean.main() == 1
    assert "running" in capsys.readouterr().err
    assert (place / ".data").exists()
    assert clean.main() == 0
    assert not (place / ".data").exists()


def start(place: Path, port: int) -> tuple[subprocess.Popen[str], list[int]]:
    """A demo that says it runs, and the ids of all its processes."""
    demo = subprocess.Popen(
        [*_COMMAND, str(place)],
        env=environment(port),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert demo.stdout
    said = ""
    for line in demo.stdout:
        said += line
        if "Ctrl-C stops it" in line:
            return demo, descendants(demo.pid)
    raise AssertionError(f"the demo did not start:\n{said}")


@pytest.mark.xdist_group("demo")
def test_nothing_is_left_of_a_demo_however_it_ends(place: Path, port: int) -> None:
    """R6: stopped by SIGTERM, then started again on the same data and killed by SIGKILL."""
    demo, pids = start(place, port)
    assert len(pids) > 10
    demo.send_signal(signal.SIGTERM)
    said, _ = demo.communicate(timeout=60)
    assert demo.returncode == 0
    assert "Stopped." in said
    assert wait_for_the_end_of(pids, 2) == []
    assert all(map(port_is_free, (port, port + 100, port + 200)))

    demo, pids = start(place, port)
    demo.kill()
    demo.communicate()
    assert wait_for_the_end_of(pids, 20) == []


@pytest.mark.xdist_group("demo")
def test_a_demo_whose_part_dies_says_which_and_stops(place: Path, port: int) -> None:
    demo, pids = start(place, port)
    beat = next(
        pid
        for pid in pids
        if "beat-schedule" in Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    )
    os.kill(beat, signal.SIGKILL)
    said, _ = demo.communicate(timeout=60)
    assert demo.returncode == 1
    assert "beat ended (-9)" in said
    assert wait_for_the_end_of(pids, 2) == []
