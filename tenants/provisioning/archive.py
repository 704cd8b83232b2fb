"""Zip files that appear whole or not at all, readable by their owner alone."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path


@contextmanager
def new_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip to write at `path`; nothing is there when writing failed.

    Raises FileExistsError rather than replace an earlier file.
    """
    if path.exists():
        raise FileExistsError(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    try:
        unfinished.touch(mode=0o600)
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            yield archive
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def entry(name: str, now: datetime) -> zipfile.ZipInfo:
    """A compressed file of this name and time inside a zip."""
    info = zipfile.ZipInfo(name, now.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
