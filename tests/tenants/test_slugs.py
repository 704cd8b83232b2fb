"""Which addresses a merchant can have (R22)."""

import re

import pytest

from tenants.models import RESERVED_SCHEMAS, SCHEMA_NAME
from tenants.provisioning.slugs import (
    RESERVED,
    InvalidSlugError,
    ReservedSlugError,
    candidates,
    check_slug,
)


@pytest.mark.parametrize("slug", ["abc", "maison-lumen", "a1b", "3-suisses", "x" * 40])
def test_an_ordinary_name_is_accepted_as_it_is(slug: str) -> None:
    assert check_slug(slug) == slug


@pytest.mark.parametrize(
    "slug",
    [
        "", "ab", "x" * 41, "Maison", "-maison", "maison-", "maison--lumen", "maison_lumen",
        "maison.lumen", "maison lumen", "maison\n", "maison\x00", "maison/lumen", "maison'--",
    ],
)  # fmt: skip
def test_a_name_of_another_shape_is_refused(slug: str) -> None:
    with pytest.raises(InvalidSlugError) as refusal:
        check_slug(slug)
    assert (refusal.value.code, refusal.value.param) == ("invalid_slug", "slug")


@pytest.mark.parametrize("slug", ["café-lumen", "mаison", "ｍaison", "maison-①", "straße"])
def test_accents_and_look_alikes_are_refused_with_what_to_do(slug: str) -> None:
    """The second name's `а` is Cyrillic: it would look like somebody else's address."""
    with pytest.raises(InvalidSlugError, match="use a to z"):
        check_slug(slug)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("L’Œuf", "l-oeuf"),
        ("L'ŒUF À LA COQUE", "l-oeuf-a-la-coque"),
        ("Cœur & Ægir", "coeur-aegir"),
        ("Straße 12", "strasse-12"),
        ("Børge Łódź", "borge-lodz"),
        ("Œ", "oeuvre-oe"),
        ("—", "oeuvre"),
    ],
)
def test_a_name_is_written_out_in_its_address(name: str, slug: str) -> None:
    assert candidates(name, prefix="oeuvre")[0] == slug


@pytest.mark.parametrize("slug", ["www", "api", "admin", "app", "mail", "static", "xn--maison"])
def test_the_platforms_own_names_are_kept(slug: str) -> None:
    with pytest.raises((ReservedSlugError, InvalidSlugError)):
        check_slug(slug)


def test_every_reserved_name_could_otherwise_be_taken() -> None:
    """A reserved name that the rules refuse anyway would be a slip of the pen."""
    for slug in RESERVED:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug), slug


@pytest.mark.parametrize("name", ["public", "information_schema"])
def test_schema_names_of_postgresql_are_reserved(name: str) -> None:
    assert name in RESERVED_SCHEMAS


@pytest.mark.parametrize("name", ["t", "T_1", "t-1", 't"; drop', "t_1\n", "1_t", "t" * 32])
def test_a_schema_name_of_another_shape_is_none(name: str) -> None:
    assert SCHEMA_NAME.match(name) is None
