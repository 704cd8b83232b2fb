"""Any table that a spreadsheet writes is read; what is none, or a bomb, is said plainly (R40)."""

import resource
import time
from datetime import datetime

import pytest

from tenants.profiles.importing import opening
from tenants.profiles.importing.errors import (
    BrokenFileError,
    CellTooLongError,
    EmptyFileError,
    FileTooLargeError,
    NotATableError,
    OldWorkbookError,
    TooManyColumnsError,
    TooManyRowsError,
    UnsafeWorkbookError,
    WorkbookTooLargeError,
    WrongEncodingError,
)
from tests.profiles.importing.books import book, raw_book


def read(data: bytes, encoding: str = "") -> list[tuple[int, list[str]]]:
    shape = opening.inspect(data, encoding=encoding)
    return list(
        opening.lines(data, kind=shape.kind, encoding=shape.encoding, delimiter=shape.delimiter)
    )


TEXT = "E-mail{0}Prénom{0}Notes\nlea@exemple.fr{0}Léa{0}œuvre\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_encodings_and_separators_are_found(encoding: str, delimiter: str) -> None:
    assert read(TEXT.format(delimiter).encode(encoding)) == [
        (1, ["E-mail", "Prénom", "Notes"]),
        (2, ["lea@exemple.fr", "Léa", "œuvre"]),
    ]


def test_quotes_hold_separators_and_breaks_and_lines_count_as_in_a_spreadsheet() -> None:
    data = b'a;b\r\n"un; deux";"x\r\ny"\r\n\r\n3;"dit ""oui"""\r\n'
    assert read(data) == [(1, ["a", "b"]), (2, ["un; deux", "x\r\ny"]), (4, ["3", 'dit "oui"'])]


def test_an_encoding_can_be_chosen_and_a_wrong_one_is_refused() -> None:
    data = TEXT.format(";").encode("mac_roman")
    assert read(data, "macroman")[1][1][1] == "Léa"
    with pytest.raises(WrongEncodingError):
        opening.inspect(data, encoding="utf-8")


def test_a_workbook_gives_numbers_dates_and_texts_as_a_person_would_type_them() -> None:
    data = book(
        [
            ["E-mail", "Téléphone", "Total", "Le", "À", "Vide", "Oui"],
            ["lea@exemple.fr", 33612345678, 12.5, datetime(2025, 11, 18), None, None, True],
            ["zoe@exemple.fr", "0612", 0.1 + 0.2, datetime(2025, 11, 18, 9, 30), "x", None, 1],
        ]
    )
    lines = read(data)
    assert lines[1] == (
        2, ["lea@exemple.fr", "33612345678", "12.5", "2025-11-18", "", "", "1"],
    )  # fmt: skip
    assert lines[2][1][2:5] == ["0.3", "2025-11-18 09:30:00", "x"]


def test_a_formula_is_given_as_one() -> None:
    assert read(book([["a", "b"], ["=1+1", "x"]]))[1][1][0].startswith("=")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyFileError),
        (b"  \n ", EmptyFileError),
        (b"email;nom\n", EmptyFileError),
        (b"email;nom\n;\n", EmptyFileError),
        (b"%PDF-1.7 ...", NotATableError),
        (b"\x89PNG\r\n", NotATableError),
        (b"a;b\n\x00\x00;c\n", NotATableError),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OldWorkbookError),
        (b"PK\x03\x04 not a zip", BrokenFileError),
        (raw_book(b"<worksheet><sheetData><row>"), BrokenFileError),
        (b'a;b\n"never closed' + b"x" * 200_000, CellTooLongError),
        (b";".join(b"c%d" % n for n in range(10_000)) + b"\n1\n", TooManyColumnsError),
        (b"x" * (20 * 1024 * 1024 + 1), FileTooLargeError),
    ],
)
def test_what_is_no_list_of_customers_is_refused(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        opening.inspect(data)


def test_entities_are_refused_unread() -> None:
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n + 1, b"&l%d;" % n * 10) for n in range(9))
    sheet = (
        b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY l0 "lol">' + laughs + b"]>"
        b"<worksheet><sheetData><row><c t='str'><v>&l9;</v></c></row></sheetData></worksheet>"
    )
    with pytest.raises(UnsafeWorkbookError):
        opening.inspect(raw_book(sheet))


def test_ten_thousand_columns_of_a_workbook_are_refused() -> None:
    cells = b"".join(b'<c r="%s1"><v>1</v></c>' % _name(n) for n in range(10_000))
    with pytest.raises(TooManyColumnsError):
        opening.inspect(
            raw_book(b"<worksheet><sheetData><row>" + cells + b"</row></sheetData></worksheet>")
        )


def _name(number: int) -> bytes:
    letters = b""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = bytes([65 + rest]) + letters
    return letters


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_a_million_lines_are_refused_at_once() -> None:
    text = b"email\n" + b"a@b.fr\n" * 1_000_000
    with pytest.raises(TooManyRowsError):
        opening.inspect(text)
    row = b'<row><c t="inlineStr"><is><t>a@b.fr</t></is></c></row>'
    sheet = [b"<worksheet><sheetData>", *[row * 1_000] * 1_000, b"</sheetData></worksheet>"]
    with pytest.raises(TooManyRowsError):
        opening.inspect(raw_book(sheet))


@pytest.mark.parametrize("where", ["sheet", "strings"])
def test_a_bomb_costs_neither_memory_nor_time(where: str) -> None:
    """R40: a gigabyte in a megabyte; well under 256 MB and 60 s."""
    nothing = b" " * (1 << 20)
    if where == "sheet":
        data = raw_book([b"<worksheet>", *[nothing] * 1_000, b"</worksheet>"])
    else:
        data = raw_book(
            b"<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>",
            strings=b"<sst><si><t>" + b"A" * (100 << 20) + b"</t></si></sst>",
        )
    before, started = _peak(), time.monotonic()
    with pytest.raises(WorkbookTooLargeError):
        opening.inspect(data)
    assert _peak() - before < 128
    assert time.monotonic() - started < 20


def test_a_part_that_lies_about_its_size_is_cut_short() -> None:
    data = bytearray(raw_book(b"<worksheet>" + b" " * 1_000_000 + b"</worksheet>"))
    # The central directory announces 100 bytes where a million are packed.
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    with pytest.raises(BrokenFileError):
        opening.inspect(bytes(data))
