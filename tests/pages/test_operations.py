"""The back office's pages of operations: lists, exports, mistakes, and who may what."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from operations import editing, withdrawing
from operations.fields import going_to
from operations.models import (
    ModulePartner,
    Operation,
    OperationModule,
    OperationState,
    ReceivedOperation,
    Share,
    ShareState,
)
from operations.spans import span
from partnerships.models import State
from partnerships.services.agreeing import end_partnership
from tenants.context import enter
from tenants.models import Tenant
from tenants.profiles.models import Consent
from tests.fixtures.operations import NOE, NOW, add_partner, make_module, take
from tests.fixtures.plans import come_to
from tests.fixtures.sharing import agree, shared_module, told
from tests.fixtures.tenants import TenantClient


def text_of(response: HttpResponse) -> str:
    body = response.streaming_content if response.streaming else [response.content]
    found = re.sub(r"(?s)<(style|script|svg).*?</\1>|<[^>]+>", " ", b"".join(body).decode())
    return " ".join(found.split())


@pytest.fixture
def module(merchant: Tenant) -> OperationModule:
    made = make_module()
    add_partner(made)
    return made


@pytest.fixture
def path(module: OperationModule) -> str:
    return f"/operations/{module.operation.public_id}"


@pytest.fixture
def draft(merchant: Tenant) -> str:
    made = editing.create(name="Brouillon", starts_at=None, ends_at=None, now=timezone.now())
    return f"/operations/{made.public_id}"


def people(module: OperationModule, count: int) -> None:
    boxes = frozenset({"own", str(NOE)})
    for number in range(count):
        take(module, email=f"p{number}@exemple.fr", boxes=boxes)


def test_the_first_visit_says_what_to_do_and_hides_the_button_without_the_right(
    claire: TenantClient, louis: TenantClient
) -> None:
    """B1."""
    assert "Créez votre première opération" in text_of(claire.get("/operations"))
    assert 'href="/operations/ajouter"' in claire.get("/operations").content.decode()
    assert 'href="/operations/ajouter"' not in louis.get("/operations").content.decode()


def test_a_viewer_sees_everything_and_no_button(
    louis: TenantClient, module: OperationModule, path: str
) -> None:
    people(module, 1)
    page = louis.get(path).content.decode()
    assert "data-dialog-open" not in page.partition("<main")[2]
    assert "p0@exemple.fr" in text_of(louis.get(f"{path}/participants"))


def test_people_are_found_by_name_and_by_source(
    claire: TenantClient, module: OperationModule, path: str
) -> None:
    people(module, 3)
    assert "1 à 1 sur 1" in text_of(claire.get(f"{path}/participants?q=p2@exemple"))
    assert "Effacer" in text_of(claire.get(f"{path}/participants?source=widget"))


def test_an_export_holds_the_yeses_in_force_and_asks_no_more_for_more_people(
    claire: TenantClient, module: OperationModule, path: str
) -> None:
    """D3, R39: ids of proofs beside the people; as many queries for 12 as for 32."""
    people(module, 3)
    noe = Consent.objects.filter(controller_name="Brûlerie Noé").order_by("id")[0]
    withdrawing.withdraw(consent=noe, how="link", now=NOW)
    counts = []
    for more in (0, 9, 20):
        for number in range(more):
            take(module, email=f"q{more}{number}@exemple.fr", boxes=frozenset({"own"}))
        with CaptureQueriesContext(connection) as asked:
            text = text_of(claire.get(f"{path}/participants?export=csv"))
        # The look-up of the page's host, in public, is cached by the clock.
        told = [row["sql"] for row in asked if "tenants_domain" not in row["sql"]]
        counts.append(sum('SET search_path = "public"' not in sql for sql in told))
    assert counts[1] == counts[2]
    assert text.count("Brûlerie Noé") == 2
    assert noe.public_id not in text
    assert len(set(re.findall(r"cst_\w{26}", text))) == 3 + 2 + 29


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "Donnez un nom à l’opération."),
        (
            {"name": "A", "starts_at": "2026-11-30T10:00", "ends_at": "2026-11-07T10:00"},
            "Choisissez une fin après le début.",
        ),
        ({"name": "A", "starts_at": "demain"}, "Choisissez une date et une heure."),
        ({"name": "A", "kind": "loterie"}, "Choisissez une des possibilités proposées."),
    ],
)
def test_a_new_operation_that_cannot_be_is_said_and_not_made(
    claire: TenantClient, fields: dict[str, str], words: str
) -> None:
    """B2, B4."""
    response = claire.post("/operations/ajouter", {"kind": "form", **fields})
    assert response.status_code == 422
    assert words in text_of(response)
    assert f'value="{fields["name"]}"' in response.content.decode() or not fields["name"]
    assert not Operation.objects.exists()


def test_a_copy_opens_as_a_draft_and_an_archived_one_can_be_brought_back(
    claire: TenantClient, draft: str
) -> None:
    """B8: undone from the toast; found again under its own view."""
    copy = claire.post(f"{draft}/dupliquer")
    assert "Brouillon (copie)" in text_of(claire.get(copy["Location"]))
    assert claire.post(f"{draft}/archiver").status_code == 302
    page = claire.get("/operations").content.decode()
    token = re.search(r'name="undo" value="([^"]+)"', page)
    assert token and "Brouillon est archivée" in page
    assert "Brouillon (copie)" not in text_of(claire.get("/operations?vue=archivees"))
    claire.post("/operations/desarchiver", {"undo": token[1]})
    assert Operation.objects.filter(archived_at=None).count() == 2


def test_what_cannot_go_live_says_why_on_its_page_and_after_the_button(
    claire: TenantClient, draft: str
) -> None:
    page = text_of(claire.get(draft))
    assert "Ajoutez au moins un module." in page and "Choisissez le début et la fin." in page
    response = claire.post(f"{draft}/en-ligne", follow=True)
    assert "Ajoutez au moins un module." in text_of(response)
    assert Operation.objects.get().state == "draft"


def test_a_form_of_the_editor_that_is_too_late_changes_nothing(
    claire: TenantClient, module: OperationModule, path: str
) -> None:
    """Somebody else put it online meanwhile: the mechanic stays, and the page says so."""
    now = timezone.now()
    Operation.objects.update(starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=9))
    response = claire.post(
        f"{path}/modules/{module.public_id}", {"rule": "daily", "button_fr": "Jouer"}
    )
    assert "ceci ne change plus" in text_of(response)
    module.refresh_from_db()
    assert (module.rule, module.settings) == ("once", {})


def test_a_question_of_ones_own_needs_words_and_two_answers(
    claire: TenantClient, draft: str
) -> None:
    claire.post(f"{draft}/modules/ajouter", {"kind": "form"})
    own = f"{draft}/modules/{OperationModule.objects.get().public_id}/donnees"
    response = claire.post(own, {"q1-choices_fr": "Café", "ask-first_name": "on"})
    assert response.status_code == 422
    assert "Écrivez la question." in text_of(response)
    assert "Proposez de deux à 12 réponses." in text_of(response)
    good = {"q1-label_fr": "Café ou thé ?", "q1-choices_fr": "Café\nThé", "must-q1": "on"}
    assert claire.post(own, good).status_code == 302
    [email, question] = OperationModule.objects.get().fields
    assert (email["name"], question["name"], question["required"]) == ("email", "q1", True)


def test_what_is_passed_on_to_a_partner_who_takes_no_part_is_never_lost_in_silence(
    claire: TenantClient, merchant: Tenant, other_merchant: Tenant
) -> None:
    """The switch was forgotten: the page says so, and keeps what was ticked."""
    row = agree(merchant, other_merchant)
    module, key = shared_module(row), row.public_id
    Operation.objects.update(state=OperationState.DRAFT)
    ModulePartner.objects.all().delete()
    own = f"/operations/{module.operation.public_id}/modules/{module.public_id}/donnees"
    sent = {"ask-first_name": "on", f"{key}-asks": "on", f"{key}-fields": "first_name"}
    response = claire.post(own, sent)
    assert response.status_code == 422
    assert "Activez cette participation" in text_of(response)
    assert not ModulePartner.objects.exists()


@pytest.mark.parametrize("why", ["the plan", "the end"])
def test_partners_who_cannot_be_chosen_now_stay_where_they_were_chosen(
    claire: TenantClient, merchant: Tenant, other_merchant: Tenant, why: str
) -> None:
    """A field more is asked: the form showed no partner, and so says nothing of any."""
    row = agree(merchant, other_merchant)
    module = shared_module(row, goes=("first_name",))
    if why == "the plan":
        come_to(merchant, "starter")
    else:
        end_partnership(partnership_id=row.id, tenant_id=merchant.id, now=NOW)
    own = f"/operations/{module.operation.public_id}/modules/{module.public_id}/donnees"
    assert f"{row.public_id}-on" not in claire.get(own).content.decode()
    assert claire.post(own, {"ask-first_name": "on", "ask-city": "on"}).status_code == 302
    module.refresh_from_db()
    assert [field["name"] for field in module.fields] == ["first_name", "email", "city"]
    assert going_to(module, row.id) == ["first_name", "email"]
    kept = ModulePartner.objects.get()
    assert (kept.partnership_id, kept.asks_optin) == (row.id, True)


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"", b"\x89PNG\r\n\x1a\nbroken"])
def test_a_picture_that_is_none_is_refused_and_what_was_there_stays(
    claire: TenantClient, draft: str, content: bytes
) -> None:
    """R34, R40: SVG is not served as such, nor is anything that is no picture."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = SimpleUploadedFile("page.svg", content)
    response = claire.post(f"{draft}/apparence", {"image": upload, "color": "#e5a83b"})
    assert response.status_code == 422
    assert Operation.objects.get().look == {}


