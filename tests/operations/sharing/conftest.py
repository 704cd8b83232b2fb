"""Maison Lumen shares one operation with Atelier Marin."""

import pytest

from operations.models import (
    OperationModule,
)
from partnerships.models import Partnership
from tenants.models import Tenant
from tests.fixtures.sharing import agree, shared_module


@pytest.fixture
def marin(other_merchant: Tenant) -> Tenant:
    return other_merchant


@pytest.fixture
def partnership(lumen: Tenant, marin: Tenant) -> Partnership:
    return agree(lumen, marin)


@pytest.fixture
def module(partnership: Partnership) -> OperationModule:
    return shared_module(partnership, goes=("first_name",))
