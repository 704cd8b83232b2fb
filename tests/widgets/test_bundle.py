"""How the script is packed."""

import base64
import gzip
import hashlib

import brotli
import rjsmin

from widgets.script import bundle


def test_the_script_is_at_most_three_kilobytes_gzipped() -> None:
    packed = bundle.current()
    assert len(packed.gzip) <= 3 * 1024
    assert len(packed.brotli) <= len(packed.gzip)


def test_every_form_of_the_script_is_the_same_script() -> None:
    packed = bundle.current()
    assert packed.body == rjsmin.jsmin(bundle.SOURCE.read_text(encoding="utf-8")).encode()
    assert gzip.decompress(packed.gzip) == packed.body
    assert brotli.decompress(packed.brotli) == packed.body


def test_integrity_is_what_browsers_compute() -> None:
    """R35: the SRI value covers the bytes before any content coding."""
    packed = bundle.current()
    kind, _, digest = packed.integrity.partition("-")
    assert kind == "sha384"
    assert base64.b64decode(digest) == hashlib.sha384(packed.body).digest()


def test_packing_twice_gives_the_same_bytes() -> None:
    """Two web processes serve one ETag and one hash."""
    assert bundle.pack(b"let a=1") == bundle.pack(b"let a=1")
    assert bundle.pack(b"let a=1").digest != bundle.pack(b"let a=2").digest


def test_the_script_names_no_dangerous_sink() -> None:
    """R34: the script writes no HTML and evaluates nothing in somebody else's page."""
    source = bundle.SOURCE.read_text(encoding="utf-8")
    for sink in ("innerHTML", "outerHTML", "document.write", "eval(", "Function(", "localStorage"):
        assert sink not in source
