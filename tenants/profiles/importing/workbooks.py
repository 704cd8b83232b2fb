"""Excel workbooks: the first sheet's lines as texts, without unpacking what a bomb holds (R40).

A workbook is a zip of XML. It is read with the parser's events, a line at a time; a document type
declaration, which entities need, ends it at once.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import IO
from xml.parsers import expat

from tenants.profiles.importing.errors import (
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_TEXT,
    BrokenFileError,
    TooManyColumnsError,
    TooManyRowsError,
    UnsafeWorkbookError,
    WorkbookTooLargeError,
)
from tenants.profiles.importing.workbook_cells import (
    DATE_FORMATS,
    column,
    date,
    shows_a_date,
    typed,
)

_MOST_PARTS = 500
_MOST_SHEET = 160 * 1024 * 1024
_MOST_STRINGS = 60 * 1024 * 1024
_MOST_OTHER = 4 * 1024 * 1024
_PIECE = 1 << 16
_LARGE = Decimal(10) ** 20
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
# KeyError: a part is missing; RuntimeError: one is locked by a password, or packed in a way that
# this Python does not know.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, KeyError, RuntimeError,
               UnicodeError)  # fmt: skip


def lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The lines of the first sheet, by their numbers; a formula is given as `=` and its text."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            if len(book.infolist()) > _MOST_PARTS:
                raise WorkbookTooLargeError
            yield from _Sheet(book).lines()
    except _UNREADABLE:
        raise BrokenFileError from None


def count(data: bytes) -> int:
    """How many lines the first sheet has, empty ones included: quick, for nothing is parsed."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        found, tail = 0, b""
        with _open(book, _Sheet(book, cells=False).path, most=_MOST_SHEET) as source:
            while piece := source.read(1 << 20):
                text = tail + piece
                found += len(_ROW.findall(text))
                # A tag that the piece's end cuts in two is whole in the next one.
                tail = text[text.rfind(b"<") :] if b">" not in text[text.rfind(b"<") :] else b""
                if _ROW.match(tail):
                    found -= 1
    return found


def _open(book: zipfile.ZipFile, name: str, *, most: int) -> IO[bytes]:
    info = book.getinfo(name)
    # The zip module never reads more of a part than this size, whatever is packed.
    if info.file_size > most:
        raise WorkbookTooLargeError
    return book.open(info)


def _refuse_doctype(*_args: object) -> None:
    raise UnsafeWorkbookError


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _local(name: str) -> str:
    return name.rpartition(":")[2] if ":" in name else name


