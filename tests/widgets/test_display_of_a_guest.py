"""A widget of a guest brand: it leads to the page of whoever runs the operation (PA-13)."""

import uuid
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.utils import timezone

from kernel.ids import public_id, uuid7
from operations.models import ReceivedOperation
from operations.sources import read as read_source
from partnerships.models import Partnership
from tenants.context import enter
from tenants.models import Tenant
from tests.fixtures.sharing import agree
from tests.widgets.displaying import SHOP, asks, make, shown
from tests.widgets.reports import NOW
from widgets.display import targets
from widgets.tracker.services import register_site


@pytest.fixture(autouse=True)
def fresh() -> None:
    cache.clear()


def received_by(minor: Tenant, major: Tenant) -> tuple[ReceivedOperation, uuid.UUID]:
    number, now = uuid7(), timezone.now()
    row = ReceivedOperation.objects.create(
        operation_id=uuid7(), partnership_id=agree(major, minor).id, major_id=major.id,
        major_name=major.name, name="Un automne", title={"fr": "Un automne"}, state="live",
        subtitle={"fr": "Un an de café à gagner."},
        starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=9),
        page_url="https://majeur.example/o/automne", received_at=now, refreshed_at=now,
        modules=[{"id": str(number), "kind": "form", "title": {}, "fields": []}],
    )  # fmt: skip
    return row, number


def test_a_minors_widget_leads_to_the_majors_page_with_its_source(
    merchant: Tenant, other_merchant: Tenant
) -> None:
    """PA-13: signed for the major, in the name of the partnership; no longer once that ended."""
    row, number = received_by(merchant, other_merchant)
    register_site(url=SHOP, now=NOW)
    widget = make(target=f"{row.public_id}:{public_id('mod', number)}")
    [show] = shown(asks(merchant))
    assert show["words"]["fr"]["text"] == "Un an de café à gagner."
    address, _mark, part = show["url"].partition("#")
    assert address.startswith("https://majeur.example/o/automne?s=")
    assert part == public_id("mod", number).replace("mod_", "part-mod_")
    token = parse_qs(urlsplit(address).query)["s"][0]
    assert read_source(token).ref == ""  # it is not signed for the minor's own pages
    with enter(other_merchant):
        source = read_source(token)
        assert (source.ref, source.partnership_id) == (widget.public_id, row.partnership_id)
    Partnership.objects.filter(id=row.partnership_id).update(state="ended", ended_at=NOW)
    assert shown(asks(merchant)) == []
    assert targets.of([widget], now=timezone.now())[widget.id].state == "ended"
