"""The lists of an operation's editor: the order of its modules, and what is still missing."""

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from operations import editing
from operations.models import Operation
from operations.modules import add_module
from tenants.models import Tenant
from tests.fixtures.mechanics import LAMP, make_live
from tests.fixtures.operations import make_operation
from tests.fixtures.tenants import TenantClient


@pytest.fixture
def row(merchant: Tenant) -> Operation:
    return editing.create(name="Brouillon", starts_at=None, ends_at=None, now=timezone.now())


def read(client: TenantClient, address: str) -> str:
    return html.unescape(client.get(address).content.decode())


def arrows(client: TenantClient, row: Operation) -> list[list[str]]:
    """The ways that each module of the page may go, line by line."""
    page = read(client, f"/operations/{row.public_id}/modules")
    lines = page.split('<li class="module-line">')[1:]
    return [re.findall(r'name="to" value="(up|down)"', line) for line in lines]


def test_a_module_is_moved_only_to_where_there_is_a_place(
    claire: TenantClient, row: Operation
) -> None:
    add_module(operation_id=row.id, kind="form", now=timezone.now())
    assert arrows(claire, row) == [[]]
    add_module(operation_id=row.id, kind="quiz", now=timezone.now())
    assert arrows(claire, row) == [["down"], ["up"]]
    add_module(operation_id=row.id, kind="draw", now=timezone.now())
    assert arrows(claire, row) == [["down"], ["up", "down"], ["up"]]


def test_everything_that_is_missing_is_named_with_the_way_to_it(
    claire: TenantClient, row: Operation
) -> None:
    path = f"/operations/{row.public_id}"
    note = read(claire, f"{path}/apparence").split('class="ahead"')[1].split("</div>")[0]
    count = int(re.findall(r"Encore (\d+) points", note)[0])
    links = re.findall(r'<a class="link" href="([^"]+)">([^<]+)</a>', note)
    assert len(links) == count > 1
    assert (f"{path}/dates", "Choisissez le début et la fin.") in links
    assert (f"{path}/modules", "Ajoutez au moins un module.") in links
    # What this very page mends is named as well, and leads nowhere.
    note = read(claire, f"{path}/dates").split('class="ahead"')[1].split("</div>")[0]
    assert "Choisissez le début et la fin." in note
    assert "Choisissez le début et la fin.</a>" not in note


def test_the_figures_of_an_instant_win_are_written_and_explained(
    claire: TenantClient, merchant: Tenant
) -> None:
    now = timezone.now()
    live = make_operation(starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=9))
    make_live("instant_win", operation=live, settings={"prizes": [LAMP | {"stock": 1200}]}, now=now)
    page = read(claire, f"/operations/{live.public_id}")
    assert "sur 1\u202f200" in page and "sur 1200" not in page
    assert "leur moment gagnant n’est pas encore venu" in page
