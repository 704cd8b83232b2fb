"""Operations run in Maison Lumen, in the test's own transaction."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.db import connection

from operations.models import OperationModule
from tenants.models import Tenant
from tests.fixtures.operations import NOW, add_partner, make_module
from tests.fixtures.tenants import TenantClient, make_merchant


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


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def module(lumen: Tenant) -> OperationModule:
    made = make_module()
    add_partner(made)
    return made


@pytest.fixture
def shopper(lumen: Tenant, module: OperationModule, clock: object) -> TenantClient:
    return TenantClient(lumen)
