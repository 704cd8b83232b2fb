"""Who PostgreSQL runs as when we are root, and where that user can read and write.

PostgreSQL refuses to run as root. Nothing permanent is made for it: an account that every system
has is borrowed. Such an account often cannot enter the directory that the repository lies in
(/root, a home of mode 0700), so data and programs may have to lie elsewhere.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_CANDIDATES = ("postgres", "nobody")
_ELSEWHERE = Path("/var/lib/ricochet-local")


@dataclass(frozen=True)
class Account:
    """Numeric ids to run as; both None means as ourselves."""

    user: int | None
    group: int | None

    def owns(self, path: Path) -> None:
        """Give a directory and all in it to this account."""
        if self.user is None or self.group is None:
            return
        for place in (path, *path.rglob("*")):
            os.chown(place, self.user, self.group, follow_symlinks=False)

    def can_enter(self, path: Path) -> bool:
        """Whether this account may pass through every directory down to `path`."""
        if self.user is None:
            return True
        answer = subprocess.run(
            ["sh", "-c", 'cd "$1"', "sh", str(path)],
            user=self.user,
            group=self.group,
            extra_groups=[],
            cwd="/",
            stderr=subprocess.DEVNULL,
            check=False,
        )
        return answer.returncode == 0


def account_for(data_dir: Path) -> Account:
    """Ourselves, or as root the owner of existing data, or else a borrowed account."""
    if os.geteuid() != 0:
        return Account(None, None)
    if data_dir.exists() and (owner := data_dir.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    return Account(65534, 65534)


def place_for_data(wanted: Path, account: Account) -> Path:
    """`wanted`, or a directory elsewhere that the account can reach, with a link to it there."""
    if wanted.is_symlink():
        return wanted.resolve()
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if account.can_enter(wanted.parent):
        return wanted
    real = _elsewhere(wanted)
    if not wanted.exists():
        wanted.symlink_to(real)
    return real


def place_for_programs(programs: Path, account: Account) -> Path:
    """`programs`, or a copy that the account can reach; made once for each installed version."""
    if account.can_enter(programs / "bin"):
        return programs
    copy = _elsewhere(programs)
    if not (copy / ".complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(programs, copy, symlinks=True)
        (copy / ".complete").touch()
    return copy


def _elsewhere(original: Path) -> Path:
    """A directory of root's, named after the original and when it was last changed."""
    name = hashlib.sha256(str(original.absolute()).encode()).hexdigest()[:16]
    _ELSEWHERE.mkdir(mode=0o755, exist_ok=True)
    return _ELSEWHERE / f"{original.name}-{name}"