def _elements(source: IO[bytes]) -> Iterator[tuple[str, dict[str, str]]]:
    """The elements of a small part: their local names and attributes."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = _parser()
    parser.StartElementHandler = lambda name, attrs: found.append(
        (_local(name), {_local(key): value for key, value in attrs.items()})
    )
    parser.ParseFile(source)
    return iter(found)


class _Sheet:
    """The first sheet of a workbook, and what its cells refer to."""

    def __init__(self, book: zipfile.ZipFile, *, cells: bool = True) -> None:
        self.book = book
        self.names = {info.filename.lower(): info.filename for info in book.infolist()}
        self.path, self.epoch = self._first_sheet()
        self.dates = self._date_styles() if cells else set()
        self.strings = self._shared_strings() if cells else []

    def _part(self, name: str) -> str | None:
        return self.names.get(name.lstrip("/").lower())

    def _first_sheet(self) -> tuple[str, datetime]:
        book = self._part("xl/workbook.xml")
        if book is None:
            raise BrokenFileError
        wanted, epoch = "", datetime(1899, 12, 30)
        with _open(self.book, book, most=_MOST_OTHER) as source:
            for name, attributes in _elements(source):
                if name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                    epoch = datetime(1904, 1, 1)
                elif name == "sheet" and not wanted and attributes.get("state") != "veryHidden":
                    wanted = attributes.get("id", "")
        path = self._target(wanted)
        if path is None:
            raise BrokenFileError
        return path, epoch

    def _target(self, relation: str) -> str | None:
        relations = self._part("xl/_rels/workbook.xml.rels")
        if relations is None:
            return None
        with _open(self.book, relations, most=_MOST_OTHER) as source:
            for name, attributes in _elements(source):
                if name == "Relationship" and attributes.get("Id") == relation:
                    target = attributes.get("Target", "")
                    return self._part(target if target.startswith("/") else f"xl/{target}")
        return None

    def _date_styles(self) -> set[str]:
        """The numbers of the cell styles that show a number as a date."""
        part = self._part("xl/styles.xml")
        if part is None:
            return set()
        own: set[int] = set()
        styles: set[str] = set()
        count, inside = 0, False
        with _open(self.book, part, most=_MOST_OTHER) as source:
            for name, attributes in _elements(source):
                if name == "numFmt" and shows_a_date(attributes.get("formatCode", "")):
                    own.add(int(attributes.get("numFmtId", "0")))
                elif name in ("cellXfs", "cellStyleXfs", "cellStyles"):
                    inside = name == "cellXfs"
                elif name == "xf" and inside:
                    number = int(attributes.get("numFmtId", "0"))
                    if number in DATE_FORMATS or number in own:
                        styles.add(str(count))
                    count += 1
        return styles

    def _shared_strings(self) -> list[str]:
        part = self._part("xl/sharedStrings.xml")
        if part is None:
            return []
        strings: list[str] = []
        pieces: list[str] = []
        state = {"text": False, "phonetic": False}
        parser = _parser()

        def start(name: str, _attributes: dict[str, str]) -> None:
            local = _local(name)
            if local == "rPh":
                state["phonetic"] = True
            state["text"] = local == "t" and not state["phonetic"]

        def end(name: str) -> None:
            local = _local(name)
            state["text"] = False
            if local == "rPh":
                state["phonetic"] = False
            elif local == "si":
                strings.append("".join(pieces)[:MOST_TEXT])
                pieces.clear()

        def text(data: str) -> None:
            if state["text"]:
                pieces.append(data)

        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.CharacterDataHandler = text
        with _open(self.book, part, most=_MOST_STRINGS) as source:
            parser.ParseFile(source)
        return strings

    def lines(self) -> Iterator[tuple[int, list[str]]]:
        """Feeds the parser piece by piece, and gives what each piece completed."""
        reader = _Rows(self)
        with _open(self.book, self.path, most=_MOST_SHEET) as source:
            while piece := source.read(_PIECE):
                reader.parser.Parse(piece, False)
                yield from reader.take()
            reader.parser.Parse(b"", True)
            yield from reader.take()


class _Rows:
    """Collects the lines of a sheet from the parser's events: millions of them, so kept lean."""

    def __init__(self, sheet: _Sheet) -> None:
        self.sheet = sheet
        self.ready: list[tuple[int, list[str]]] = []
        self.number = self.column = self.seen = 0
        self.cells: list[str] = []
        self.kind = self.style = ""
        self.formula: str | None = None
        self.raw = ""
        self.parser = _parser()
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end

    def take(self) -> list[tuple[int, list[str]]]:
        ready, self.ready = self.ready, []
        return ready

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        if name == "c":
            reference = attributes.get("r")
            self.column = column(reference) if reference else self.column + 1
            self.kind, self.style = attributes.get("t", ""), attributes.get("s", "")
            self.formula, self.raw = None, ""
        elif name in ("v", "t"):
            self.parser.CharacterDataHandler = self.text
        elif name == "f":
            self.formula = ""
            self.parser.CharacterDataHandler = self.formula_text
        elif name == "row":
            self.number = max(self.number + 1, int(attributes.get("r") or 0))
            self.column, self.cells = -1, []

    def text(self, data: str) -> None:
        self.raw += data

    def formula_text(self, data: str) -> None:
        self.formula = f"{self.formula}{data[:80]}"

    def end(self, name: str) -> None:
        name = _local(name)
        if name in ("v", "t", "f"):
            self.parser.CharacterDataHandler = None
        elif name == "c":
            if value := self._value():
                self._put(value)
        elif name == "row":
            self.seen += 1
            if self.seen > MOST_ROWS + 1:
                raise TooManyRowsError
            self.ready.append((self.number, self.cells))

    def _put(self, value: str) -> None:
        if self.column >= MOST_COLUMNS:
            raise TooManyColumnsError
        missing = self.column - len(self.cells)
        if missing:
            self.cells += [""] * missing
        self.cells.append(value)

    def _value(self) -> str:
        if self.formula is not None:
            return f"={self.formula}"
        raw = self.raw
        if self.kind == "s":
            number = int(raw) if raw.isdigit() else -1
            strings = self.sheet.strings
            return strings[number] if 0 <= number < len(strings) else ""
        if raw and self.kind in ("", "n"):
            return self._number(raw)
        return raw[:MOST_TEXT]

    def _number(self, raw: str) -> str:
        """A number as a person would type it, or the date that its style shows."""
        shows_date = self.style in self.sheet.dates
        if raw.isdigit() and not shows_date:
            return raw[:MOST_TEXT]
        try:
            value = Decimal(raw)
        except InvalidOperation:
            return raw[:MOST_TEXT]
        if shows_date and value.is_finite():
            return date(value, self.sheet.epoch)
        return typed(value) if value.is_finite() and abs(value) < _LARGE else raw[:MOST_TEXT]
