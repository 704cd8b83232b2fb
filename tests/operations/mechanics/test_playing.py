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
from operations.mechanics import MECHANICS
from operations.models import OperationModule, Participation, ParticipationState, WinningMoment
from operations.public.sent import HOLDS, address_of
from tenants.context import current_tenant
from tenants.messaging.models import Email
from tenants.messaging.render import render
from tenants.models import Tenant
from tests.fixtures.mechanics import SETTINGS, make_live
from tests.fixtures.operations import BEGINS, NOW, make_module, make_operation, take
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
    assert "Votre score part par e\u2011mail" in text and "bonne" not in text
    assert Email.objects.get(kind="operation_quiz").context["score"] == "2 sur 2"


def test_a_code_goes_to_the_owner_of_the_address_and_to_nobody_else(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    """R33: whoever types another's address does not read that person's code; the email does."""
    make_live("coupon")
    _response, text = send(shopper, clock)
    taken = Participation.objects.get()
    assert taken.outcome["code"] not in text and "Votre code part par e\u2011mail" in text
    assert Email.objects.get(kind="operation_coupon").context["code"] == taken.outcome["code"]
    token = links.token_for(purpose=Purpose.THANKS, row_id=taken.id)
    assert taken.outcome["code"] in shopper.get(f"/o/merci/{token}").content.decode()


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
    form = {"entry": late.public_id}
    response = shopper.post(f"/o/confirmer/{token}", form, headers={"Accept": "text/html"})
    assert response.status_code == 409
    assert "Tous les codes ont été donnés" in html.unescape(response.content.decode())
    late.refresh_from_db()
    assert late.state == ParticipationState.PENDING


@pytest.mark.parametrize(
    ("due", "words"), [(True, "Gagné"), (False, "Ce n’était pas un moment gagnant")]
)
def test_an_instant_win_is_told_at_once(
    shopper: TenantClient, clock: time_machine.Traveller, due: bool, words: str
) -> None:
    make_live("instant_win")
    WinningMoment.objects.update(at=BEGINS if due else NOW + timedelta(days=1))
    _response, text = send(shopper, clock)
    assert words in text


def test_a_winner_who_sends_the_form_again_is_not_told_of_a_loss(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    """R33: the page says what this form came to; it is the one of a new address that lost."""
    make_live("instant_win", settings={**SETTINGS["instant_win"], "lost": {"fr": "Dommage, perdu"}})
    first = WinningMoment.objects.order_by("id").first()
    assert first is not None
    WinningMoment.objects.exclude(id=first.id).update(at=NOW + timedelta(days=1))
    WinningMoment.objects.filter(id=first.id).update(at=BEGINS)
    _response, won = send(shopper, clock)
    assert "Gagné" in won
    _response, again = send(shopper, clock)
    _response, lost = send(shopper, clock, email="neuve@exemple.fr")
    assert again == lost
    assert (
        "Ce n’était pas un moment gagnant" in again
        and "votre résultat d’alors reste valable" in again
    )
    assert "erdu" not in again
    loser = Participation.objects.get(outcome__kind="lost")
    letter = Email.objects.get(kind="operation_receipt", to="neuve@exemple.fr")
    assert letter.context["result"] == "Dommage, perdu"
    token = links.token_for(purpose=Purpose.THANKS, row_id=loser.id)
    assert "Dommage, perdu" in shopper.get(f"/o/merci/{token}").content.decode()


def test_whoever_enters_a_draw_reads_when_it_takes_place(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    make_live("draw")
    _response, text = send(shopper, clock)
    assert "Vous participez au tirage." in text
    assert "Comment le tirage se vérifie" in text


def test_a_link_to_share_goes_to_the_owner_of_the_address(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    """R33: it may be a customer's of long standing, and bears their name."""
    make_live("referral")
    response, text = send(shopper, clock)
    taken = Participation.objects.get()
    code = taken.outcome["code"]
    assert "Votre lien à partager part par e\u2011mail" in text
    assert code not in response.content.decode()
    token = links.token_for(purpose=Purpose.THANKS, row_id=taken.id)
    assert f"/r/{code}" in shopper.get(f"/o/merci/{token}").content.decode()


@pytest.mark.parametrize("kind", sorted(MECHANICS))
def test_an_address_that_took_part_is_answered_as_a_new_one(
    shopper: TenantClient, clock: time_machine.Traveller, kind: str
) -> None:
    """R33: without double opt-in the page is the same to the letter, and the truth goes by email
    to whoever owns the address.
    """
    module = make_module(kind="form") if kind == "form" else make_live(kind)
    WinningMoment.objects.update(at=NOW + timedelta(days=1))
    given = {"m-q1": "2", "m-q2": "3"} if kind == "quiz" else {}
    take(module, "connue@exemple.fr", data=given)
    Email.objects.all().delete()

    def page(email: str) -> tuple[int, str]:
        response, _text = send(shopper, clock, email=email, **given)
        assert "/envoyee/" in response.redirect_chain[0][0]
        return response.status_code, re.sub(r'nonce="[^"]+"', "", response.content.decode())

    assert page("connue@exemple.fr") == page("neuve@exemple.fr")
    assert Participation.objects.count() == 2
    kinds = dict(Email.objects.order_by("-id").values_list("to", "kind"))
    assert kinds["connue@exemple.fr"] == "operation_again"
    assert kinds["neuve@exemple.fr"] == "operation_receipt"
    again = render(email=Email.objects.get(kind="operation_again"), tenant=current_tenant())
    assert "/o/merci/" in again.text and "rien n’a changé" in again.text


def test_once_all_codes_are_given_everybody_reads_the_same(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    """R33: whoever has one, too; theirs is in their emails."""
    take(make_live("coupon", settings={"count": 1}), "connue@exemple.fr")
    pages = []
    for email in ("connue@exemple.fr", "neuve@exemple.fr"):
        response, text = send(shopper, clock, email=email)
        pages.append((response.status_code, text))
    assert pages[0] == pages[1] and pages[0][0] == 409
    assert "Tous les codes ont été donnés" in pages[0][1]


def test_a_page_of_what_was_sent_is_nobody_elses_and_ends(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    """R24: neither made up, nor another operation's, nor for ever."""
    module = make_live("draw")
    path = address_of(module=module, told={"kind": "entered"}, drawn_at=NOW)
    assert shopper.get(path).status_code == 200
    assert shopper.get(path[:-3]).status_code == 404
    other = make_operation(slug="autre")
    assert shopper.get(path.replace(module.operation.slug, other.slug)).status_code == 404
    clock.shift(HOLDS + timedelta(minutes=1))
    assert shopper.get(path).headers["Location"] == f"/o/{module.operation.slug}"


def test_d4_who_ticked_nothing_is_not_told_of_a_yes_to_take_back(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    """What was ticked is what the form said, known address or not (R33)."""
    make_live("draw", asks_optin=True)
    _response, without = send(shopper, clock)
    _response, ticked = send(shopper, clock, email="zoe@exemple.fr", box="own")
    assert "La suite est dans vos e\u2011mails" in without and "chaque accord" not in without
    assert "chaque accord s’y retire d’un geste" in ticked
    _response, again = send(shopper, clock, email="zoe@exemple.fr")
    assert again == without
