"""Outlives the process that started it, for as long as it takes to stop what that one left.

Run as `python guardian.py`, in a session of its own, with one end of a pipe as its input. Each line
is `+<group> <signal>` (watch this process group, and stop it by this signal) or `-<group>`
(it ended). When the pipe closes, its owner is gone, however it died: also by `kill -9`, when no
handler of its own could run. What is still watched is then asked to stop, and killed after
a grace. A pipe works on every system and for any thread; Linux's parent-death signal does not.

Standard library only, and no import of ours: it must start at once, and never fail to.
"""

import contextlib
import os
import signal
import sys
import time

GRACE_SECONDS = 8.0


def _send(group: int, number: int) -> bool:
    """Signal a process group; False when nothing is left of it."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS answers this for a group of zombies
        return False
    return True


def stop_groups(groups: dict[int, int]) -> None:
    """Ask every group to stop by its own signal; kill those that have not after the grace."""
    for group, number in reversed(groups.items()):
        _send(group, number)
        _send(group, signal.SIGCONT)
    deadline = time.monotonic() + GRACE_SECONDS
    left = set(groups)
    while left and time.monotonic() < deadline:
        left = {group for group in left if _send(group, 0)}
        time.sleep(0.05)
    for group in left:
        _send(group, signal.SIGKILL)


def watch() -> None:
    """Read the owner's lines until it is gone, then stop what is left."""
    groups: dict[int, int] = {}
    for line in sys.stdin:
        with contextlib.suppress(ValueError):
            if line.startswith("+"):
                group, number = line[1:].split()
                groups[int(group)] = int(number)
            else:
                groups.pop(int(line[1:]), None)
    stop_groups(groups)


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    watch()
