"""Scripts that other people's pages pin stay where they are, from one version to the next (R35)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tenants.models import Tenant
from tests.fixtures.tenants import TenantClient
from widgets.display import bundle as display
from widgets.management.commands.release_script import present
from widgets.models import WidgetKind
from widgets.script import bundle
from widgets.shown import bundle as shown

NEXT = bundle.pack(b"let next=2")


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty directory in the place of the repository's own."""
    monkeypatch.setattr(bundle, "RELEASED", tmp_path / "released")
    bundle.released.cache_clear()
    yield tmp_path / "released"
    bundle.released.cache_clear()


def test_what_this_version_ships_is_kept_for_the_ones_after_it() -> None:
    """Without it the next change of a script is a 404 on every page that pins this one."""
    call_command("release_script", check=True)
    for name, packed in present():
        assert bundle.file_of(name, packed).read_bytes() == packed.body


def test_every_script_that_is_pinned_is_among_those_kept() -> None:
    assert {name for name, _packed in present()} == {"v1", "d1", *WidgetKind.values}


def test_every_released_file_is_named_after_its_content() -> None:
    """Nobody edits one: the pages that pin it would run none of it."""
    paths = list(bundle.RELEASED.iterdir())
    assert paths
    for path in paths:
        name, _dot, _rest = path.name.partition(".")
        assert path == bundle.file_of(name, bundle.pack(path.read_bytes()))


def test_the_check_fails_while_a_script_is_not_kept_and_says_what_to_do(shelf: Path) -> None:
    with pytest.raises(CommandError, match="make scripts"):
        call_command("release_script", check=True)
    assert not shelf.exists()
    call_command("release_script")
    call_command("release_script", check=True)
    path = bundle.file_of("d1", display.current())
    path.unlink()
    bundle.released.cache_clear()
    with pytest.raises(CommandError, match=path.name):
        call_command("release_script", check=True)


def test_a_pinned_line_is_still_served_by_the_next_version(
    merchant: Tenant, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upgrade that touches every script: the old lines, and pages that are open, find theirs."""
    before = {f"/w/{name}.{packed.digest}.js": packed.body for name, packed in present()}
    client = TenantClient(merchant)
    assert {address: client.get(address).content for address in before} == before
    call_command("release_script")
    monkeypatch.setattr(bundle, "current", lambda: NEXT)
    monkeypatch.setattr("widgets.script.views.current", lambda: NEXT)
    monkeypatch.setattr(display, "current", lambda: NEXT)
    monkeypatch.setattr(shown, "current", lambda _kind: NEXT)
    assert client.get("/w/v1.js").content == NEXT.body
    for address, body in before.items():
        answer = client.get(address)
        assert (answer.status_code, answer.content) == (200, body), address
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    # A script of one kind is none of another.
    digest = next(iter(before)).split(".")[1]
    assert client.get(f"/w/d1.{digest}.js").status_code == 404


@pytest.mark.parametrize("name", ["../script/v1", "..", "", "v1/../v1"])
def test_a_name_that_leads_elsewhere_finds_nothing(name: str) -> None:
    assert bundle.released(name, bundle.current().digest) is None
