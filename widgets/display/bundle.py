"""Packs `d1.js`: the host of all widgets and these four forms in one script, found by its hash."""

import functools
from pathlib import Path

import rjsmin

from widgets.script.bundle import Bundle, pack

_HERE = Path(__file__).parent
_HOST = _HERE.parent / "shown" / "host.js"
RELEASED = _HERE / "released"
_BEFORE = (
    "(()=>{'use strict';try{const tag=document.currentScript,show=JSON.parse(tag.dataset.show);"
    'if(document.querySelector(`[data-ricochet-widget="${show.id}"]`))return;'
)
_AFTER = "}catch{}})();"


@functools.cache
def current() -> Bundle:
    """The script as this process ships it."""
    body = "\n".join(path.read_text(encoding="utf-8") for path in (_HOST, _HERE / "d1.js"))
    return pack(rjsmin.jsmin(f"{_BEFORE}{body}{_AFTER}").encode())


@functools.cache
def _released() -> dict[str, Bundle]:
    bundles = [pack(path.read_bytes()) for path in sorted(RELEASED.glob("*.js"))]
    return {bundle.digest: bundle for bundle in bundles}


def find(digest: str) -> Bundle | None:
    """The version of this hash: the present one or a released one (R35)."""
    if digest == current().digest:
        return current()
    return _released().get(digest)


def release() -> Path:
    """Keep the present script for pages that were opened before the next version."""
    RELEASED.mkdir(exist_ok=True)
    path = RELEASED / f"d1.{current().digest}.js"
    path.write_bytes(current().body)
    return path
