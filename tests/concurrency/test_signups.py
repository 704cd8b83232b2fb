"""Sign-ups that are confirmed at the same moment, each on a connection of its own."""

import uuid
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Membership, User
from accounts.tokens import token_for
from billing.models import Account
from kernel.errors import RicochetError
from signup import texts
from signup.models import Signup, SignupState, TermsAcceptance
from signup.services import confirming as confirming_service
from signup.services.asking import Asked, ask
from signup.services.confirming import Chosen, confirm
from tenants.models import Domain, Tenant
from tenants.provisioning.services import SlugTakenError
from tests.concurrency.conftest import Race

PASSWORD = "quatre mots sans rapport"
SLUG = "atelier-brume"


@pytest.fixture(autouse=True)
def quick(offices: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap passwords, a machine that may be busy; schemas that are made here go after it."""
    monkeypatch.setattr(confirming_service, "PATIENCE", 120.0)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def gone_afterwards(quick: None, lumen: Tenant) -> Iterator[None]:
    """So do the merchants' rows."""
    yield
    connection.set_schema_to_public()
    Tenant.objects.filter(name__startswith="Brume").delete()


def asked(number: int, key: uuid.UUID | None = None) -> Signup:
    return ask(
        asked=Asked(
            email=f"lea{number}@exemple.fr",
            shop_name=f"Brume {number}",
            slug=SLUG,
            plan="growing",
            interval="month",
            terms=texts.LATEST,
        ),
        key=key or uuid.uuid4(),
        connection_from=f"192.0.2.{number}",
        now=timezone.now(),
    )


def confirming(row: Signup, slug: str = SLUG) -> Callable[[], Signup]:
    def go() -> Signup:
        connection.set_schema_to_public()
        chosen = Chosen(slug=slug, password=PASSWORD)
        return confirm(token=token_for(row.id), chosen=chosen, now=timezone.now())

    return go


def test_of_two_at_once_for_one_address_one_wins_and_the_other_keeps_what_it_typed(
    race: Race,
) -> None:
    """Two real connections; the loser is told, and goes on with another address."""
    rows = [asked(1), asked(2)]
    answers = race([confirming(row) for row in rows])
    connection.set_schema_to_public()
    lost = [one for one in answers if isinstance(one, RicochetError)]
    assert [type(one) for one in lost] == [SlugTakenError]
    [won] = [one for one in answers if isinstance(one, Signup)]
    assert Tenant.objects.get(slug=SLUG).id == won.tenant_id
    assert Domain.objects.filter(domain=f"{SLUG}.ricochet.localhost").count() == 1
    [waiting] = Signup.objects.exclude(id=won.id)
    assert waiting.state == SignupState.WAITING
    assert waiting.password  # kept: only the address is asked again
    assert not Membership.objects.filter(user__email=waiting.email).exists()
    chosen = Chosen(slug=f"{SLUG}-2", password="")
    done = confirm(token=token_for(waiting.id), chosen=chosen, now=timezone.now())
    assert done.state == SignupState.DONE
    assert User.objects.get(email=waiting.email).check_password(PASSWORD)


def test_one_link_confirmed_many_times_at_once_makes_one_back_office(race: Race) -> None:
    """R3, R7: every click gets the same answer."""
    row = asked(1)
    answers = race([confirming(row) for _turn in range(4)])
    connection.set_schema_to_public()
    assert {type(one) for one in answers} == {Signup}, answers
    assert {one.tenant_id for one in answers} == {row.tenant_id}
    assert Tenant.objects.filter(name="Brume 1").count() == 1
    assert Membership.objects.filter(tenant_id=row.tenant_id).count() == 1
    assert Account.objects.filter(tenant_id=row.tenant_id).count() == 1
    assert TermsAcceptance.objects.count() == 1


def test_one_form_sent_at_once_is_one_request(race: Race) -> None:
    key = uuid.uuid4()

    def go() -> Signup:
        connection.set_schema_to_public()
        return asked(1, key)

    answers = race([go] * 4)
    connection.set_schema_to_public()
    assert len({one.id for one in answers}) == 1
    assert Signup.objects.count() == 1
