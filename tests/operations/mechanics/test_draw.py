"""The draw: promised before, drawn by itself at the end, provable by whoever holds the record."""

import hashlib
import hmac
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from operations import running
from operations.errors import OperationOverError
from operations.mechanics import mechanic_of
from operations.mechanics.draw import algorithm, drawing
from operations.models import Draw, DrawPlace, Participation, ParticipationState, Rule
from tenants.messaging.models import Email
from tenants.profiles.models import Profile
from tests.fixtures.mechanics import (
    LAMP,
    draw_of,
    filled,
    holding,
    make_live,
    play_page,
    result_page,
)
from tests.fixtures.operations import (
    BEGINS,
    ENDS,
    NOW,
    make_module,
    make_operation,
    outcome_of,
    take,
)

SEED = "07" * 32


@pytest.fixture
def module(lumen):
    return make_live("draw")


def test_the_promise_is_shown_before_and_keeps_the_seed(module):
    row = Draw.objects.get()
    assert row.commitment == hashlib.sha256(bytes.fromhex(row.seed)).hexdigest()
    page = play_page(module)
    assert row.public_id in page
    assert row.seed not in page
    assert row.drawn_at is None


def test_two_win_two_wait_and_nobody_twice(module):
    row = draw_of(module)
    places = list(DrawPlace.objects.all())
    assert [place.rank for place in places] == [1, 2, 3, 4]
    assert [place.substitute for place in places] == [False, False, True, True]
    assert [place.prize is not None for place in places] == [True, True, False, False]
    assert len({place.participation_id for place in places}) == 4
    assert row.drawn_at == ENDS


def test_the_same_seed_and_list_give_the_same_winners():
    """Worked out by hand, by what the page describes, with nothing of ours."""
    names = [f"prc_{letter * 4}" for letter in "abcdefgh"]
    text = algorithm.as_text(algorithm.Entry(name, name) for name in reversed(names))
    assert text == "".join(f"{name} {name}\n" for name in names)
    list_hash = hashlib.sha256(text.encode()).hexdigest()
    tickets = {
        hmac.new(bytes.fromhex(SEED), f"{list_hash}:{name}".encode(), "sha256").hexdigest(): name
        for name in names
    }
    by_hand = [tickets[ticket] for ticket in sorted(tickets)]
    assert algorithm.ranking(seed=SEED, text=text, most=8) == by_hand
    assert algorithm.ranking(seed=SEED, text=text, most=3) == by_hand[:3]
    other = algorithm.ranking(seed="08" * 32, text=text, most=8)
    assert sorted(other) == sorted(by_hand) and other != by_hand


def test_each_person_is_drawn_once_however_many_chances():
    entries = [algorithm.Entry(f"prc_{n:04}", f"prc_{n % 3:04}") for n in range(60)]
    drawn = algorithm.ranking(seed=SEED, text=algorithm.as_text(entries), most=60)
    assert len(drawn) == 3
    assert {int(name[4:]) % 3 for name in drawn} == {0, 1, 2}


def test_the_draw_takes_place_once(module):
    row = draw_of(module)
    before = (row.record, list(DrawPlace.objects.values_list("id")), Email.objects.count())
    mechanic_of(module).close(module=module, now=ENDS + timedelta(days=1))
    row.refresh_from_db()
    after = (row.record, list(DrawPlace.objects.values_list("id")), Email.objects.count())
    assert after == before


def test_the_operations_end_draws_by_itself(lumen):
    """From the button to the outbox: promised when it goes live, drawn when its day comes."""
    operation = make_operation(state="draft")
    make_module(operation, kind="draw", settings={"prizes": [LAMP]})
    running.go_live(operation_id=operation.id, now=BEGINS)
    assert Draw.objects.get().drawn_at is None
    take(operation.modules.get())
    early = ENDS - timedelta(seconds=1)
    running.end_due(operation_id=operation.id, ends_at=ENDS, now=early)
    assert Draw.objects.get().drawn_at is None
    for _time in range(2):
        running.end_due(operation_id=operation.id, ends_at=ENDS, now=ENDS)
    assert Draw.objects.get().drawn_at == ENDS
    assert DrawPlace.objects.count() == 1


def test_an_operation_that_is_stopped_draws_at_once(module):
    take(module)
    running.stop(operation_id=module.operation_id, now=NOW)
    assert Draw.objects.get().drawn_at == NOW


