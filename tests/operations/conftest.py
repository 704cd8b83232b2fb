"""Operations run in Maison Lumen, in the test's own transaction."""

from collections.abc import Callable

import pytest
from django.db import connection

from tenants.models import Tenant
from tests.fixtures.tenants import make_merchant


@pytest.fixture(autouse=True)
def no_schema_stays(offices: None) -> None:
    """Before `db`, and so undone after it."""


@pytest.fixture(autouse=True)
def lumen(no_schema_stays: None, merchant: Tenant) -> Tenant:
    return merchant


@pytest.fixture
def offices_of(lumen: Tenant) -> Callable[..., Tenant]:
    """`offices_of("brulerie-noe", "Brûlerie Noé")`: a third merchant, for this test alone."""

    def make(slug: str, name: str) -> Tenant:
        made = make_merchant(name=name, slug=slug)
        connection.set_tenant(lumen)
        return made

    return make
