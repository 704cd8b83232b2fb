"""Every page of the console, as an operator gets it."""

import pytest
from django.urls import reverse

from tenants.models import Tenant
from tests.console.conftest import ConsoleClient, text_of

URLCONF = "config.urls_console"
LISTS = ("merchant", "deal", "bill", "told", "given", "pair", "person", "entry")


def path(name: str, *args: object) -> str:
    return reverse(f"admin:{name}", urlconf=URLCONF, args=args)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_opens_searches_and_sorts(
    console: ConsoleClient, merchant: Tenant, name: str
) -> None:
    address = path(f"console_{name}_changelist")
    for query in ("", "?q=lumen", "?o=1", "?p=1", "?q=%00%FF"):
        response = console.get(address + query)
        assert response.status_code == 200, (query, response.status_code)


@pytest.mark.parametrize("name", ["index", "events", "jobs", "emails"])
def test_a_page_opens(console: ConsoleClient, merchant: Tenant, name: str) -> None:
    assert console.get(path(name)).status_code == 200


def test_the_merchants_page_shows_how_it_is(console: ConsoleClient, merchant: Tenant) -> None:
    text = text_of(console.get(path("merchant", merchant.id)))
    assert merchant.schema_name in text
    assert "Bonne" in text
