"""R33: what the page answers about an address, to whoever types it."""

import re

import time_machine
from django.utils import timezone

from operations import counting
from operations.models import OperationModule, Participation
from tenants.messaging.models import Email
from tenants.profiles.services import Identity, find_or_create
from tests.fixtures.operations import BEGINS
from tests.fixtures.tenants import TenantClient
from tests.operations.test_public_page import PAGE, post


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
    counting.confirm(participation_id=Participation.objects.get().id, now=timezone.now())
    others = [answer(email) for email in ("thomas@exemple.fr", "neuve@exemple.fr", known.email)]
    assert {(status, place) for status, place, _page in (first, again, *others)} == {
        (302, f"{PAGE}/envoyee")
    }
    assert len({styleless(page) for _status, _place, page in (first, again, *others)}) == 1
    assert Participation.objects.count() == 3
    kinds = Email.objects.filter(to="thomas@exemple.fr").order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == [
        "operation_confirm",
        "operation_confirm",
        "operation_receipt",
        "operation_again",
    ]
    answer("thomas@exemple.fr")  # the same day: one letter is enough
    assert kinds.filter(kind="operation_again").count() == 1
