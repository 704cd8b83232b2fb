"""Packs the script of each kind of widget: the host and one file of `kinds/`, wrapped.

A widget's script is found by its hash, for ever (R35): the script of the shop loads it with the
integrity value that the server gives with it.
"""

import functools
from pathlib import Path

import rjsmin

from widgets.models import WidgetKind
from widgets.script.bundle import Bundle, pack, released

_HERE = Path(__file__).parent
_BEFORE = (
    "(()=>{'use strict';try{const show=JSON.parse(document.currentScript.dataset.show);"
    'if(document.querySelector(`[data-ricochet-widget="${show.kind}"]`))return;'
)
# A widget that fails is a widget that is not there: the shop's page hears nothing of it.
_AFTER = "}catch{}})();"


@functools.cache
def current(kind: WidgetKind) -> Bundle:
    """The script of this kind as this process ships it."""
    sources = (_HERE / "host.js", _HERE / "kinds" / f"{kind.value}.js")
    body = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    return pack(rjsmin.jsmin(f"{_BEFORE}{body}{_AFTER}").encode())


def find(*, kind: str, digest: str) -> Bundle | None:
    """The version of this hash: the present one or a released one."""
    if kind in WidgetKind.values and current(WidgetKind(kind)).digest == digest:
        return current(WidgetKind(kind))
    return released(kind, digest)
