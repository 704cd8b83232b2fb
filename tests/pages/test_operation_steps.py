"""From a new operation to going live: what its pages fill in, ask once, and lead on to."""

import html
import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from operations import editing
from operations.models import ModulePartner, Operation, OperationModule
from operations.modules import add_module
from partnerships.agreement import agreement_for
from partnerships.models import AgreementAcceptance, Partnership, Side, State
from partnerships.services import codes
from partnerships.services.proposing import propose_by_code
from tenants.models import Tenant
from tests.fixtures.operations import add_partner, make_module, make_operation, sign
from tests.fixtures.sharing import agree, shared_module
from tests.fixtures.tenants import TenantClient

NAMED = {"title_fr": "Brouillon"}
PRIZE = {"p1-name_fr": "Lampe Halo", "p1-stock": "3", "p1-value": "120", "wins": "1"}


@pytest.fixture
def row(merchant: Tenant) -> Operation:
    return editing.create(name="Brouillon", starts_at=None, ends_at=None, now=timezone.now())


@pytest.fixture
def module(row: Operation) -> OperationModule:
    return add_module(operation_id=row.id, kind="instant_win", now=timezone.now())


@pytest.fixture
def path(row: Operation) -> str:
    return f"/operations/{row.public_id}"


def read(client: TenantClient, address: str) -> str:
    return html.unescape(client.get(address).content.decode()).replace("\u00a0", " ")


def rules_in(page: str, language: str) -> str:
    found = re.search(rf'(?s)<textarea name="rules_{language}"[^>]*>(.*?)</textarea>', page)
    assert found
    return found[1].strip()


def test_the_sample_is_filled_from_the_settings_and_says_what_is_missing_beside_it(
    claire: TenantClient, module: OperationModule, path: str
) -> None:
    page = read(claire, f"{path}/textes")
    for told in ("vos mentions légales", "votre e-mail public", "les dates", "les lots"):
        assert re.search(rf'<a class="link" href="/[^"]+">{told}</a>', page), told
    settings = {
        "name": "Maison Lumen",
        "color": "#E5A83B",
        "public_email": "bonjour@maison-lumen.fr",
        "policy_url": "https://maison-lumen.fr/donnees",
        "legal_notice": "SARL, 3 rue du Lac, 69003 Lyon, RCS Lyon 812 345 678",
    }
    assert claire.post("/reglages/site", settings).status_code == 302
    dates = {"starts_at": "2030-12-01T08:00", "ends_at": "2030-12-24T20:00"}
    claire.post(f"{path}/dates", dates)
    sent = {**PRIZE, "rule": "daily", "minimum_age": "16", "asks_rules": "on"}
    assert claire.post(f"{path}/modules/{module.public_id}", sent).status_code == 302
    page = read(claire, f"{path}/textes")
    assert "Il manque encore" not in page and 'name="rules_fr"' not in page
    assert settings["legal_notice"] in page  # nothing is written, all of it is read
    page = read(claire, f"{path}/textes?modele=1")
    text = rules_in(page, "fr")
    for told in (settings["legal_notice"], "une fois par jour", "16 ans", "3 × Lampe Halo"):
        assert told in text
    assert "[à compléter" not in text
    assert rules_in(page, "en") == ""  # no page in English, no rules in English
    claire.post(f"{path}/textes", {**NAMED, "rules_fr": text})
    assert "Tout est prêt" in read(claire, path)


def test_a_passage_in_brackets_is_named_with_its_language_and_the_form_opens_there(
    claire: TenantClient, module: OperationModule, path: str
) -> None:
    french, english = "Fait à Lyon.", "Run by [to complete: a name], in Lyon."
    form = {**NAMED, "title_en": "Draft", "rules_fr": french, "rules_en": english}
    answer = claire.post(f"{path}/textes", form)
    assert answer["Location"] == f"{path}/textes?completer=en#id_rules_en"
    page = read(claire, answer["Location"].partition("#")[0])
    assert re.search(r'<textarea name="rules_en"[^>]* data-select="\[to complete: a name\]"', page)
    overview = read(claire, path)
    assert "Complétez le règlement en anglais" in overview
    assert f'href="{path}/textes?completer=en#id_rules_en"' in overview
    claire.post(f"{path}/textes", form | {"rules_en": "Run by us."})
    assert "crochets" not in read(claire, path) and "en anglais" not in read(claire, path)


def test_each_step_leads_on_to_what_is_left(
    claire: TenantClient, louis: TenantClient, module: OperationModule, path: str
) -> None:
    page = read(claire, f"{path}/modules/{module.public_id}")
    assert "points avant la mise en ligne" in page
    here = f'href="{path}/modules/{module.public_id}"'
    # Each thing is named, with the way to it; what is mended on this very page needs none.
    ahead = page.partition('class="ahead"')[2].partition("</ul>")[0]
    assert ahead.count("<li>") == 5 and "Ajoutez au moins un lot" in ahead
    assert f'href="{path}/dates"' in ahead and here not in ahead
    ahead = read(claire, f"{path}/dates").partition('class="ahead"')[2].partition("</ul>")[0]
    assert here in ahead and f'href="{path}/dates"' not in ahead
    assert 'class="ahead"' not in read(louis, f"{path}/modules")


