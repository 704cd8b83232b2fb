"""One colour in, readable colours out: look section 11, on twenty brands."""

import json

import pytest
from django.utils import translation

from shell import brand

BRANDS = [
    "#E5A83B", "#1F5C43", "#FFFFFF", "#000000", "#777777", "#808080", "#FFFF00", "#FF0000",
    "#00FF00", "#0000FF", "#FF00FF", "#00FFFF", "#D81E5B", "#F7C8D4", "#3B1C32", "#0F6170",
    "#B8A1FF", "#C0C0C0", "#6B705C", "#FF6B35", "#767676", "#2E86AB",
]  # fmt: skip


@pytest.mark.parametrize("color", BRANDS)
def test_every_token_can_be_read_where_it_is_used(color: str) -> None:
    """B11: 4.5 for text, 3 for progress, in both themes, whatever the brand."""
    tokens = brand.compute(color)
    assert brand.contrast(tokens.brand, tokens.brand_ink) >= 4.5
    assert brand.contrast(tokens.text_light, brand.SURFACE_LIGHT) >= 4.5
    assert brand.contrast(tokens.text_light, tokens.tint_light) >= 4.5
    assert brand.contrast(tokens.text_dark, brand.SURFACE_DARK) >= 4.5
    assert brand.contrast(tokens.text_dark, tokens.tint_dark) >= 4.5
    for bar, grounds in (
        (tokens.bar_light, (brand.SURFACE_LIGHT, brand.TRACK_LIGHT)),
        (tokens.bar_dark, (brand.SURFACE_DARK, brand.TRACK_DARK)),
    ):
        assert all(brand.contrast(bar, ground) >= 3 for ground in grounds)
    assert all(brand.HEX.match(v) for v in tokens.as_dict().values() if isinstance(v, str))


def test_honey_keeps_its_colour_and_gets_dark_ink() -> None:
    tokens = brand.compute("#E5A83B")
    assert tokens.brand == "#e5a83b"
    assert brand.contrast(tokens.brand, tokens.brand_ink) == pytest.approx(8.6, abs=0.1)
    assert brand.remarks(tokens.adjusted) == [
        "Votre jaune est trop clair pour du texte : nous l’avons foncé pour les liens."
    ]


def test_pine_takes_white_ink_and_is_lightened_in_the_dark() -> None:
    tokens = brand.compute("#1F5C43")
    assert tokens.brand_ink == "#ffffff"
    assert brand.contrast(tokens.brand, "#ffffff") == pytest.approx(7.9, abs=0.1)
    assert tokens.text_light == "#1f5c43"
    assert brand.remarks(tokens.adjusted) == [
        "Votre vert est trop sombre la nuit : nous l’avons éclairci sur fond noir."
    ]


def test_a_grey_that_carries_no_text_is_darkened_and_said_so() -> None:
    tokens = brand.compute("#777777")
    assert tokens.brand != "#777777"
    assert tokens.brand_ink == "#ffffff"
    assert "boutons" in brand.remarks(tokens.adjusted)[0]


@pytest.mark.parametrize("color", ["red", "#fff", "#12345", "#1234567", "", "#ggg000", "#ffffff\n"])
def test_anything_else_is_refused(color: str) -> None:
    """R34: a colour is never a place to write styles into."""
    with pytest.raises(ValueError, match="#rrggbb"):
        brand.compute(color)


@pytest.mark.parametrize("color", BRANDS)
def test_oklch_goes_there_and_back(color: str) -> None:
    assert brand.contrast(brand.oklch(*brand.to_oklch(color)), color) == pytest.approx(1, abs=0.03)


def test_what_is_stored_is_codes_and_each_reader_gets_their_own_words() -> None:
    """B13: French was kept as text, and an English reader got it as well."""
    stored = json.loads(json.dumps(brand.compute("#E5A83B").as_dict()))["adjusted"]
    assert stored == [{"code": "links_darkened", "color": "#e5a83b"}]
    with translation.override("fr"):
        assert "jaune est trop clair" in brand.remarks(stored)[0]
    with translation.override("en"):
        assert "yellow" in brand.remarks(stored)[0]
    assert brand.remarks(["kept by an older version"]) == []
    assert brand.remarks(None) == []