def test_without_prizes_or_rules_it_does_not_go_live(lumen):
    operation = make_operation(state="draft", rules={})
    module = make_module(operation, kind="draw")
    problems = running.problems(operation=operation, now=BEGINS)
    found = " ".join(p.text for p in problems)
    # Whoever reads it is led to the module's own form.
    assert {p.module for p in problems if "lot à gagner" in p.text} == {module.public_id}
    assert "Ajoutez au moins un lot" in found
    assert "Indiquez vos mentions légales, pour le règlement." in found


def test_whose_form_arrives_after_the_list_was_closed_is_told_so(module):
    draw_of(module, people=2)
    with pytest.raises(OperationOverError):
        take(module, "tard@exemple.fr")
    assert Participation.objects.count() == 2


def test_who_does_not_count_is_not_in_the_list(module):
    """Rehearsals, voided and unconfirmed participations, and people who were erased since."""
    for n in range(4):
        take(module, f"p{n}@exemple.fr")
    take(module, "essai@exemple.fr", test=True)
    Participation.objects.filter(profile__email="p0@exemple.fr").update(
        state=ParticipationState.VOID
    )
    Participation.objects.filter(profile__email="p1@exemple.fr").update(
        state=ParticipationState.PENDING
    )
    Profile.objects.filter(email="p2@exemple.fr").update(erased_at=NOW)
    mechanic_of(module).close(module=module, now=ENDS)
    place = DrawPlace.objects.select_related("participation__profile").get()
    assert place.participation.profile.email == "p3@exemple.fr"
    assert drawing.chances(module) == 1


@pytest.mark.parametrize(("chances", "lines"), [("person", 2), ("each", 4)])
def test_a_chance_is_a_person_or_a_participation(chances, lines):
    module = make_live("draw", settings={"chances": chances}, rule=Rule.TIMES, times=3)
    for email in ("a@exemple.fr", "a@exemple.fr", "a@exemple.fr", "b@exemple.fr"):
        take(module, email)
    mechanic_of(module).close(module=module, now=ENDS)
    row = Draw.objects.get()
    assert row.entries.count("\n") == drawing.chances(module) == lines
    assert DrawPlace.objects.count() == 2
    assert set(holding(drawing.document(row)).values()) == {True}


def test_records_of_one_person_merged_since_are_one_person(module):
    take(module, "a@exemple.fr")
    take(module, "b@exemple.fr")
    one, two = Profile.objects.order_by("email")
    Profile.objects.filter(id=two.id).update(merged_into=one)
    with CaptureQueriesContext(connection) as asked:
        assert drawing.chances(module) == len(drawing.entries(module)) == 1
    assert "COUNT(DISTINCT" in asked[0]["sql"]
    mechanic_of(module).close(module=module, now=ENDS)
    assert DrawPlace.objects.count() == 1


def test_nobody_took_part_and_the_draw_says_so(module):
    row = draw_of(module, people=0)
    assert row.record["record"]["winners"] == []
    assert set(holding(drawing.document(row)).values()) == {True}


def test_winners_are_written_to_and_read_it_on_their_page(module):
    draw_of(module)
    winner = DrawPlace.objects.get(rank=1).participation
    loser = Participation.objects.exclude(
        id__in=DrawPlace.objects.values("participation_id")
    ).first()
    assert Email.objects.filter(kind="operation_won").count() == 2
    email = Email.objects.get(kind="operation_won", to=winner.fields["email"])
    assert (email.context["prize"], email.context["by_draw"]) == ("Lampe Halo", True)
    assert "Gagné\u00a0: Lampe Halo" in result_page(module, winner)
    assert "a désigné d’autres personnes" in result_page(module, loser)


def test_before_the_draw_the_page_says_when(module):
    page = result_page(module, take(module).participation)
    assert "Vous participez au tirage." in page
    assert "2026-11-30" in page


TYPED = {"p1-name_fr": "Lampe Halo", "p1-stock": "2", "chances": "person", "substitutes": "5"}


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"chances": "two"}, "chances"),
        ({"substitutes": ""}, "substitutes"),
        ({"substitutes": "101"}, "substitutes"),
        ({"p1-stock": "1001"}, "p1-stock"),
        ({"won_fr": "x" * 301}, "won_fr"),
    ],
)
def test_bad_settings_say_what_to_write(given, wrong):
    form = filled(make_module(kind="draw"), {**TYPED, **given})
    assert not form.is_valid()
    assert wrong in form.errors


def test_outcomes_say_who_entered_and_who_won(module):
    taken = take(module)
    assert outcome_of(taken) == {"kind": "entered"}
    mechanic_of(module).close(module=module, now=ENDS)
    assert outcome_of(taken)["prize"] == LAMP["number"]
