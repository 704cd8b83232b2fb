"""Rules that nobody writes: they follow a draft’s settings, and are fixed as it goes online."""

import html
from datetime import timedelta

import pytest
from django.utils import timezone

from operations import editing, official, running
from operations.models import Operation, OperationModule
from operations.sample_rules import following
from partnerships.models import Partnership, State
from shell import formats
from tenants.context import current_tenant
from tenants.lookup import forget
from tenants.models import Tenant
from tests.fixtures.operations import (
    NOE,
    SAID,
    add_partner,
    make_module,
    make_operation,
    settle,
)
from tests.fixtures.tenants import TenantClient

LAMP = {"number": 1, "name": {"fr": "Lampe Halo"}, "stock": 3, "value": 12_000}
OWN = {"fr": "# Mon règlement\n\nUne ligne.", "en": "# My rules"}


@pytest.fixture
def settled(merchant: Tenant) -> Tenant:
    """A merchant who has said all that the product asks of it."""
    return settle(merchant)


@pytest.fixture
def module(settled: Tenant) -> OperationModule:
    now = timezone.now()
    draft = make_operation(
        state="draft",
        rules={},
        title={"fr": "Un automne", "en": "An autumn"},
        starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=9),
    )
    return make_module(draft, kind="draw", settings={"prizes": [LAMP]})


@pytest.fixture
def row(module: OperationModule) -> Operation:
    return module.operation


def live(row: Operation) -> Operation:
    running.go_live(operation_id=row.id, now=timezone.now())
    row.refresh_from_db()
    return row


def read(client: TenantClient, address: str) -> str:
    return html.unescape(client.get(address).content.decode()).replace("\u00a0", " ")


def test_going_live_fixes_what_the_settings_say_in_every_language(
    claire: TenantClient, row: Operation
) -> None:
    path = f"/operations/{row.public_id}"
    page = read(claire, path)
    assert "Tout est prêt" in page and "rédigé d’après vos réglages, est fixé et publié" in page
    # Read where it is decided, beside what can be won.
    assert SAID["legal_notice"] in page.partition('id="go-live"')[2]
    assert "À gagner : 3 × Lampe Halo" in page
    assert claire.post(f"{path}/en-ligne")["Location"] == path
    row.refresh_from_db()
    [version] = official.versions(operation=row)
    assert version.text == row.rules and set(row.rules) == {"fr", "en"}
    assert SAID["legal_notice"] in row.rules["fr"] and "3 × Lampe Halo" in row.rules["fr"]
    assert "3 × Lampe Halo" in read(claire, f"/o/{row.slug}/reglement")
    # From now on a setting that changes changes no text that somebody has accepted.
    Tenant.objects.filter(id=current_tenant().id).update(legal_notice="SAS, ailleurs")
    forget(current_tenant())
    assert SAID["legal_notice"] in read(claire, f"/o/{row.slug}/reglement")


def test_the_rules_say_when_people_could_take_part_first(row: Operation) -> None:
    """The draft's start had passed: the published text names the moment it went online."""
    past = formats.moment(row.starts_at, language="fr")
    fixed = live(row)
    assert fixed.starts_at == fixed.live_at
    said = formats.moment(fixed.starts_at, language="fr")
    assert said in fixed.rules["fr"] and past not in fixed.rules["fr"]
    assert official.versions(operation=fixed)[0].text == fixed.rules
    assert not following.outdated(fixed)


def test_a_test_of_the_draft_shows_the_rules_that_it_will_have(
    claire: TenantClient, row: Operation
) -> None:
    opened = claire.post(f"/operations/{row.public_id}/essais/ouvrir")["Location"]
    page = read(claire, opened)
    assert f"/o/{row.slug}/reglement?essai=" in page
    token = page.partition("/reglement?essai=")[2].partition('"')[0]
    assert "3 × Lampe Halo" in read(claire, f"/o/{row.slug}/reglement?essai={token}")
    row.refresh_from_db()
    assert row.rules == {}


