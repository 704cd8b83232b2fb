"""Text as it is compared, and as it is written in addresses and codes."""

import pytest

from shell.text import folded, hyphenated


@pytest.mark.parametrize(
    ("typed", "plain"),
    [("Œuf", "oeuf"), ("ÆON", "aeon"), ("Straße", "strasse"), ("Élodie", "elodie")],
)
def test_letters_written_as_one_are_compared_as_two(typed: str, plain: str) -> None:
    assert folded(typed) == plain


@pytest.mark.parametrize(
    ("name", "address"),
    [("L’Œuf", "l-oeuf"), ("  Un automne, à la maison ! ", "un-automne-a-la-maison"), ("…", "")],
)
def test_a_name_becomes_an_address(name: str, address: str) -> None:
    assert hyphenated(name) == address
