"""Packs `v1.js` for the network, once per process.

R35: a shop can pin what it runs. A version's address holds the hash of its content, and its
integrity value is what browsers check. Versions that shops may have pinned stay in `released/`
(`manage.py release_script` puts the present one there), so that an upgrade breaks nobody's page.
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
RELEASED = Path(__file__).with_name("released")
DIGEST = re.compile(r"[0-9a-f]{16}\Z")


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


@functools.cache
def _released() -> dict[str, Bundle]:
    bundles = [pack(path.read_bytes()) for path in sorted(RELEASED.glob("*.js"))]
    return {bundle.digest: bundle for bundle in bundles}


def find(digest: str) -> Bundle | None:
    """The version whose content has this hash: the present one or a released one."""
    if digest == current().digest:
        return current()
    return _released().get(digest)


def release() -> Path:
    """Keep the present version for the shops that pin it; returns the file, written once."""
    RELEASED.mkdir(exist_ok=True)
    path = RELEASED / f"v1.{current().digest}.js"
    if not path.exists():
        path.write_bytes(current().body)
    return path