def test_what_changes_afterwards_is_proposed_as_an_amendment(
    claire: TenantClient, row: Operation, module: OperationModule
) -> None:
    path = f"/operations/{live(row).public_id}"
    assert "n’est plus celui que donnent vos réglages" not in read(claire, path)
    later = row.ends_at + timedelta(days=3)
    running.set_dates(
        operation_id=row.id, starts_at=row.starts_at, ends_at=later, now=timezone.now()
    )
    assert "n’est plus celui que donnent vos réglages" in read(claire, path)
    add_partner(module)
    # To the letter, as a browser sends it back.
    page = html.unescape(claire.get(f"{path}/textes?modele=1").content.decode())
    text = page.partition('name="rules_fr"')[2].partition(">")[2].partition("</textarea>")[0]
    assert "https://brulerie-noe.example/donnees" in text
    other = page.partition('name="rules_en"')[2].partition(">")[2].partition("</textarea>")[0]
    form = {"title_fr": "Un automne", "title_en": "An autumn", "rules_fr": text, "rules_en": other}
    claire.post(f"{path}/textes", form)
    first, second = official.versions(operation=row)
    assert "brulerie-noe" not in first.text["fr"] and "brulerie-noe" in second.text["fr"]
    assert "n’est plus celui que donnent vos réglages" not in read(claire, path)
    # Taken over as it was proposed, it goes on being compared; written otherwise, it is a text.
    row.refresh_from_db()
    assert row.rules_from_settings
    claire.post(f"{path}/textes", form | {"rules_en": "Our own words."})
    row.refresh_from_db()
    assert not row.rules_from_settings and len(official.versions(operation=row)) == 3


def test_the_line_ends_of_a_browser_amend_nothing(claire: TenantClient, row: Operation) -> None:
    path = f"/operations/{live(row).public_id}/textes"
    form = {f"rules_{code}": text.replace("\n", "\r\n") for code, text in row.rules.items()}
    claire.post(path, {"title_fr": "Un autre titre", "title_en": "Another", **form})
    row.refresh_from_db()
    assert row.title["fr"] == "Un autre titre"
    assert len(official.versions(operation=row)) == 1 and row.rules_from_settings


def test_a_copy_takes_along_what_was_written_and_not_what_was_fixed(row: Operation) -> None:
    now = timezone.now()
    copy = editing.duplicate(operation_id=live(row).id, name="Copie", now=now)
    assert copy.rules == {}
    editing.save_words(operation_id=copy.id, now=now, rules=OWN)
    again = editing.duplicate(operation_id=copy.id, name="Copie encore", now=now)
    assert again.rules == OWN


def test_an_own_text_is_kept_until_its_author_gives_it_up(
    claire: TenantClient, louis: TenantClient, row: Operation
) -> None:
    path = f"/operations/{row.public_id}/textes"
    begun = read(claire, f"{path}?modele=1")
    assert "3 × Lampe Halo" in begun.partition('name="rules_fr"')[2]
    claire.post(path, {"title_fr": "Un automne", "rules_fr": "Le mien."})
    page = read(claire, path)
    assert "Le mien." in page and 'data-dialog-open="follow-rules"' in page
    # Words that leave the rules aside leave them as they are.
    claire.post(path, {"title_fr": "Un autre", "rules_fr": "Le mien."})
    row.refresh_from_db()
    assert row.rules == {"fr": "Le mien."}
    assert louis.post(f"{path}/modele").status_code == 403
    for _time in range(2):
        assert claire.post(f"{path}/modele")["Location"] == path
    row.refresh_from_db()
    assert row.rules == {} and following.follows(row)


def test_rules_in_force_cannot_be_given_up(claire: TenantClient, row: Operation) -> None:
    path = f"/operations/{live(row).public_id}/textes"
    claire.post(f"{path}/modele")
    row.refresh_from_db()
    assert "3 × Lampe Halo" in row.rules["fr"]
    assert "ceci ne change plus" in read(claire, path)


@pytest.mark.parametrize(("kind", "opens"), [("form", ""), ("draw", "/modules/mod_")])
def test_a_new_operation_opens_where_something_is_missing_and_has_its_dates(
    claire: TenantClient, settled: Tenant, kind: str, opens: str
) -> None:
    page = read(claire, "/operations/ajouter")
    now = timezone.localtime(timezone.now())
    assert f'name="starts_at" value="{now:%Y-%m-%dT%H}:00"' in page
    assert f'value="{now + timedelta(days=30):%Y-%m-%d}T23:59"' in page
    answer = claire.post("/operations/ajouter", {"name": "Un hiver", "kind": kind})
    made = Operation.objects.get()
    assert answer["Location"].startswith(f"/operations/{made.public_id}{opens}")
    if opens:
        # Nothing typed is nothing kept: what is missing is said with the word that it was saved.
        empty = {"p1-stock": "1", "rule": "once", "chances": "person", "substitutes": "0"}
        assert claire.post(answer["Location"], empty)["Location"] == answer["Location"]
        assert "Ajoutez au moins un lot à gagner." in read(claire, answer["Location"])
        prize = {
            "p1-name_fr": "Lampe",
            "p1-stock": "3",
            "rule": "once",
            "chances": "person",
            "substitutes": "0",
        }
        saved = claire.post(answer["Location"], prize)
        assert saved["Location"] == f"/operations/{made.public_id}"


