"""Maison Lumen with real commits, and threads that meet in it."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme import services
from tests.fixtures.programme import NOW, make_camille, publish
from tests.fixtures.together import together

Race = Callable[[Iterable[Callable[[], Any]]], list[Any]]
Give = Callable[..., None]


@pytest.fixture
def lumen(live_merchant: Tenant) -> Tenant:
    """A committed merchant with a programme in force."""
    publish()
    return live_merchant


@pytest.fixture
def camille(lumen: Tenant) -> Profile:
    return make_camille()


@pytest.fixture
def race(lumen: Tenant, django_db_blocker: DjangoDbBlocker) -> Race:
    """`race(tasks)` runs all at once and gives what each returned or was refused with."""
    return lambda tasks: together(tasks, tenant=lumen, blocker=django_db_blocker)


@pytest.fixture
def give() -> Give:
    """`give(profile, cents)`: the merchant puts something into a cagnotte."""

    def put(profile: Profile, amount: int) -> None:
        services.adjust(
            profile=profile,
            amount=amount,
            reason="Geste commercial",
            key=f"gift:{profile.id}:{amount}",
            author_id=None,
            now=NOW,
        )

    return put
