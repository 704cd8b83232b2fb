"""Several modules are steps: numbered, one open, and one leads to the next."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse

from operations import links
from operations.links import Purpose
from operations.models import OperationModule, Participation, SourceKind
from operations.participating import Source
from operations.sources import query_of
from tests.fixtures.operations import make_module, make_operation
from tests.fixtures.tenants import TenantClient
from tests.operations.test_public_page import PAGE, seal_on, text_of

ZOE = {"first_name": "Zoé", "email": "zoe@exemple.fr"}


@pytest.fixture
def module(lumen: object) -> OperationModule:
    """The first of two steps; the conftest's `shopper` comes to this page."""
    operation = make_operation()
    first = make_module(operation, position=1)
    make_module(operation, position=2, title={"fr": "Tentez votre chance"})
    return first


@pytest.fixture
def second(module: OperationModule) -> OperationModule:
    return OperationModule.objects.get(position=2)


def cards(response: HttpResponse) -> list[tuple[bool, str]]:
    """Each step: whether it is open, and what it says on top."""
    page = response.content.decode()
    found = re.findall(r'<details name="step"( open)?><summary>(.*?)</summary>', page, re.DOTALL)
    return [(bool(is_open), _words(told)) for is_open, told in found]


def _words(told: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", told).split())


def seals(response: HttpResponse) -> list[str]:
    return re.findall(r'name="form" value="([^"]+)"', response.content.decode())


def take_first(
    shopper: TenantClient, clock: time_machine.Traveller, path: str = PAGE, **more: object
) -> HttpResponse:
    """The page after the first step, as whoever sent it sees it."""
    seal = seal_on(shopper.get(path))
    clock.shift(timedelta(seconds=10))
    answer = shopper.post(PAGE, {"form": seal, **ZOE, **more})
    assert answer.status_code == 302, text_of(answer)
    return shopper.get(answer["Location"])


def way_on(page: HttpResponse) -> str:
    [path] = re.findall(r'<a class="act" href="([^"]+)"', page.content.decode())
    return html.unescape(path)


def thanks_of(shopper: TenantClient) -> HttpResponse:
    """The page that the email's link opens: its owner's."""
    row = Participation.objects.get()
    token = links.token_for(purpose=Purpose.THANKS, row_id=row.id)
    return shopper.get(f"/o/merci/{token}")


def onward(shopper: TenantClient, thanks: HttpResponse) -> HttpResponse:
    page = thanks.content.decode()
    [path] = re.findall(r'action="([^"#]+/suite)#', page)
    [token] = re.findall(r'name="suite" value="([^"]+)"', page)
    return shopper.post(path, {"suite": token})


def test_two_modules_are_numbered_and_the_first_is_open(shopper: TenantClient) -> None:
    assert cards(shopper.get(PAGE)) == [
        (True, "1 Étape 1 sur 2 Vos coordonnées"),
        (False, "2 Étape 2 sur 2 Tentez votre chance"),
    ]


def test_one_module_alone_is_no_step(shopper: TenantClient, second: OperationModule) -> None:
    second.delete()
    page = shopper.get(PAGE)
    assert cards(page) == [] and "Étape" not in text_of(page)


def test_a_widget_opens_the_step_that_it_leads_to(
    shopper: TenantClient, second: OperationModule
) -> None:
    page = shopper.get(f"{PAGE}?etape={second.public_id}")
    assert [is_open for is_open, _told in cards(page)] == [False, True]
    assert [is_open for is_open, _ in cards(shopper.get(f"{PAGE}?etape=mod_x"))] == [True, False]


def test_the_form_leads_on_by_the_way_that_somebody_came(
    shopper: TenantClient, clock: time_machine.Traveller, second: OperationModule
) -> None:
    query = query_of(Source(SourceKind.WIDGET, "wdg_1"))
    sent = take_first(shopper, clock, path=f"{PAGE}{query}")
    assert "Étape 2 sur 2 Tentez votre chance" in text_of(sent)
    page = shopper.get(way_on(sent))
    assert [is_open for is_open, _told in cards(page)] == [False, True]
    clock.shift(timedelta(seconds=10))
    done = shopper.post(PAGE, {"form": seals(page)[1], **ZOE})
    assert "étape suivante" not in text_of(shopper.get(done["Location"]))
    kinds = Participation.objects.values_list("source_kind", "source_ref")
    assert list(kinds) == [("widget", "wdg_1"), ("widget", "wdg_1")]


def test_the_way_on_is_the_same_for_an_address_that_has_been_there(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    """R33: neither a name nor whether the next step was taken by it."""
    first = take_first(shopper, clock)
    page = shopper.get(way_on(first))
    clock.shift(timedelta(seconds=10))
    assert shopper.post(PAGE, {"form": seals(page)[1], **ZOE}).status_code == 302
    again = take_first(shopper, clock)
    assert text_of(again) == text_of(first)
    assert "zoe@exemple.fr" not in shopper.get(way_on(again)).content.decode()


def test_the_emailed_thanks_lead_on_with_what_was_typed_and_no_box_ticked(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    """D1: a yes of the first step is not given again by itself."""
    take_first(shopper, clock, box=["own"])
    thanks = thanks_of(shopper)
    assert "Étape 2 sur 2 Tentez votre chance" in text_of(thanks)
    page = onward(shopper, thanks)
    assert cards(page) == [
        (False, "✓ Étape 1 sur 2, déjà faite Vos coordonnées"),
        (True, "2 Étape 2 sur 2 Tentez votre chance"),
    ]
    drawn = page.content.decode()
    assert 'value="zoe@exemple.fr"' in drawn
    assert not re.search(r'name="box"[^>]*checked', drawn)
    [seal] = seals(page)
    clock.shift(timedelta(seconds=10))
    assert shopper.post(PAGE, {"form": seal, **ZOE}).status_code == 302
    assert Participation.objects.count() == 2


def test_a_link_that_was_passed_on_tells_nothing_an_hour_later(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    take_first(shopper, clock)
    clock.shift(timedelta(hours=1, seconds=1))
    page = onward(shopper, thanks_of(shopper))
    assert page.status_code == 200 and "zoe@exemple.fr" not in page.content.decode()


def test_nothing_leads_on_from_the_last_step_nor_after_the_end(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    take_first(shopper, clock)
    operation = Participation.objects.get().operation
    operation.state = "ended"
    operation.save()
    thanks = thanks_of(shopper)
    assert thanks.status_code == 200 and "étape suivante" not in text_of(thanks)


@pytest.mark.parametrize("token", ["", "x", "0" * 65])
def test_a_made_up_link_leads_to_the_page(shopper: TenantClient, token: str) -> None:
    answer = shopper.post(f"{PAGE}/suite", {"suite": token})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert shopper.get(f"{PAGE}/suite")["Location"] == PAGE


def test_what_is_wrong_is_said_at_its_own_step(
    shopper: TenantClient, clock: time_machine.Traveller, second: OperationModule
) -> None:
    page = shopper.get(f"{PAGE}?etape={second.public_id}")
    clock.shift(timedelta(seconds=10))
    answer = shopper.post(PAGE, {"form": seals(page)[1], **ZOE, "email": "zoe"})
    assert answer.status_code == 422
    assert cards(answer) == [(True, "2 Étape 2 sur 2 Tentez votre chance")]
