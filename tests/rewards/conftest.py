"""A programme in force, Camille, and what a merchant gives."""

from collections.abc import Callable

import pytest

from tenants.profiles.models import Profile
from tenants.programme import services
from tenants.rewards.models import CodeList, ListedCode, Tier
from tests.fixtures.programme import *  # noqa: F403
from tests.fixtures.programme import NOW


@pytest.fixture
def earn() -> Callable[[Profile, int], None]:
    """`earn(profile, cents)`: what the merchant adds counts as earned; below zero is taken."""
    numbers = iter(range(10_000))

    def put(profile: Profile, amount: int) -> None:
        services.adjust(
            profile=profile,
            amount=amount,
            reason="Geste commercial",
            key=f"k{next(numbers)}",
            author_id=None,
            now=NOW,
        )

    return put


@pytest.fixture
def tier() -> Callable[..., Tier]:
    def make(**changes: object) -> Tier:
        values = {"name": "Bronze", "kind": "promo", "value": 500, "threshold": 2000}
        return Tier.objects.create(**{**values, "unit": "EUR", "created_at": NOW, **changes})

    return make


@pytest.fixture
def codes_of() -> Callable[..., CodeList]:
    """`codes_of("A1", "B2")`: a list that holds these, and warns below none."""

    def make(*codes: str, warn_below: int = 0) -> CodeList:
        found = CodeList.objects.create(name="Liste", warn_below=warn_below, created_at=NOW)
        for code in codes:
            ListedCode.objects.create(code_list=found, code=code)
        return found

    return make
