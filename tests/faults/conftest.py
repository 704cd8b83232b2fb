"""A shop that goes on sending orders while parts of Ricochet are killed and frozen under it."""

import pytest

from deploy.local.stack import Stack
from tests.fixtures.outside import Shop


@pytest.fixture
def shop(stack: Stack) -> Shop:
    """The demo merchant's server, with order numbers of its own for this test."""
    made = Shop(stack)
    made.believe_busy_referrers()
    return made


@pytest.fixture
def code(shop: Shop) -> str:
    """The code of a customer whom the demo made."""
    return shop.codes()[0]
