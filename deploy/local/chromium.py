"""Finds the system's Chromium for the browser tests; as root, installs it where apt can.

`python -m deploy.local.chromium` says what is missing and what to do, and fails only in that case.
"""

import os
import shutil
import subprocess
import sys

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_APP = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
# Nothing but the pages under test may go out, and a container has no room for a sandbox.
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-quic",
    "--disable-component-update",
    "--disable-dev-shm-usage",
)
_HOW = """\
The browser tests need Chromium, and none was found. Install it:
  Debian, Ubuntu   sudo apt-get install --no-install-recommends chromium
  Fedora           sudo dnf install chromium
  macOS            brew install --cask chromium
or set CHROMIUM to the path of one."""


def find() -> str | None:
    """The path of a Chromium or Chrome, or None. `CHROMIUM` names one outright."""
    if given := os.environ.get("CHROMIUM"):
        return shutil.which(given)
    return next((path for name in (*_NAMES, _APP) if (path := shutil.which(name))), None)


def _install() -> None:
    """Let apt fetch it, quietly; its own message stands where it cannot."""
    print("Installing Chromium for the browser tests…", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (
        ["update", "-qq"],
        ["install", "-qq", "-y", "--no-install-recommends", "chromium"],
    ):
        done = subprocess.run(
            ["apt-get", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode:
            return


def main() -> int:
    if find() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        _install()
    if find() is None:
        print(_HOW, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
