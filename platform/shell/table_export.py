"""Lists as files: CSV for any spreadsheet, XLSX for Excel; never a formula (R39)."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from kernel.money import CURRENCIES
from shell.states import STATES
from shell.table_parts import unit_of

if TYPE_CHECKING:
    from shell.tables import Column, ListPage

KINDS = ("csv", "xlsx")
XLSX_ROWS = 50_000
_NOBODY = "—"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DANGEROUS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\u2212",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)


def guarded(value: Any) -> Any:
    """Text that a spreadsheet would run gets an apostrophe in front; numbers pass as they are."""
    if isinstance(value, str):
        bare = value.lstrip(" \u00a0\u202f\ufeff")
        if bare.startswith(_DANGEROUS) or value.startswith(_DANGEROUS):
            return f"'{value}"
    return value


def _plain(column: "Column", row: Any) -> Any:
    """The value as a spreadsheet wants it: numbers as numbers, dates as dates."""
    value = column.read(row)
    # The dash that stands for nothing on screen is an empty cell in a file.
    if value is None or value == _NOBODY:
        return ""
    if column.kind == "money":
        return Decimal(value).scaleb(-CURRENCIES.get(unit_of(row, column), 0))
    if column.kind == "state":
        return str(STATES[str(value)].label) if str(value) in STATES else str(value)
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return local.replace(tzinfo=None, microsecond=0)
    if isinstance(value, int | float | Decimal | date) and not isinstance(value, bool):
        return value
    return guarded(str(value))


def _lines(page: "ListPage") -> Iterator[list[Any]]:
    columns = [column for column in page.columns if column.export]
    yield [guarded(str(column.label)) for column in columns]
    for row in page.rows().iterator(chunk_size=500):
        yield [_plain(column, row) for column in columns]


def _csv_text(value: Any) -> Any:
    """French spreadsheets read a comma as the decimal mark."""
    if isinstance(value, Decimal | float):
        return str(value).replace(".", ",")
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value


def _csv(page: "ListPage") -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    # The mark tells Excel that the file is UTF-8.
    yield "\ufeff"
    for line in _lines(page):
        writer.writerow([_csv_text(value) for value in line])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _workbook(page: "ListPage") -> bytes:
    from openpyxl import Workbook  # type: ignore[import-untyped]
    from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for count, line in enumerate(_lines(page)):
        if count > XLSX_ROWS:
            break
        cells = []
        for value in line:
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def answer(page: "ListPage", kind: str) -> HttpResponseBase:
    """The file as a download, named after the list and the day."""
    name = f"{page.export_name}-{timezone.localdate().isoformat()}.{kind}"
    response: HttpResponseBase
    if kind == "xlsx":
        response = HttpResponse(_workbook(page), content_type=_XLSX)
    else:
        response = StreamingHttpResponse(_csv(page), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
