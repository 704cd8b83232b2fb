"""A winner is replaced for a reason, by somebody, in public; nobody is left with old news."""

import copy
import json
import uuid
from datetime import timedelta

import pytest
from django.utils.translation import override

from accounts.models import User
from operations.mechanics import mechanic_of
from operations.mechanics.draw import drawing, replacing
from operations.mechanics.draw.forms import ReplaceForm
from operations.mechanics.draw.replacing import Reason
from operations.models import Draw, DrawPlace, Why
from tenants.context import current_tenant
from tenants.messaging.models import Email
from tenants.messaging.render import render
from tenants.profiles.models import Profile
from tenants.programme import erasing
from tests.fixtures.mechanics import draw_of, holding, make_live, result_page
from tests.fixtures.operations import ENDS
from tests.fixtures.tenants import TenantClient

LATER = ENDS + timedelta(days=3)
CLAIRE = uuid.uuid4()
GONE = Reason(Why.UNREACHABLE, "Trois e-mails sans réponse.", CLAIRE)


@pytest.fixture
def module(lumen):
    return make_live("draw")


def pass_on(module, place, reason=GONE, now=LATER):
    return replacing.pass_on(place_id=place.id, module=module, reason=reason, now=now)


def page_of(row, lumen) -> str:
    return TenantClient(lumen).get(f"/o/tirage/{row.public_id}").content.decode()


def test_the_prize_goes_to_the_next_in_the_order_drawn(module):
    row = draw_of(module)
    first, _second, heir, last = DrawPlace.objects.all()
    signed = copy.deepcopy(row.record)
    for _time in range(2):
        assert pass_on(module, first).id == heir.id
    for place in (first, heir, last):
        place.refresh_from_db()
    assert (heir.prize_id, last.prize_id) == (first.prize_id, None)
    kept = (first.stepped_down_at, first.stepped_down_by, first.stepped_down_why)
    assert kept == (LATER, CLAIRE, "unreachable")
    assert first.stepped_down_note == "Trois e-mails sans réponse."
    row.refresh_from_db()
    assert row.record == signed
    assert len(row.addenda) == 1


@pytest.mark.parametrize("reason", [Reason(Why.RENOUNCED, "  ", CLAIRE), Reason(Why.UNFIT, "…")])
def test_without_words_or_author_nothing_happens(module, reason):
    row = draw_of(module)
    before = Email.objects.count()
    with pytest.raises(replacing.NoReasonError):
        pass_on(module, DrawPlace.objects.get(rank=1), reason)
    row.refresh_from_db()
    assert row.addenda == [] and Email.objects.count() == before
    assert not DrawPlace.objects.filter(stepped_down_at__isnull=False).exists()


def test_who_is_replaced_is_told_by_email_and_reads_it_on_their_page(module):
    draw_of(module)
    first, heir = DrawPlace.objects.get(rank=1), DrawPlace.objects.get(rank=3)
    for _time in range(2):
        pass_on(module, first)
    told = Email.objects.get(kind="operation_replaced")
    assert told.to == first.participation.fields["email"]
    text = render(email=told, tenant=current_tenant()).text
    assert "Lampe Halo" in text and "le gagnant est resté introuvable" in text
    assert f"/o/tirage/{Draw.objects.get().public_id}" in text
    page = result_page(module, first.participation)
    assert "Ce lot ne vous revient plus" in page and "resté introuvable" in page
    assert "Gagné" not in page
    won = Email.objects.filter(kind="operation_won", to=heir.participation.fields["email"])
    assert won.count() == 1
    assert "Gagné\u00a0: Lampe Halo" in result_page(module, heir.participation)


def test_everybody_reads_the_replacement_and_checks_it(module, lumen):
    row = draw_of(module)
    first, heir = DrawPlace.objects.get(rank=1), DrawPlace.objects.get(rank=3)
    assert "Remplacements" not in page_of(row, lumen)
    pass_on(module, first)
    row.refresh_from_db()
    page = page_of(row, lumen)
    assert "Remplacements" in page and "le gagnant est resté introuvable" in page
    for place in (first, heir):
        assert place.participation.public_id in page
    assert "Trois e-mails" not in page and str(CLAIRE) not in page
    file = TenantClient(lumen).get(f"/o/tirage/{row.public_id}/proces-verbal.json")
    document = json.loads(file.content)
    assert holding(document)["addenda"] is True
    assert "Trois e-mails" not in file.content.decode()


@pytest.mark.parametrize("what", ["reason", "heir", "taken away", "another order"])
def test_an_addendum_that_was_tampered_with_does_not_hold(module, what):
    row = draw_of(module, people=9)
    pass_on(module, DrawPlace.objects.get(rank=1))
    pass_on(module, DrawPlace.objects.get(rank=2), now=LATER + timedelta(hours=1))
    row.refresh_from_db()
    document = drawing.document(row)
    assert holding(document)["addenda"] is True
    if what == "reason":
        document["addenda"][0]["record"]["reason"] = "renounced"
    elif what == "heir":
        document["addenda"][0]["record"]["heir"] = {"rank": 4, "participation": "prc_x"}
    elif what == "taken away":
        document["addenda"] = document["addenda"][1:]
    else:
        document["addenda"] = document["addenda"][::-1]
    assert holding(document)["addenda"] is False


