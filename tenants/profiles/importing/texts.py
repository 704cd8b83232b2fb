"""CSV in the encodings and with the separators that spreadsheets and shops write."""

import codecs
import csv
import io
from collections.abc import Iterator

from tenants.profiles.importing.errors import (
    CellTooLongError,
    NotATableError,
    WrongEncodingError,
)

ENCODINGS = ("utf-8", "windows-1252", "iso-8859-15", "utf-16", "macroman")
_DELIMITERS = (";", ",", "\t", "|")
_PYTHON_NAMES = {
    "utf-8": "utf-8-sig",
    "windows-1252": "cp1252",
    "iso-8859-15": "iso8859_15",
    "macroman": "mac_roman",
}
_PIECE = 1 << 16


def detect_encoding(data: bytes) -> str:
    """The encoding that the bytes suggest: a mark, valid UTF-8, else what Windows writes."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if data[:4096].count(0):
        raise NotATableError
    for name in ("utf-8", "windows-1252"):
        if _decodes(data, name):
            return name
    return "iso-8859-15"


def _decodes(data: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(_PYTHON_NAMES.get(encoding, encoding))()
    try:
        for start in range(0, len(data), _PIECE):
            decoder.decode(data[start : start + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def detect_delimiter(data: bytes, encoding: str) -> str:
    """The sign that parts the header's cells; a table of one column has none, and `;` does."""
    header = _first_line(data, encoding)
    outside = "".join(header.split('"')[::2])
    counts = {sign: outside.count(sign) for sign in _DELIMITERS}
    return max(_DELIMITERS, key=lambda sign: counts[sign])


def _first_line(data: bytes, encoding: str) -> str:
    with _text(data, encoding) as text:
        try:
            return next((line for line in text if line.strip()), "")[:20_000]
        except UnicodeError:
            raise WrongEncodingError from None


def lines(data: bytes, *, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Numbered lines as a spreadsheet shows them: a break inside quotes starts no new one."""
    with _text(data, encoding) as text:
        try:
            yield from enumerate(csv.reader(_safe(text), delimiter=delimiter), start=1)
        except UnicodeError:
            raise WrongEncodingError from None
        except csv.Error:
            raise CellTooLongError from None


def _text(data: bytes, encoding: str) -> io.TextIOWrapper:
    name = _PYTHON_NAMES.get(encoding, encoding)
    return io.TextIOWrapper(io.BytesIO(data), encoding=name, newline="")


def _safe(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines without NUL, which no text holds and no database stores."""
    for line in text:
        if "\0" in line:
            raise NotATableError
        yield line
