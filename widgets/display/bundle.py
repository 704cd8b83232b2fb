"""Packs `d1.js`: the host of all widgets and these four forms in one script, found by its hash."""

import functools
from pathlib import Path

import rjsmin

from widgets.script.bundle import Bundle, pack, released

_HERE = Path(__file__).parent
_HOST = _HERE.parent / "shown" / "host.js"
NAME = "d1"
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


def find(digest: str) -> Bundle | None:
    """The version of this hash: the present one or a released one (R35)."""
    return current() if digest == current().digest else released(NAME, digest)
