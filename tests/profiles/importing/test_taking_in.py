"""Customers from a file: tried out, taken in, taken back (SP-22, SO-11)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from kernel.jobs.models import JobState
from tenants.loyalty import membership
from tenants.profiles import services as profiles
from tenants.profiles.forgetting import note_erased
from tenants.profiles.importing.errors import (
    FieldTwiceError,
    ImportBusyError,
    ImportNotWholeError,
    NothingToMatchError,
    TooLateToUndoError,
)
from tenants.profiles.importing.storing import forget_due
from tenants.profiles.models import CustomerImport, ImportChunk, ImportRow, Profile
from tenants.programme import conductor, customer_files
from tenants.referrals import codes
from tests.fixtures.programme import NOW, make_order, publish

HEADER = "E-mail;Prénom;Nom;Commandes;Total commandé;Dernière commande\n"


@pytest.fixture
def camille(merchant):
    return profiles.create(
        email="Camille@exemple.fr", first_name="Camille", notes="VIP", source="manual", now=NOW
    )


def test_a_dry_run_says_what_each_line_would_do_and_changes_nothing(files, camille):
    found = files.check(
        HEADER
        + "camille@exemple.fr;Camille;Rouvière;;;\n"
        + "thomas@exemple.fr;Thomas;Guérin;3;150,50;18/11/2025\n"
        + "pas une adresse;Zoé;;;;\n"
        + "THOMAS@exemple.fr;Encore;;;;\n"
        + ";;;;;\n"
        + ";Personne;;;;\n"
    )
    assert found.counts == {"new": 1, "updated": 1, "unchanged": 0, "rejected": 3}
    assert files.problems(found) == {4: ["email"], 5: ["twice"], 7: ["no_identity"]}
    assert Profile.objects.count() == 1
    camille.refresh_from_db()
    assert camille.last_name == ""


def test_lines_are_taken_in_and_an_empty_cell_leaves_what_is_there(files, camille):
    files.take_in(
        HEADER
        + "camille@exemple.fr;;Rouvière;2;99,00;2025-06-01\n"
        + "thomas@exemple.fr;Thomas;Guérin;3;1 150,50 €;18/11/2025\n"
    )
    camille.refresh_from_db()
    assert (camille.first_name, camille.last_name, camille.notes) == ("Camille", "Rouvière", "VIP")
    assert (camille.order_count, camille.order_total) == (2, 9900)
    assert "rouviere" in camille.search_text
    thomas = Profile.objects.get(email_key="thomas@exemple.fr")
    assert (thomas.source, thomas.order_count, thomas.order_total) == ("import", 3, 115050)
    assert thomas.first_order_at == datetime(2025, 11, 18, 11, 0, tzinfo=UTC)
    assert thomas.bought_before == thomas.first_order_at
    assert "guerin" in thomas.search_text
    assert thomas.email_folded == "thomas@exemple.fr"


def test_the_same_file_twice_changes_nothing_more(files, camille):
    text = HEADER + "thomas@exemple.fr;Thomas;Guérin;3;150,00;18/11/2025\n"
    files.take_in(text)
    again = files.check(text)
    assert again.counts == {"new": 0, "updated": 0, "unchanged": 1, "rejected": 0}


def test_figures_only_rise_and_first_dates_only_fall(files, merchant):
    publish()
    conductor.order_received(order=make_order(), now=NOW)  # 60,00 €, by Thomas
    files.take_in(
        "email;order_count;order_total;first_order_at;last_order_at\n"
        "thomas@exemple.fr;1;10;2024-01-02;2024-02-03\n"
    )
    thomas = Profile.objects.get()
    assert (thomas.order_count, thomas.order_total) == (1, 6000)
    assert thomas.first_order_at.year == 2024
    assert thomas.last_order_at.year == 2026


def test_a_customer_is_found_by_number_and_by_phone_where_there_is_no_address(files, merchant):
    anna = profiles.create(external_id="C-7", last_name="Anna", source="manual", now=NOW)
    bea = profiles.create(phone="06 12 34 56 78", last_name="Béa", source="manual", now=NOW)
    files.take_in(
        "N° de client,Téléphone,Prénom,Email\nC-7,,Anna,anna@exemple.fr\n,0612345678,Béatrice,\n"
    )
    anna.refresh_from_db()
    bea.refresh_from_db()
    assert (anna.first_name, anna.email_key) == ("Anna", "anna@exemple.fr")
    assert bea.first_name == "Béatrice"
    assert Profile.objects.count() == 2


def test_an_address_and_a_number_of_two_customers_are_refused(files, camille):
    profiles.create(external_id="C-7", last_name="Anna", source="manual", now=NOW)
    found = files.check("email;numero de client\ncamille@exemple.fr;C-7\n")
    assert files.problems(found) == {2: ["two_customers"]}


def test_whoever_asked_to_be_forgotten_is_not_added_again(files, merchant):
    """D4."""
    note_erased(address="Lea@exemple.fr", now=NOW)
    found = files.check("email;nom\nlea@exemple.fr;Léa\nok@exemple.fr;Ok\n")
    assert files.problems(found) == {2: ["erased"]}


def test_all_or_none_refuses_where_one_line_cannot_be_taken(files, camille):
    text = HEADER + "thomas@exemple.fr;Thomas;;;;\nfaux;;;;;\n"
    found = files.check(text)
    with pytest.raises(ImportNotWholeError):
        customer_files.start_import(import_id=found.id, whole=True, author_id=None, now=NOW)
    assert Profile.objects.count() == 1
    found.refresh_from_db()
    assert files.take_in(found).counts["new"] == 1


def test_all_or_none_goes_back_when_a_line_is_lost_on_the_way(files, camille, monkeypatch):
    """What was taken in before the refusal leaves again, and the job says so."""
    monkeypatch.setattr("tenants.profiles.importing.applying.LINES_A_STEP", 1)
    found = files.check(
        HEADER + "a@exemple.fr;A;;;;\ncamille@exemple.fr;Cam;;;;\nc@exemple.fr;C;;;;\n"
    )
    profiles.update(profile_id=camille.id, email="")
    profiles.create(email="x@exemple.fr", external_id="1", source="manual", now=NOW)
    Profile.objects.filter(id=camille.id).update(erased_at=NOW)
    files.take_in(found, whole=True)
    assert (files.job.state, files.job.error_code) == (JobState.FAILED, "import_not_whole")
    assert set(Profile.objects.values_list("email", flat=True)) == {"", "x@exemple.fr"}
    assert found.state == "checked"
    assert files.problems(found) == {3: ["taken"]}


def test_a_line_that_somebody_else_made_meanwhile_is_an_update(files, merchant):
    found = files.check(HEADER + "thomas@exemple.fr;;Guérin;;;\n")
    profiles.create(email="thomas@exemple.fr", first_name="Thomas", source="api", now=NOW)
    assert files.take_in(found).counts == {"new": 0, "updated": 1, "unchanged": 0, "rejected": 0}
    assert Profile.objects.get().name == "Thomas Guérin"


def test_members_are_those_whom_the_column_names(files, camille, merchant):
    """SO-11."""
    thomas = profiles.create(email="thomas@exemple.fr", source="manual", now=NOW)
    membership.join(profile_id=thomas.id, source="manual", now=NOW)
    found = files.take_in(
        "email;Membre du programme de fidélité\n"
        "camille@exemple.fr;1\nthomas@exemple.fr;0\nzoe@exemple.fr;oui\n"
    )
    zoe = Profile.objects.get(email_key="zoe@exemple.fr")
    assert membership.members_among(profile_ids=[camille.id, thomas.id, zoe.id]) == {
        camille.id,
        zoe.id,
    }
    files.undo(found)
    assert membership.members_among(profile_ids=[camille.id, thomas.id]) == {thomas.id}
    assert not Profile.objects.filter(id=zoe.id).exists()


def test_an_import_is_taken_back_with_all_that_it_changed(files, camille):
    found = files.take_in(
        HEADER
        + "camille@exemple.fr;Cam;Rouvière;2;99,00;2025-06-01\n"
        + "thomas@exemple.fr;Thomas;;;;\n"
    )
    files.undo(found)
    assert found.state == "undone"
    assert files.job.result == {"removed": 1, "restored": 1, "kept": 0}
    restored = Profile.objects.get()
    assert (restored.first_name, restored.order_count, restored.bought_before) == (
        "Camille",
        0,
        None,
    )
    assert "rouviere" not in restored.search_text


def test_what_changed_since_or_has_a_history_stays_when_an_import_is_taken_back(files, camille):
    publish()
    found = files.take_in(
        HEADER + "camille@exemple.fr;Cam;;;;\nthomas@exemple.fr;T;;;;\nlea@exemple.fr;Léa;;;;\n"
    )
    profiles.update(profile_id=camille.id, notes="A rappelé")
    conductor.order_received(order=make_order(), now=NOW)  # by Thomas
    files.undo(found)
    assert files.job.result == {"removed": 1, "restored": 0, "kept": 2}
    assert set(Profile.objects.values_list("first_name", flat=True)) == {"Cam", "T"}


def test_after_a_day_it_is_too_late(files, camille):
    found = files.take_in(HEADER + "thomas@exemple.fr;Thomas;;;;\n")
    with pytest.raises(TooLateToUndoError):
        files.undo(found, hours=25)


def test_an_import_begins_once(files, camille):
    found = files.take_in(HEADER + "thomas@exemple.fr;Thomas;;;;\n")
    with pytest.raises(ImportBusyError):
        customer_files.start_import(import_id=found.id, whole=False, author_id=None, now=NOW)


def test_columns_are_named_by_hand_in_any_order_and_remembered(files, merchant):
    found = files.upload("Qui;Où écrire\nZoé;zoe@exemple.fr\n")
    assert found.mapping == {}
    with pytest.raises(NothingToMatchError):
        customer_files.start_check(
            import_id=found.id, mapping={"0": "first_name"}, author_id=None, now=NOW
        )
    with pytest.raises(FieldTwiceError):
        customer_files.start_check(
            import_id=found.id, mapping={"0": "email", "1": "email"}, author_id=None, now=NOW
        )
    files.check("Qui;Où écrire\nZoé;zoe@exemple.fr\n", c0="first_name", c1="email")
    assert files.upload("Où écrire;Qui\nx@exemple.fr;X\n").mapping == {
        "0": "email",
        "1": "first_name",
    }


def test_the_contents_are_forgotten_after_a_week(files, camille):
    found = files.take_in(HEADER + "thomas@exemple.fr;Thomas;;;;\n")
    forget_due(now=timezone.now() + timedelta(days=6))
    assert ImportRow.objects.exists()
    forget_due(now=timezone.now() + timedelta(days=8))
    assert not ImportRow.objects.exists()
    assert not ImportChunk.objects.exists()
    assert CustomerImport.objects.get().counts == found.counts


def test_a_past_buyer_of_the_history_is_nobodys_referee(files, merchant):
    """SP-22: an imported purchase refuses the referral, an imported address alone does not."""
    publish()
    camille = profiles.create(email="camille@exemple.fr", source="manual", now=NOW)
    code = codes.code_for(profile=camille, now=NOW).code
    files.take_in(
        "email;Nombre de commandes;Dernière commande\n"
        "ancienne@exemple.fr;2;02/05/2024\nnouvelle@exemple.fr;0;\n"
    )
    outcomes = [
        conductor.order_received(
            order=make_order(f"{who}@exemple.fr", external_id=who, referral_code=code), now=NOW
        )
        for who in ("ancienne", "nouvelle")
    ]
    assert [o.referral.state for o in outcomes if o.referral] == ["refused", "pending"]
    assert outcomes[0].referral.refusal == "already_bought"


def test_who_all_bought_before_are_customers_and_undo_makes_prospects_of_them_again(files, camille):
    """SP-22: the answer at the mapping, applied and taken back."""
    text = "E-mail\ncamille@exemple.fr\nthomas@exemple.fr\n"
    found = files.take_in(files.check(text, bought=True))
    assert found.counts == {"new": 1, "updated": 1, "unchanged": 0, "rejected": 0}
    for person in Profile.objects.all():
        assert person.order_count == 1 and person.bought_before is not None
    assert files.check(text, bought=True).counts["unchanged"] == 2
    files.undo(found)
    camille.refresh_from_db()
    assert (camille.order_count, camille.bought_before) == (0, None)
    assert Profile.objects.count() == 1


def test_a_file_that_names_somebody_is_a_contact_until_it_is_taken_back(files, camille):
    """D6: also where it changes nothing of them."""
    camille.last_contact_at = NOW
    camille.save()
    same = files.take_in("E-mail;Prénom\ncamille@exemple.fr;Camille\nzoe@exemple.fr;Zoé\n")
    camille.refresh_from_db()
    assert camille.last_contact_at > NOW
    files.undo(same)
    camille.refresh_from_db()
    assert camille.last_contact_at == NOW
    changed = files.take_in("E-mail;Prénom\ncamille@exemple.fr;Cam\n")
    camille.refresh_from_db()
    assert camille.last_contact_at > NOW
    files.undo(changed)
    camille.refresh_from_db()
    assert (camille.first_name, camille.last_contact_at) == ("Camille", NOW)
