"""Each mechanic as people meet it: the page of the operation, its form, the page of thanks."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse

from operations import links
from operations.links import Purpose
from operations.models import OperationModule, Participation, ParticipationState, WinningMoment
from tenants.models import Tenant
from tests.fixtures.mechanics import make_live
from tests.fixtures.operations import BEGINS, NOW, take
from tests.fixtures.programme import publish
from tests.fixtures.tenants import TenantClient

PAGE = "/o/un-automne-a-la-maison"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def shopper(lumen: Tenant, clock: object) -> TenantClient:
    publish()
    return TenantClient(lumen)


def seal_on(response: HttpResponse) -> str:
    found = re.search(r'name="form" value="([^"]+)"', response.content.decode())
    assert found
    return html.unescape(found[1])


def send(
    shopper: TenantClient, clock: time_machine.Traveller, **answers: object
) -> tuple[HttpResponse, str]:
    """Open the page, read it, send the form; what came back, and its words."""
    form = {"form": seal_on(shopper.get(PAGE)), "first_name": "Thomas"}
    clock.shift(timedelta(seconds=20))
    sent = {**form, "email": "thomas@exemple.fr", **answers}
    response = shopper.post(PAGE, sent, follow=True)
    text = re.sub(r"(?s)<style.*?</style>|<[^>]+>", " ", response.content.decode())
    return response, " ".join(html.unescape(text).split())


def test_a_quiz_is_answered_corrected_and_scored(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    make_live("quiz")
    response, text = send(shopper, clock, **{"m-q1": "2"})
    assert response.status_code == 422
    assert text.count("Répondez à la question « Depuis quand ? ».") == 2  # on top, and in place
    assert 'name="m-q1" value="2" checked' in response.content.decode()
    assert not Participation.objects.exists()
    response, text = send(shopper, clock, **{"m-q1": "2", "m-q2": "1"})
    assert response.status_code == 200
    assert "2 bonnes réponses sur 2" in text


def test_a_coupon_is_shown_at_once(shopper: TenantClient, clock: time_machine.Traveller) -> None:
    make_live("coupon")
    _response, text = send(shopper, clock)
    assert Participation.objects.get().outcome["code"] in text


def test_without_a_code_the_page_says_so(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    module = make_live("coupon", settings={"count": 1})
    take(module, "zoe@exemple.fr")
    response, text = send(shopper, clock)
    assert response.status_code == 409
    assert "Tous les codes ont été donnés" in text
    assert Participation.objects.count() == 1


def test_a_confirmation_that_finds_no_code_left_changes_nothing(
    shopper: TenantClient, clock: object
) -> None:
    """Double opt-in: the last code went to somebody who confirmed sooner."""
    module = make_live("coupon", settings={"count": 1}, double_optin=True)
    late = take(module).participation
    OperationModule.objects.update(double_optin=False)
    take(module, "zoe@exemple.fr")
    token = links.token_for(purpose=Purpose.CONFIRM, row_id=late.id)
    response = shopper.post(f"/o/confirmer/{token}", headers={"Accept": "text/html"})
    assert response.status_code == 409
    assert "Tous les codes ont été donnés" in html.unescape(response.content.decode())
    late.refresh_from_db()
    assert late.state == ParticipationState.PENDING


@pytest.mark.parametrize(("due", "words"), [(True, "Gagné"), (False, "Perdu cette fois")])
def test_an_instant_win_is_told_at_once(
    shopper: TenantClient, clock: time_machine.Traveller, due: bool, words: str
) -> None:
    make_live("instant_win")
    WinningMoment.objects.update(at=BEGINS if due else NOW + timedelta(days=1))
    _response, text = send(shopper, clock)
    assert words in text


def test_whoever_enters_a_draw_reads_when_it_takes_place(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    make_live("draw")
    _response, text = send(shopper, clock)
    assert "Vous participez au tirage." in text
    assert "Comment le tirage se vérifie" in text


def test_a_link_to_share_is_shown_at_once(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    make_live("referral")
    response, text = send(shopper, clock)
    code = Participation.objects.get().outcome["code"]
    assert code in text
    assert f"/r/{code}" in response.content.decode()
