"""On which pages a widget is shown."""

import pytest

from widgets.display import rules
from widgets.display.rules import PageRuleError


@pytest.mark.parametrize(
    ("pattern", "path", "yes"),
    [
        ("/cafes", "/cafes/", True),
        ("/cafes/*", "/cafes/sidama", True),
        ("/cafes/*", "/cafe", False),
        ("/*/promo", "/fr/promo", True),
        ("/*/promo", "/promotion", False),
        ("*", "/", True),
        ("/été/*", "/%C3%A9t%C3%A9/1", True),
        ("/a*a", "/a", False),
        ("/" + "*a" * 60, "/" + "a" * 59, False),
    ],
)
def test_a_page_rule_is_read_as_people_write_it(pattern: str, path: str, yes: bool) -> None:
    assert rules.allows([pattern], path) is yes


def test_pages_are_typed_one_a_line_and_whole_addresses_give_their_path() -> None:
    typed = (
        " /cafes/* \n\nhttps://boutique.example/coffrets?a=1\n/cafes/*\nhttps://boutique.example"
    )
    assert rules.pages_of(typed) == ("/cafes/*", "/coffrets", "/")
    for wrong in (
        "cafes",
        "https://[exemple",
        "/" + "x" * 300,
        "\n".join(f"/{n}" for n in range(11)),
    ):
        with pytest.raises(PageRuleError):
            rules.pages_of(wrong)