def test_the_heir_may_be_replaced_in_turn(module):
    row = draw_of(module)
    pass_on(module, DrawPlace.objects.get(rank=1))
    last = pass_on(module, DrawPlace.objects.get(rank=3), now=LATER + timedelta(days=1))
    assert last.rank == 4
    row.refresh_from_db()
    assert holding(drawing.document(row))["addenda"] is True
    assert [one["record"]["number"] for one in row.addenda] == [1, 2]


def test_without_a_substitute_the_prize_stays_where_it_is(module):
    draw_of(module, people=2)
    place = DrawPlace.objects.first()
    with pytest.raises(replacing.NobodyLeftError):
        pass_on(module, place)
    place.refresh_from_db()
    assert place.stepped_down_at is None
    assert not Email.objects.filter(kind="operation_replaced").exists()


def test_a_substitute_has_nothing_to_pass_on(module):
    draw_of(module)
    with pytest.raises(replacing.UnknownPlaceError):
        pass_on(module, DrawPlace.objects.get(rank=3))


@pytest.mark.parametrize(("people", "winners"), [(8, 2), (2, 1)])
def test_a_winners_participation_that_is_voided_leaves_the_prize_to_the_next(
    module, people, winners
):
    """Or to nobody; in public either way."""
    row = draw_of(module, people=people)
    winner = DrawPlace.objects.get(rank=1).participation
    for _time in range(2):
        mechanic_of(module).undo(module=module, participation=winner, now=ENDS)
    held = DrawPlace.objects.filter(prize__isnull=False, stepped_down_at=None)
    assert held.count() == winners
    row.refresh_from_db()
    [one] = row.addenda
    assert one["record"]["reason"] == "void"
    assert (one["record"]["heir"] is None) == (people == 2)
    assert holding(drawing.document(row))["addenda"] is True


def test_a_substitute_who_was_erased_is_passed_over_and_the_page_can_tell(module):
    row = draw_of(module)
    Profile.objects.filter(participations__draw_place__rank=3).update(erased_at=ENDS)
    assert pass_on(module, DrawPlace.objects.get(rank=1)).rank == 4
    row.refresh_from_db()
    assert row.addenda[0]["record"]["passed_over"] == [3]


def test_what_was_written_about_somebody_is_erased_with_them(module):
    draw_of(module)
    place = DrawPlace.objects.get(rank=1)
    pass_on(module, place)
    profile_id = place.participation.profile_id
    erasing.erase(profile_id=profile_id, author_id=None, now=LATER + timedelta(days=1))
    place.refresh_from_db()
    assert (place.stepped_down_note, place.stepped_down_why) == ("", "unreachable")


def test_a_manager_says_why_and_the_team_reads_who_did(module, claire, louis):
    draw_of(module)
    first = DrawPlace.objects.get(rank=1)
    draw = f"/operations/{module.operation.public_id}/modules/{module.public_id}/tirage"
    path = f"{draw}/remplacer/{first.public_id}"
    assert path in claire.get(draw).content.decode()
    assert "Cela ne se défait pas" in claire.get(path).content.decode()
    good = {"why": "renounced", "note": "Il nous l’a écrit le 3 décembre."}
    assert louis.post(path, good).status_code == 403
    for bad in ({}, {**good, "note": " "}, {**good, "why": "void"}, {**good, "note": "x" * 301}):
        assert claire.post(path, bad).status_code == 422
    assert not DrawPlace.objects.filter(stepped_down_at__isnull=False).exists()
    for _time in range(2):
        response = claire.post(path, good, follow=True)
        assert "Le lot va au rang 3." in response.content.decode()
    place = DrawPlace.objects.get(stepped_down_at__isnull=False)
    name = User.objects.get(pk=place.stepped_down_by).name
    page = claire.get(draw).content.decode()
    assert name in page and "Il nous l’a écrit le 3 décembre." in page
    for wrong in ("dpl_0", DrawPlace.objects.get(rank=4).public_id):
        assert claire.post(f"{draw}/remplacer/{wrong}", good).status_code == 404


def test_the_reason_is_chosen_by_the_manager_and_in_their_language(module, claire):
    """None is there beforehand: what is published cannot be taken back."""
    draw_of(module)
    first = DrawPlace.objects.get(rank=1)
    draw = f"/operations/{module.operation.public_id}/modules/{module.public_id}/tirage"
    for language, words in (("fr", "Choisissez un motif"), ("en", "Choose a reason")):
        with override(language):
            [(empty, told), *reasons] = ReplaceForm().fields["why"].choices
        assert (empty, told) == ("", words)
        assert all(label[0].isupper() for _value, label in reasons)
    page = claire.get(f"{draw}/remplacer/{first.public_id}").content.decode()
    assert page.count(f'href="{draw}"') == 2  # the way back above, and "Annuler"
