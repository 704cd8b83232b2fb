"""Makes our source roots importable in the `.venv` that runs this, as an editable install would.

Two lines in a `.pth` file are all that one does, and writing them ourselves asks no network for an
unlocked build backend. Standard library only.
"""

import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> None:
    target = Path(sysconfig.get_path("purelib")) / "_ricochet.pth"
    target.write_text(f"{ROOT}\n{ROOT / 'platform'}\n")


if __name__ == "__main__":
    main()
