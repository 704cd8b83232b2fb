"""`make demo`: what it says when it cannot start, and that nothing of it stays behind."""

import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local import clean
from deploy.local.commands import Ports
from deploy.local.demo import StopRequested, watch
from deploy.local.processes import ROOT, ProcessError, descendants, port_is_free
from deploy.local.stack import Stack
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


@pytest.fixture
def start(
    place: Path, port: int
) -> Iterator[Callable[[], tuple[subprocess.Popen[str], list[int]]]]:
    """`start()`: a demo that says it runs, and the ids of all its processes."""
    started: list[subprocess.Popen[str]] = []

    def begin() -> tuple[subprocess.Popen[str], list[int]]:
        demo = subprocess.Popen(
            [*_COMMAND, str(place)],
            env=environment(port),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(demo)
        assert demo.stdout
        said = ""
        for line in demo.stdout:
            said += line
            if "Ctrl-C stops it" in line:
                return demo, descendants(demo.pid)
        raise AssertionError(f"the demo did not start:\n{said}")

    yield begin
    for demo in started:
        demo.kill()
        demo.wait()
        if demo.stdout:
            demo.stdout.close()


@pytest.mark.timeout(900)  # two whole starts, beside whatever else this machine does
@pytest.mark.xdist_group("demo")
def test_nothing_is_left_of_a_demo_however_it_ends(
    start: Callable[[], tuple[subprocess.Popen[str], list[int]]], port: int
) -> None:
    """R6: stopped by SIGTERM, then started again on the same data and killed by SIGKILL."""
    demo, pids = start()
    assert len(pids) > 10
    demo.send_signal(signal.SIGTERM)
    said, _ = demo.communicate(timeout=60)
    assert demo.returncode == 0
    assert "Stopped." in said
    assert wait_for_the_end_of(pids, 2) == []
    assert all(map(port_is_free, (port, port + 100, port + 200)))

    demo, pids = start()
    demo.kill()
    demo.communicate()
    assert wait_for_the_end_of(pids, 30) == []


def test_a_part_that_dies_is_named_and_ends_the_demo(place: Path) -> None:
    stack = Stack(data_dir=place, ports=Ports.free())
    stack.start("mail")
    try:
        assert stack.dead() is None
        stack.kill("mail")
        with pytest.raises(ProcessError, match=r"mail ended \(-9\)"):
            watch(stack, parent=0)
    finally:
        stack.stop()


def test_the_demo_stops_with_the_make_that_started_it(place: Path) -> None:
    stack = Stack(data_dir=place, ports=Ports.free())
    with pytest.raises(StopRequested):
        watch(stack, parent=os.getppid() + 1)
