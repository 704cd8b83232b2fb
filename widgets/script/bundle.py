"""Packs `v1.js` for the network, once per process.

R35: a shop can pin what it runs. A version's address holds the hash of its content, and its
integrity value is what browsers check. Versions that shops may have pinned stay in
`widgets/released/`, in the repository: `make scripts` puts the present ones there, `make check` and
a test fail while they are missing, and so an upgrade breaks nobody's page.
"""

import base64
import functools
import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import rjsmin

SOURCE = Path(__file__).with_name("v1.js")
NAME = "v1"
RELEASED = Path(__file__).parents[1] / "released"
FILE = re.compile(r"[a-z][a-z0-9]*\.[0-9a-f]{16}\.js\Z")


@dataclass(frozen=True, slots=True)
class Bundle:
    """One version of the script, minified, with its compressed forms.

    `digest` is the first 16 hex digits of the SHA-256 of `body`; `integrity` is an SRI value.
    """

    body: bytes
    gzip: bytes
    brotli: bytes
    digest: str
    integrity: str


def pack(body: bytes) -> Bundle:
    """Compress and name a minified script; the same bytes always give the same bundle."""
    return Bundle(
        body=body,
        gzip=gzip.compress(body, compresslevel=9, mtime=0),
        brotli=brotli.compress(body, mode=brotli.MODE_TEXT),
        digest=hashlib.sha256(body).hexdigest()[:16],
        integrity="sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode(),
    )


@functools.cache
def current() -> Bundle:
    """The script as this process ships it."""
    return pack(rjsmin.jsmin(SOURCE.read_text(encoding="utf-8")).encode())


def find(digest: str) -> Bundle | None:
    """The version whose content has this hash: the present one or a released one."""
    return current() if digest == current().digest else released(NAME, digest)


def file_of(name: str, bundle: Bundle) -> Path:
    """Where a version is kept for the pages that pin it: `<name>.<hash>.js`."""
    return RELEASED / f"{name}.{bundle.digest}.js"


@functools.lru_cache(maxsize=256)
def released(name: str, digest: str) -> Bundle | None:
    """The version of `v1`, of `d1` or of a kind of widget that was kept under this hash."""
    path = RELEASED / f"{name}.{digest}.js"
    if not FILE.match(f"{name}.{digest}.js") or not path.is_file():
        return None
    return pack(path.read_bytes())


def keep(name: str, bundle: Bundle) -> Path:
    """Put a version where `released` finds it; what is there is never written again."""
    path = file_of(name, bundle)
    if not path.exists():
        RELEASED.mkdir(exist_ok=True)
        path.write_bytes(bundle.body)
        released.cache_clear()
    return path
