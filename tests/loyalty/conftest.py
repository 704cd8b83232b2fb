"""A programme in points at Maison Lumen."""

import pytest

from tenants.programme.models import ProgrammeVersion
from tests.fixtures.programme import *  # noqa: F403
from tests.fixtures.programme import publish


@pytest.fixture
def in_points(merchant: object) -> ProgrammeVersion:
    """Cagnottes count points: 100 for a referrer, 50 for a referee."""
    return publish(unit="PTS", referrer_amount=100, referee_amount=50)
