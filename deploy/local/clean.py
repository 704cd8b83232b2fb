"""`make clean`: removes what the commands made. Standard library only, for any Python."""

import fcntl
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_MADE = (
    *(".data", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"),
    *(".import_linter_cache", "static-build", "dist", "tests/.output"),
)


def demo_is_running() -> bool:
    """Whether a demo of this tree holds its lock."""
    lock = ROOT / ".data" / "demo.lock"
    if not lock.exists():
        return False
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def main() -> int:
    if demo_is_running():
        print("The demo is running: stop it first (Ctrl-C where it was started).", file=sys.stderr)
        return 1
    database = ROOT / ".data" / "postgres"
    if database.is_symlink():
        # PostgreSQL's own account could not reach this tree: its data lies elsewhere.
        shutil.rmtree(database.resolve(), ignore_errors=True)
    for name in _MADE:
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for cache in ROOT.rglob("__pycache__"):
        shutil.rmtree(cache, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