def test_going_live_without_a_partners_word_says_what_stays_here(
    claire: TenantClient, louis: TenantClient, merchant: Tenant, other_merchant: Tenant
) -> None:
    """D5: said in plain words, with a reminder at hand; the major decides all the same."""
    row = agree(merchant, other_merchant, state=State.PROPOSED)
    module = shared_module(row)
    Operation.objects.update(state=OperationState.DRAFT, ends_at=timezone.now() + timedelta(days=9))
    ModulePartner.objects.update(policy_url="https://atelier-marin.example/donnees")
    path = f"/operations/{module.operation.public_id}"
    page = claire.get(path)
    assert "Atelier Marin n’a pas encore accepté l’accord" in text_of(page)
    assert "sa case n’est pas proposée" in text_of(page)
    assert "Relancer Atelier Marin" in text_of(page)
    assert "Relancer" not in text_of(louis.get(path))
    reminded = claire.post(f"/partenariats/{row.public_id}/renvoyer", {"next": path}, follow=True)
    assert reminded.redirect_chain[-1][0] == path
    assert "Atelier Marin est relancé" in text_of(reminded)
    assert claire.post(f"{path}/en-ligne").status_code == 302
    live = text_of(claire.get(path))
    assert "En ligne" in live and "Atelier Marin n’a pas encore accepté l’accord" in live