def test_prizes_that_are_counted_and_not_named_are_asked_for(settled: Tenant) -> None:
    draft = make_operation(state="draft", rules={}, prize_count=3)
    make_module(draft)
    [found] = running.problems(operation=draft, now=timezone.now())[-1:]
    assert found.text == "Indiquez les lots, pour le règlement." and found.field == "prizes_fr"
    draft.prizes = {"fr": "Trois lampes"}
    # Who wins them, and how, no setting says.
    [found] = running.problems(operation=draft, now=timezone.now())[-1:]
    assert "par qui, quand et comment" in found.text


def test_a_page_without_rules_leaves_those_that_somebody_wrote_meanwhile(
    claire: TenantClient, row: Operation
) -> None:
    """Opened while the rules followed, saved after a colleague wrote some, or put it online."""
    path = f"/operations/{row.public_id}/textes"
    assert 'name="rules_fr"' not in read(claire, path)
    editing.save_words(operation_id=row.id, now=timezone.now(), rules=OWN)
    assert claire.post(path, {"title_fr": "Un hiver"}).status_code == 302
    row.refresh_from_db()
    assert row.title == {"fr": "Un hiver"} and row.rules == OWN
    live(row)
    assert claire.post(path, {"title_fr": "Un printemps"}).status_code == 302
    row.refresh_from_db()
    assert row.title == {"fr": "Un printemps"} and row.rules == OWN
    # Refused, it comes back with them, and not without.
    assert "Une ligne." in claire.post(path, {"title_fr": ""}).content.decode()
    # Fields that were there and were emptied say so: the rules follow again in a draft alone.
    assert claire.post(path, {"title_fr": "Un été", "rules_fr": ""}).status_code == 422


def test_the_rules_name_nobody_whose_partnership_is_over(
    row: Operation, module: OperationModule
) -> None:
    add_partner(module)
    assert "avec Brûlerie Noé" in following.rules_of(row)["fr"]
    Partnership.objects.filter(id=NOE).update(state=State.ENDED, ending="declined")
    fixed = live(row)
    assert all("Noé" not in text and "brulerie-noe" not in text for text in fixed.rules.values())


def test_whoever_ends_it_later_is_a_change_to_publish(
    claire: TenantClient, row: Operation, module: OperationModule
) -> None:
    add_partner(module, name="Ancien nom")
    fixed = live(row)
    assert not following.outdated(fixed)
    Partnership.objects.filter(id=NOE).update(state=State.ENDED, ending="ended")
    assert following.outdated(fixed)
    assert (
        "Ancien nom"
        not in read(claire, f"/operations/{row.public_id}/textes?modele=1")
        .partition('name="rules_fr"')[2]
        .partition("</textarea>")[0]
    )


def test_an_english_title_of_later_says_nothing_else(row: Operation) -> None:
    row.title = {"fr": "Un automne"}
    row.save(update_fields=["title"])
    fixed = live(row)
    assert set(fixed.rules) == {"fr"}
    titles = {"fr": "Un automne", "en": "An autumn"}
    assert not following.outdated(
        editing.save_words(operation_id=row.id, now=timezone.now(), title=titles)
    )
    titles["fr"] = "Un hiver"
    assert following.outdated(
        editing.save_words(operation_id=row.id, now=timezone.now(), title=titles)
    )


def test_what_is_read_before_going_live_begins_as_what_is_published(
    claire: TenantClient, row: Operation
) -> None:
    """The draft's start has passed: the dialog says when people can take part, too."""
    past = formats.moment(row.starts_at, language="fr").replace("\u00a0", " ")
    asked = read(claire, f"/operations/{row.public_id}").partition('id="go-live"')[2]
    assert "Les participations sont ouvertes du" in asked and past not in asked
    assert past not in read(claire, f"/operations/{row.public_id}/textes?lire=1")
