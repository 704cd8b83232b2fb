"""`/o/<slug>`: light, without script, and every refusal told; a bot gets nowhere."""

import gzip
import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from operations import links
from operations.models import Operation, OperationModule, Participation, SourceKind
from operations.participating import Source
from operations.public import sending
from operations.sources import query_of
from tenants.context import enter
from tenants.models import Tenant
from tenants.profiles import consents
from tenants.profiles.models import Consent, Profile
from tests.fixtures.operations import (
    BEGINS,
    ENDS,
    NOE,
    make_module,
    make_operation,
)
from tests.fixtures.tenants import TenantClient

PAGE = "/o/un-automne-a-la-maison"


def text_of(response: HttpResponse) -> str:
    found = re.sub(r"(?s)<style.*?</style>|<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(found).split())


def seal_on(response: HttpResponse) -> str:
    found = re.search(r'name="form" value="([^"]+)"', response.content.decode())
    assert found
    return html.unescape(found[1])


def post(shopper: TenantClient, clock: time_machine.Traveller, **changes: object) -> HttpResponse:
    """Open the page, take some time, send the form."""
    path = str(changes.pop("path", PAGE))
    wait = changes.pop("wait", 10)
    form = {
        "form": changes.pop("form", None) or seal_on(shopper.get(path)),
        "first_name": "Thomas",
        "email": "thomas@exemple.fr",
        **changes,
    }
    clock.shift(timedelta(seconds=float(str(wait))))
    return shopper.post(path, form)


def nothing_written() -> bool:
    return not any(t._base_manager.exists() for t in (Participation, Profile, Consent))


def test_the_page_is_light_and_holds_no_script(shopper: TenantClient) -> None:
    """S1: HTML and CSS in one answer of at most 50 KB gzipped; nothing from elsewhere."""
    response = shopper.get(PAGE)
    page = response.content.decode()
    assert len(gzip.compress(response.content)) < 50 * 1024
    assert "<script" not in page and "javascript:" not in page
    assert not re.search(r'<link[^>]+stylesheet|src="http', page)
    assert response["Cache-Control"] == "no-store"


def test_the_boxes_stand_apart_unticked_and_name_their_brand(shopper: TenantClient) -> None:
    """D1: one for each brand, never ticked beforehand, the partner's with its policy."""
    page = shopper.get(PAGE).content.decode()
    boxes = re.findall(r'<input type="checkbox"[^>]*name="box"[^>]*>', page)
    assert len(boxes) == 2
    assert not any("checked" in box for box in boxes)
    assert "<b>Maison Lumen</b>" in page and "<b>Brûlerie Noé</b>" in page
    assert 'href="https://brulerie-noe.example/donnees"' in page


def test_a_form_without_script_takes_part_and_leads_to_the_thanks(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    response = post(shopper, clock, box=["own", str(NOE)])
    assert response.status_code == 302
    assert "Votre participation est enregistrée." in text_of(shopper.get(response["Location"]))
    assert Participation.objects.get().profile.email == "thomas@exemple.fr"
    assert Consent.objects.count() == 2


def test_a_participation_costs_few_queries(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    """The budget behind 300 participations a second on two cores."""
    seal = seal_on(shopper.get(PAGE))
    clock.shift(timedelta(seconds=10))
    form = {"form": seal, "first_name": "Ana", "email": "ana@exemple.fr", "box": str(NOE)}
    with CaptureQueriesContext(connection) as queries:
        assert shopper.post(PAGE, form).status_code == 302
    assert Consent.objects.get().controller_name == "Brûlerie Noé"
    assert 5 < len(queries) <= 12


def test_the_same_form_twice_leads_to_the_same_page(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    """R3, B9: a double click."""
    seal = seal_on(shopper.get(PAGE))
    first = post(shopper, clock, form=seal)
    again = post(shopper, clock, form=seal)
    assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert Participation.objects.count() == 1


def test_what_is_wrong_is_said_on_top_and_at_the_field_and_nothing_is_lost(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    """B2, B3: the title, a summary with links, the values, the ticked box."""
    response = post(shopper, clock, email="nulle part", box=[str(NOE)])
    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>Erreur" in page
    field = re.search(r'<input id="(email-\w+)"[^>]*>', page)
    assert field and 'value="nulle part"' in field[0] and 'aria-invalid="true"' in field[0]
    assert f'href="#{field[1]}"' in page and f'id="{field[1]}-error"' in page
    assert 'value="Thomas"' in page
    assert re.search(rf'value="{NOE}" checked', page)
    assert nothing_written()
    seal = seal_on(response)
    assert post(shopper, clock, form=seal).status_code == 302


def test_a_box_that_was_forgotten_is_told_at_the_box_and_has_the_focus(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    """B2: the message is where it is mended, and the summary leads there."""
    OperationModule.objects.update(asks_rules=True)
    response = post(shopper, clock)
    page = response.content.decode()
    assert response.status_code == 422 and nothing_written()
    field = re.search(r'<input type="checkbox" id="(rules-\w+)"[^>]*>', page)
    assert field and 'aria-invalid="true"' in field[0] and field[0].endswith(" autofocus>")
    assert f'href="#{field[1]}"' in page and f'id="{field[1]}-error"' in page
    assert post(shopper, clock, form=seal_on(response), rules="1").status_code == 302


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"website": "https://spam.example"}, 422),
        ({"wait": 1}, 422),
        ({"form": "made-up"}, 403),
        ({"phone": "0612345678"}, 400),
        ({"box": ["somebody"]}, 400),
    ],
)
def test_a_bot_gets_nowhere(
    shopper: TenantClient, clock: time_machine.Traveller, changes: dict[str, object], status: int
) -> None:
    """The trap, the haste, a made-up seal, fields and boxes that nobody offered (R26)."""
    assert post(shopper, clock, **changes).status_code == status
    assert nothing_written()


def test_a_form_of_yesterday_is_out_of_date(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    response = post(shopper, clock, wait=25 * 3600)
    assert response.status_code == 409
    assert "Cette page a changé" in text_of(response)
    assert nothing_written()


def test_a_form_that_changed_is_shown_again_with_what_was_typed(
    shopper: TenantClient, clock: time_machine.Traveller, module: OperationModule
) -> None:
    """D2: nobody agrees to words that they did not read."""
    seal = seal_on(shopper.get(PAGE))
    OperationModule.objects.filter(id=module.id).update(
        optin_text={"fr": "Maison Lumen peut m’écrire chaque jour."}
    )
    response = post(shopper, clock, form=seal)
    assert response.status_code == 409
    assert "Maison Lumen</b> peut m’écrire" in response.content.decode()
    assert 'value="thomas@exemple.fr"' in response.content.decode()
    assert nothing_written()


def test_a_form_of_another_merchant_or_module_is_nothing_here(
    shopper: TenantClient, clock: time_machine.Traveller, other_merchant: Tenant
) -> None:
    """R23: a seal is bound to its merchant and to its operation."""
    other = make_module(make_operation(slug="autre-operation"))
    elsewhere = seal_on(shopper.get("/o/autre-operation"))
    assert post(shopper, clock, form=elsewhere).status_code == 403
    with enter(other_merchant):
        make_module(make_operation(), id=other.id)
        foreign = seal_on(TenantClient(other_merchant).get(PAGE))
    assert post(shopper, clock, form=foreign).status_code == 403
    assert nothing_written()


def test_too_many_forms_from_one_place_wait(
    shopper: TenantClient, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "FROM_ADDRESS", 2)
    for number in range(2):
        assert post(shopper, clock, email=f"p{number}@exemple.fr").status_code == 302
    response = post(shopper, clock, email="p3@exemple.fr")
    assert response.status_code == 429 and int(response["Retry-After"]) > 0
    assert Participation.objects.count() == 2


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (BEGINS - timedelta(days=1), "Les participations ouvrent le"),
        (ENDS + timedelta(days=1), "L’opération est terminée"),
    ],
)
def test_before_and_after_the_page_says_when_and_has_no_form(
    shopper: TenantClient, clock: time_machine.Traveller, at: object, words: str
) -> None:
    seal = seal_on(shopper.get(PAGE))
    clock.move_to(at)
    page = shopper.get(PAGE)
    assert words in text_of(page) and 'name="form"' not in page.content.decode()
    assert seal
    assert nothing_written()


def test_a_form_that_was_open_when_the_operation_ended_is_too_late(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    clock.move_to(ENDS - timedelta(seconds=5))
    response = post(shopper, clock, wait=10)
    assert response.status_code == 409
    assert "L’opération est terminée" in text_of(response)
    assert nothing_written()


@pytest.mark.parametrize("state", ["draft", "test"])
def test_what_is_not_live_has_no_page(shopper: TenantClient, state: str) -> None:
    Operation.objects.update(state=state)
    for path in (PAGE, f"{PAGE}/reglement", f"{PAGE}/donnees"):
        assert shopper.get(path).status_code == 404


def test_the_source_travels_signed_and_a_made_up_one_counts_for_nothing(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    source = Source(SourceKind.WIDGET, "wdg_1", NOE)
    path = PAGE + query_of(source)
    seal = seal_on(shopper.get(path))
    post(shopper, clock, form=seal)
    post(shopper, clock, form=seal_on(shopper.get(f"{PAGE}?s=widget")), email="b@exemple.fr")
    first, second = Participation.objects.order_by("created_at", "id")
    assert (first.source_kind, first.source_ref) == ("widget", "wdg_1")
    assert first.source_partnership_id == NOE
    assert (second.source_kind, second.source_ref) == ("site", "")


def test_each_yes_is_taken_back_by_its_own_button_and_by_no_get(
    shopper: TenantClient, clock: time_machine.Traveller, settings: Settings
) -> None:
    """D4, D10: GET shows, POST withdraws, one brand at a time, and once."""
    post(shopper, clock, box=["own", str(NOE)])
    taken = Participation.objects.get()
    thanks = links.token_for(purpose=links.Purpose.THANKS, row_id=taken.id)
    page = shopper.get(f"/o/merci/{thanks}").content.decode()
    choices = re.search(r'href="(/o/choix/[\w-]+)"', page)
    assert choices
    shown = shopper.get(choices[1])
    assert "J’accepte de recevoir les offres de Brûlerie Noé par e-mail." in text_of(shown)
    assert consents.in_force().count() == 2
    noe = Consent.objects.get(controller_name="Brûlerie Noé")
    client = TenantClient(shopper_tenant(shopper), enforce_csrf_checks=True)
    for _ in range(2):
        response = client.post(choices[1], {"consent": noe.public_id})
        assert response.status_code == 302
    assert list(consents.in_force().values_list("controller_name", flat=True)) == ["Maison Lumen"]
    assert "Brûlerie Noé ne vous écrira plus." in text_of(client.get(response["Location"]))


def shopper_tenant(shopper: TenantClient) -> Tenant:
    return Tenant.objects.get(slug=shopper.host.split(".")[0])
