"""The partner code: readable, renewed, useless to guess."""

import uuid
from datetime import datetime, timedelta

import pytest

from accounts.models import User
from accounts.throttles import ThrottledError
from kernel.outbox.models import Event
from partnerships.errors import AlreadyPartnersError, OwnCodeError, UnknownCodeError
from partnerships.models import Partnership, State
from partnerships.services import codes
from partnerships.services.proposing import propose_by_code
from tenants.models import Tenant, TenantState


def ask(major: Tenant, typed: str, user: User, now: datetime, key: uuid.UUID | None = None):
    return propose_by_code(
        major=major, typed=typed, key=key or uuid.uuid4(), asked_by=user, now=now
    )


def test_a_code_is_made_once_and_can_be_read_aloud(merchant: Tenant, now: datetime) -> None:
    """S4: two groups of five, without letters that are taken for digits."""
    code = codes.code_of(tenant=merchant, now=now)
    assert codes.code_of(tenant=merchant, now=now).code == code.code
    left, _, right = code.shown.partition("-")
    assert (len(left), len(right)) == (5, 5)
    assert not set(code.code) & set("01IOBS58Z2")


def test_a_code_is_found_however_it_is_typed(
    merchant: Tenant, other_merchant: Tenant, now: datetime
) -> None:
    code = codes.code_of(tenant=other_merchant, now=now)
    for typed in (code.shown, code.code.lower(), f" {code.code[:5]}\u00a0{code.code[5:]} "):
        assert codes.find_by_code(typed=typed, asking=merchant, now=now).id == other_merchant.id


def test_ones_own_code_has_its_own_answer(merchant: Tenant, claire: User, now: datetime) -> None:
    code = codes.code_of(tenant=merchant, now=now)
    with pytest.raises(OwnCodeError) as refusal:
        ask(merchant, code.shown, claire, now)
    assert refusal.value.param == "code"
    assert not Partnership.objects.exists()


@pytest.mark.parametrize("why", ["never made", "renewed", "suspended", "empty", "too long"])
def test_codes_of_nobody_are_answered_alike(
    merchant: Tenant, other_merchant: Tenant, claire: User, now: datetime, why: str
) -> None:
    """R32, R33: one sentence, whatever the reason, and nothing half-done."""
    typed = codes.code_of(tenant=other_merchant, now=now).code
    if why == "renewed":
        assert codes.renew_code(tenant=other_merchant, now=now).code != typed
    elif why == "suspended":
        Tenant.objects.filter(id=other_merchant.id).update(state=TenantState.SUSPENDED)
    elif why != "never made":
        typed = "" if why == "empty" else typed + "AAAA"
    else:
        typed = "AAAAA-AAAAA"
    with pytest.raises(UnknownCodeError) as refusal:
        ask(merchant, typed, claire, now)
    assert refusal.value.said == str(UnknownCodeError.words)
    assert not Partnership.objects.exists()


def test_guessing_is_throttled_by_merchant_and_hour(
    merchant: Tenant, other_merchant: Tenant, claire: User, now: datetime
) -> None:
    """R32: even the right code is not heard after ten tries in an hour."""
    right = codes.code_of(tenant=other_merchant, now=now).shown
    for _try in range(codes.TRIES):
        with pytest.raises(UnknownCodeError):
            ask(merchant, "AAAAA-AAAAA", claire, now)
    with pytest.raises(ThrottledError):
        ask(merchant, right, claire, now)
    assert not Partnership.objects.exists()
    later = now + codes.TRIES_WINDOW + timedelta(seconds=1)
    assert ask(merchant, right, claire, later).state == State.PROPOSED


def test_a_code_that_was_used_makes_no_second_partnership(
    merchant: Tenant, other_merchant: Tenant, claire: User, now: datetime
) -> None:
    typed = codes.code_of(tenant=other_merchant, now=now).shown
    first = ask(merchant, typed, claire, now)
    with pytest.raises(AlreadyPartnersError):
        ask(merchant, typed, claire, now)
    assert list(Partnership.objects.all()) == [first]


def test_the_same_form_twice_is_one_proposal_and_one_letter(
    merchant: Tenant, other_merchant: Tenant, claire: User, now: datetime
) -> None:
    """R3"""
    typed, key = codes.code_of(tenant=other_merchant, now=now).shown, uuid.uuid4()
    assert ask(merchant, typed, claire, now, key) == ask(merchant, typed, claire, now, key)
    assert Event.objects.filter(kind="partnerships.tell").count() == 1


def test_each_may_be_the_major_of_the_other(
    merchant: Tenant, other_merchant: Tenant, claire: User, yann: User, now: datetime
) -> None:
    there = codes.code_of(tenant=other_merchant, now=now).shown
    back = codes.code_of(tenant=merchant, now=now).shown
    ask(merchant, there, claire, now)
    ask(other_merchant, back, yann, now)
    assert Partnership.objects.count() == 2
