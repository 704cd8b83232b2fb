"""Many people behind one address: a poster in a shop, a carrier's town; and a machine there."""

from datetime import timedelta

import pytest
import time_machine

from operations.models import OperationModule, Participation
from operations.public import sending
from tenants.profiles.models import Profile
from tests.fixtures.tenants import TenantClient
from tests.operations.test_public_page import PAGE, post, seal_on


def forms(shopper: TenantClient, number: int) -> list[str]:
    """So many forms, as so many people opened them."""
    return [seal_on(shopper.get(PAGE)) for _person in range(number)]


def test_three_hundred_honest_people_behind_one_address_all_take_part(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    """Within one hour, each tenth of them mistyping the address first."""
    opened = forms(shopper, 300)
    clock.shift(timedelta(seconds=10))
    answers = []
    for number, form in enumerate(opened):
        typed = {"form": form, "first_name": "Ana", "email": f"p{number}@exemple.fr"}
        if number % 10 == 0:
            again = shopper.post(PAGE, {**typed, "email": f"p{number}@"})
            assert again.status_code == 422
            typed["form"] = seal_on(again)
        answers.append(shopper.post(PAGE, typed).status_code)
    assert answers == [302] * 300
    assert Participation.objects.count() == 300


@pytest.mark.parametrize(
    "bad",
    [
        {"website": "https://spam.example"},
        {"wait": 0},
        {"form": "made-up"},
        {"box": ["somebody"]},
        {"email": "nulle part"},
    ],
)
def test_a_machine_that_is_refused_too_often_is_not_listened_to_any_more(
    shopper: TenantClient,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
    bad: dict[str, object],
) -> None:
    monkeypatch.setattr(sending, "REFUSED", 3)
    for _try in range(3):
        assert post(shopper, clock, **bad).status_code in (400, 403, 422)
    response = post(shopper, clock)
    assert response.status_code == 429 and int(response["Retry-After"]) > 0
    assert not Participation.objects.exists() and not Profile.objects.exists()
    clock.shift(timedelta(hours=1))
    assert post(shopper, clock).status_code == 302


def test_the_addresses_of_one_line_are_counted_together(
    shopper: TenantClient, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A /64 is one line; another line is not slowed down by it."""
    monkeypatch.setattr(sending, "REFUSED", 3)
    seal = seal_on(shopper.get(PAGE))
    clock.shift(timedelta(seconds=10))
    good = {"form": seal, "first_name": "Ana", "email": "ana@exemple.fr"}
    for number in range(3):
        shopper.post(PAGE, {"form": "made-up"}, REMOTE_ADDR=f"2001:db8:1:2::{number}")
    refused = shopper.post(PAGE, good, REMOTE_ADDR="2001:db8:1:2:ffff::9")
    assert refused.status_code == 429
    assert shopper.post(PAGE, good, REMOTE_ADDR="2001:db8:1:3::9").status_code == 302


def test_one_seal_serves_one_person(shopper: TenantClient, clock: time_machine.Traveller) -> None:
    """A machine that opened the page once has one participation."""
    seal = seal_on(shopper.get(PAGE))
    OperationModule.objects.update(rule="times", times=100)
    kinds = [post(shopper, clock, form=seal, email=f"p{n}@exemple.fr") for n in range(4)]
    assert [answer.status_code for answer in kinds] == [302, 409, 409, 409]
    assert Participation.objects.count() == 1


def test_aliases_of_one_person_are_counted_together(
    shopper: TenantClient, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "OF_PERSON", 2)
    OperationModule.objects.update(rule="times", times=100)
    sent = [
        post(shopper, clock, email=email).status_code
        for email in ("ca.mille@gmail.com", "camille+1@gmail.com", "camille+2@googlemail.com")
    ]
    assert sent == [302, 302, 429]
