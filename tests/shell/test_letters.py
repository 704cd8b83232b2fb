"""The one layout of every email: readable with images off and in the dark, and it loads nothing."""

import re

import pytest

from shell import letters
from shell.letters import Letter, Look

PLAIN = Letter(language="fr", title="Titre", content="<p>Bonjour</p>", preheader="Avant")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_letter_has_its_language_and_loads_nothing(language: str) -> None:
    """S8."""
    html = letters.write(
        Letter(
            language=language, title="T", content="<p>x</p>", button="B", button_url="https://a.fr"
        ),
        Look(name="Maison Lumen", color="#E5A83B"),
    )
    assert f'<html lang="{language}"' in html
    assert "prefers-color-scheme: dark" in html
    assert not re.search(r"<img|<link|@import|url\(|<script", html)
    assert not re.search(r"@@\w+@@", html)
    assert len(html.encode()) < 20_000


def test_what_a_letter_says_is_escaped_and_never_read_as_a_slot() -> None:
    """R34, R38."""
    letter = Letter(
        language="fr",
        title="<b>@@content@@",
        content="<p>@@button@@</p>",
        button='"><script>',
        button_url='https://a.fr/"><script>',
    )
    html = letters.write(letter, Look(name="</td><script>@@title@@", footer="<i>"))
    assert "<script>" not in html
    assert "<i>" not in html
    assert html.count("@@content@@") >= 1
    assert "@@button@@" in html


def test_only_colours_reach_a_style() -> None:
    """R34."""
    look = Look(name="A", color="red;}</style>", tokens={"brand": "url(x)", "brand_ink": "#ffffff"})
    html = letters.write(PLAIN, look)
    assert "url(x)" not in html
    assert "red;" not in html


@pytest.mark.parametrize(
    ("size", "width"), [((440, 128), 220), ((1000, 100), 220), ((128, 128), 64), ((50, 20), 50)]
)
def test_a_logo_fits_its_box_whatever_its_shape(size: tuple[int, int], width: int) -> None:
    look = Look(name="Maison Lumen", logo_url="https://a.fr/m/1.png", logo_size=size)
    html = letters.write(PLAIN, look)
    assert f'width="{width}"' in html
    assert 'alt="Maison Lumen"' in html
