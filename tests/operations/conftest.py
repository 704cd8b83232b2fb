"""Operations run in Maison Lumen, in the test's own transaction."""

import pytest

from tenants.models import Tenant


@pytest.fixture(autouse=True)
def lumen(merchant: Tenant) -> Tenant:
    return merchant
