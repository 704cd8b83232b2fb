"""Workbooks for tests, right and wrong."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook

_TYPES = '<?xml version="1.0"?><Types/>'
_BOOK = (
    '<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_LINKS = '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>'


def book(rows: Iterable[Sequence[Any]]) -> bytes:
    """What Excel would write."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def raw_book(sheet: bytes | Iterable[bytes], **parts: bytes) -> bytes:
    """A zip with this sheet, whatever it holds; `strings=` replaces the shared strings."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", _TYPES)
        packed.writestr("xl/workbook.xml", _BOOK)
        packed.writestr("xl/_rels/workbook.xml.rels", _LINKS)
        if "strings" in parts:
            packed.writestr("xl/sharedStrings.xml", parts["strings"])
        with packed.open("xl/worksheets/sheet1.xml", "w") as out:
            for piece in [sheet] if isinstance(sheet, bytes) else sheet:
                out.write(piece)
    return buffer.getvalue()
