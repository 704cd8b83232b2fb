"""Opening a table: which format and encoding it is, its header, and its lines as texts."""

from collections.abc import Iterator
from dataclasses import dataclass

from tenants.profiles.importing import texts, workbooks
from tenants.profiles.importing.errors import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    EmptyFileError,
    FileTooLargeError,
    NotATableError,
    OldWorkbookError,
    TooManyColumnsError,
    TooManyRowsError,
)

# A line's number as a spreadsheet shows it, and its cells.
Line = tuple[int, list[str]]
_SIGNS_OF_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc")


@dataclass(frozen=True, slots=True)
class Shape:
    """What was found out about a file: its kind, how it is written, its header and its size."""

    kind: str
    encoding: str
    delimiter: str
    headers: list[str]
    rows: int


def inspect(data: bytes, *, encoding: str = "") -> Shape:
    """Look at a whole file, without keeping it; raises the error that says what is wrong.

    `encoding` replaces the one that the bytes suggest. A workbook's lines are counted with its
    empty ones: parsing them all is a worker's.
    """
    if len(data) > MOST_BYTES:
        raise FileTooLargeError
    kind = kind_of(data)
    delimiter = ""
    if kind == "csv":
        encoding = encoding or texts.detect_encoding(data)
        delimiter = texts.detect_delimiter(data, encoding)
    found = lines(data, kind=kind, encoding=encoding, delimiter=delimiter)
    _number, headers = next(found, (0, []))
    headers = _trimmed(headers)
    if len(headers) > MOST_COLUMNS:
        raise TooManyColumnsError
    if next(found, None) is None or not headers:
        raise EmptyFileError
    count = workbooks.count(data) - 1 if kind == "xlsx" else 1 + sum(1 for _line in found)
    if count > MOST_ROWS:
        raise TooManyRowsError
    return Shape(kind, encoding, delimiter, headers, count)


def lines(data: bytes, *, kind: str, encoding: str, delimiter: str) -> Iterator[Line]:
    """Every line that holds something, the header first, in flat memory."""
    source = (
        workbooks.lines(data)
        if kind == "xlsx"
        else texts.lines(data, encoding=encoding, delimiter=delimiter)
    )
    return (line for line in source if any(cell.strip() for cell in line[1]))


def kind_of(data: bytes) -> str:
    """`csv` or `xlsx`, by the first bytes; raises the error that says what else it is."""
    if not data.strip():
        raise EmptyFileError
    if data.startswith(b"PK\x03\x04"):
        return "xlsx"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise OldWorkbookError
    if data.startswith(_SIGNS_OF_OTHERS):
        raise NotATableError
    return "csv"


def _trimmed(headers: list[str]) -> list[str]:
    """Without the empty cells that a spreadsheet leaves on the right."""
    names = [" ".join(name.split())[:80] for name in headers]
    while names and not names[-1]:
        names.pop()
    return names
