"""R33: what the page answers about an address, to whoever types it."""

import re

import pytest
import time_machine
from django.utils import timezone

from operations.models import OperationModule, Participation
from tenants.messaging.models import Email
from tenants.profiles.services import Identity, find_or_create
from tests.fixtures.operations import BEGINS, confirm
from tests.fixtures.tenants import TenantClient
from tests.operations.test_public_page import PAGE, post, seal_on, text_of


def test_with_a_confirmation_by_email_the_page_tells_nobody_who_took_part(
    shopper: TenantClient, module: OperationModule, clock: time_machine.Traveller
) -> None:
    """R33: the same answer, byte for byte, for an address that waits, counts, or is new."""
    OperationModule.objects.update(double_optin=True)
    known = Identity(email="connue@exemple.fr", first_name="Connue")
    find_or_create(identity=known, source="api", now=BEGINS)

    def answer(email: str) -> tuple[int, str, bytes]:
        sent = post(shopper, clock, email=email)
        return sent.status_code, sent["Location"], shopper.get(sent["Location"]).content

    def styleless(page: bytes) -> str:
        return re.sub(r'nonce="[^"]+"', "", page.decode())

    first, again = answer("thomas@exemple.fr"), answer("thomas@exemple.fr")
    confirm(Participation.objects.get(state="pending"), now=timezone.now())
    others = [answer(email) for email in ("thomas@exemple.fr", "neuve@exemple.fr", known.email)]
    assert {(status, place) for status, place, _page in (first, again, *others)} == {
        (302, f"{PAGE}/envoyee")
    }
    assert len({styleless(page) for _status, _place, page in (first, again, *others)}) == 1
    # A new form takes the place of one that waited: the second of Thomas, of the first.
    assert Participation.objects.exclude(state="void").count() == 3
    kinds = Email.objects.filter(to="thomas@exemple.fr").order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == [
        "operation_confirm",
        "operation_confirm",
        "operation_receipt",
        "operation_again",
    ]
    answer("thomas@exemple.fr")  # the same day: one letter is enough
    assert kinds.filter(kind="operation_again").count() == 1


@pytest.mark.parametrize("double", [True, False])
def test_a_form_is_used_up_by_a_known_address_as_by_a_new_one(
    shopper: TenantClient, module: OperationModule, clock: time_machine.Traveller, double: bool
) -> None:
    """R33: sending one form with two addresses does not tell whether the first took part before."""
    OperationModule.objects.update(double_optin=double)
    module.refresh_from_db()
    post(shopper, clock, email="connue@exemple.fr")
    told = []
    for first in ("connue@exemple.fr", "neuve@exemple.fr"):
        seal = seal_on(shopper.get(PAGE))
        once = post(shopper, clock, form=seal, email=first)
        again = post(shopper, clock, form=seal, email="autre@exemple.fr")
        twice = post(shopper, clock, form=seal, email=first)
        told.append((once.status_code, again.status_code, text_of(again), twice.status_code))
    assert told[0] == told[1] and told[0][:2] == (302, 409) and told[0][3] == 302
    assert not Participation.objects.filter(fields__email="autre@exemple.fr").exists()