def test_the_editor_shows_the_prizes_that_are_there_and_one_more(
    claire: TenantClient, module: OperationModule, path: str
) -> None:
    address = f"{path}/modules/{module.public_id}"
    page = read(claire, address)
    assert len(re.findall(r'<details class="questions" open><summary>Lot', page)) == 1
    # The others wait within each other: each is there without a script, and none is in the way.
    assert page.count('<details class="questions one-more"') == 7
    # What most leave as it is stays folded, until something else than usual stands in it.
    folded = '<details class="questions"><summary>'
    assert page.count(folded) == 2 and 'name="p1-stock" value="1"' in page
    changed = {"rule": "once", **PRIZE, "minimum_age": "16", "wins": "2"}
    assert claire.post(address, changed).status_code == 302
    assert read(claire, address).count(folded) == 0
    wrong = claire.post(address, {"rule": "once", **PRIZE, "wins": "0"})
    assert wrong.status_code == 422 and wrong.content.decode().count(folded) == 1
    sent = {"rule": "once", **PRIZE, "p3-name_fr": "Bougie", "p3-stock": "2"}
    assert claire.post(address, sent).status_code == 302
    page = read(claire, address)
    assert re.findall(r'<details class="questions" open><summary>(Lot \d)', page) == [
        "Lot 1",
        "Lot 3",
    ]
    assert '<details class="questions english" open>' not in page
    claire.post(address, sent | {"p1-name_en": "Halo lamp"})
    assert read(claire, address).count('<details class="questions english" open>') == 1
    texts = read(claire, f"{path}/textes")
    assert "5 lots, comptés dans les modules" in texts and 'name="prize_count"' not in texts
    preview = read(claire, f"{path}/apercu")
    assert "5 lots" in preview and "à gagner" in preview  # not all of them say what they are worth


def test_a_test_leads_back_and_says_which_box_the_real_page_does_not_have_yet(
    claire: TenantClient, row: Operation, path: str
) -> None:
    made = add_module(operation_id=row.id, kind="form", now=timezone.now())
    add_partner(made)
    opened = claire.post(f"{path}/essais/ouvrir")["Location"]
    page = read(claire, opened)
    assert f'<a href="{path}/essais">Revenir au back-office</a>' in page
    assert "pas encore sur la vraie page" not in page
    AgreementAcceptance.objects.filter(side=Side.MINOR).delete()
    assert "elle y apparaît dès que Brûlerie Noé" in read(claire, opened)


@pytest.mark.parametrize(("days", "told"), [(-1, "dès que vous confirmez"), (1, "ouvrent le")])
def test_going_live_says_from_when_people_take_part(
    claire: TenantClient, days: int, told: str
) -> None:
    now = timezone.now()
    ready = make_operation(
        state="draft", starts_at=now + timedelta(days=days), ends_at=now + timedelta(days=9)
    )
    make_module(ready)
    page = read(claire, f"/operations/{ready.public_id}")
    assert f"Les participations {told}" in page or f"Les participations ouvrent {told}" in page


def test_a_partner_who_has_not_accepted_yet_says_its_policy_then(
    claire: TenantClient, merchant: Tenant, other_merchant: Tenant
) -> None:
    """Its box is switched on from the start; until both have accepted nobody reads it."""
    row = agree(merchant, other_merchant, state=State.PROPOSED)
    module, key = shared_module(row), row.public_id
    Operation.objects.update(state="draft")
    ModulePartner.objects.update(policy_url="")
    own = f"/operations/{module.operation.public_id}/modules/{module.public_id}/donnees"
    sent = {"ask-first_name": "on", f"{key}-on": "on", f"{key}-asks": "on"}
    # Whom the form showed goes with it.
    sent |= re.findall(
        rf'<input type="hidden" name="({key}-[^"]+)" value="([^"]*)"', read(claire, own)
    )
    assert claire.post(own, sent).status_code == 302
    sign(row, Side.MINOR, other_merchant.id)
    Partnership.objects.update(state=State.ACTIVE)
    refused = claire.post(own, sent)
    assert refused.status_code == 422
    told = html.unescape(refused.content.decode())
    assert "Indiquez où lire la politique de confidentialité" in told


@pytest.mark.parametrize("state", ["draft", "live"])
def test_what_cannot_be_saved_any_more_cannot_be_typed(claire: TenantClient, state: str) -> None:
    shown = make_operation(state=state, ends_at=timezone.now() + timedelta(days=9))
    module = make_module(shown, kind="instant_win")
    page = read(claire, f"/operations/{module.operation.public_id}/modules/{module.public_id}")
    assert ('<fieldset class="shut" disabled>' in page) is (state == "live")
    assert ("Enregistrer le module" in page) is (state == "draft")
    assert ("Ajouter un lot" in page) is (state == "draft")


def test_pages_of_the_back_office_are_never_shown_from_memory(
    claire: TenantClient, path: str
) -> None:
    for address in (path, f"{path}/essais", "/operations"):
        assert claire.get(address)["Cache-Control"] == "no-store, private"


def test_the_agreement_is_read_on_one_screen_and_is_what_is_accepted(
    owner: TenantClient, merchant: Tenant, other_merchant: Tenant
) -> None:
    """D5: short enough to be read, and whole: no summary beside it, the hash is of this text."""
    now = timezone.now()
    typed = codes.code_of(tenant=other_merchant, now=now).shown
    asked_by = User.objects.get()
    row = propose_by_code(major=merchant, typed=typed, key=uuid.uuid4(), asked_by=asked_by, now=now)
    page = read(owner, f"/partenariats/{row.public_id}/accord")
    before, _tag, text = page.partition('<article class="prose agreement">')
    assert "Qui fait quoi" not in before and "Qui fait quoi" in text
    for language in ("fr", "en"):
        assert len(agreement_for(row, language=language).text.split()) < 400
    agreed = agreement_for(row, language="fr")
    assert f'name="text" value="{agreed.text_hash}"' in text