def test_what_ends_at_midnight_is_shown_with_the_last_day_on_which_it_is_open(
    claire: TenantClient, merchant: Tenant, other_merchant: Tenant
) -> None:
    """Paris: the first of December begins as the operation ends."""
    module = shared_module(agree(merchant, other_merchant))
    Operation.objects.update(ends_at=datetime(2026, 11, 30, 23, 0, tzinfo=UTC))
    told(module)
    with time_machine.travel(NOW):
        own = text_of(claire.get(f"/operations/{module.operation.public_id}"))
        listed = text_of(claire.get("/operations?vue=toutes"))
        page = text_of(claire.get(f"/o/{module.operation.slug}"))
    with time_machine.travel(datetime(2026, 12, 2, tzinfo=UTC)):
        over = text_of(claire.get(f"/o/{module.operation.slug}"))
    for text in (own, listed, page, over):
        assert "30" in text and "1er déc" not in text
    assert "Les participations ont pris fin le 30" in over
    with enter(other_merchant):
        row = ReceivedOperation.objects.get()
        assert span(row).endswith("au 30\xa0novembre 2026")


def test_what_could_not_be_shared_stands_on_the_pages_of_the_operation_and_its_partners(
    claire: TenantClient, merchant: Tenant, other_merchant: Tenant
) -> None:
    row = agree(merchant, other_merchant)
    module = shared_module(row)
    for number in range(2):
        take(module, f"p{number}@exemple.fr", boxes=frozenset({str(row.id)}))
    Share.objects.update(state=ShareState.REFUSED)
    own = f"/operations/{module.operation.public_id}"
    for page in (text_of(claire.get(own)), text_of(claire.get(f"{own}/partenaires"))):
        assert "2 personnes ont dit oui à Atelier Marin, et rien n’est parti" in page
    Share.objects.update(state=ShareState.DELIVERED)
    assert "rien n’est parti" not in text_of(claire.get(own))
