"""The files of the repository, as git knows them and as they are being written."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@cache
def files(*endings: str) -> tuple[Path, ...]:
    """Every tracked or new file with one of these endings, migrations left out."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    paths = (ROOT / name for name in listed if name.endswith(endings))
    return tuple(path for path in paths if path.is_file() and "migrations" not in path.parts)


def product(*endings: str) -> tuple[Path, ...]:
    """The same without tests and what only deploys."""
    outside = {"tests", "deploy"}
    return tuple(p for p in files(*endings) if p.relative_to(ROOT).parts[0] not in outside)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))
