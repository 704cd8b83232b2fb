"""QR codes of addresses: drawn on a page, and as files to print."""

import io

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_svg(url: str, *, label: str) -> SafeString:
    """The QR code of an address as an inline drawing, dark on light in both themes."""
    drawing = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        drawing,
        kind="svg",
        xmldecl=False,
        omitsize=True,
        svgclass="qr",
        lineclass=None,
        title=label,
        dark="#111111",
        light="#ffffff",
        border=3,
    )
    return mark_safe(drawing.getvalue().decode("utf-8"))  # noqa: S308 - segno escapes the title


def qr_file(url: str, *, kind: str = "svg") -> bytes:
    """The same as a file to print: "svg", or "png" of about a thousand pixels."""
    drawing = io.BytesIO()
    segno.make(url, error="q", micro=False).save(
        drawing,
        kind=kind,
        scale=24 if kind == "png" else 12,
        dark="#111111",
        light="#ffffff",
        border=4,
    )
    return drawing.getvalue()
