"""A win: noted as it is told, one for each winner, with a code of its own; handed over once."""

import uuid
from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from operations import winning
from operations.mechanics import mechanic_of
from operations.mechanics.draw import replacing
from operations.mechanics.draw.replacing import Reason
from operations.models import DrawPlace, OperationModule, Participation, Why, Win, WinningMoment
from tenants.context import current_tenant
from tenants.messaging.models import Email
from tenants.messaging.render import render
from tenants.profiles.models import Profile
from tenants.profiles.personal import declared
from tenants.programme import erasing
from tenants.programme.waiting import waiting
from tests.fixtures.mechanics import draw_of, make_live, result_page
from tests.fixtures.operations import BEGINS, ENDS, NOW, take

CLAIRE, LOUIS = uuid.uuid4(), uuid.uuid4()
LATER = ENDS + timedelta(days=3)
GONE = Reason(Why.UNREACHABLE, "Trois e-mails sans réponse.", CLAIRE)


@pytest.fixture
def instants(lumen: object) -> OperationModule:
    """All five prizes are due."""
    module = make_live("instant_win")
    WinningMoment.objects.update(at=BEGINS)
    return module


def handed(win: Win) -> tuple[object, object]:
    win.refresh_from_db()
    return win.handed_at, win.handed_by


def test_an_instant_win_is_noted_with_the_moment_that_it_takes(instants):
    taken = take(instants)
    win = Win.objects.get()
    moment = WinningMoment.objects.get(participation__isnull=False)
    assert (win.participation_id, win.prize_id) == (taken.participation.id, moment.prize_id)
    assert (win.won_at, win.handed_at, win.voided_at) == (moment.won_at, None, None)
    assert winning.is_whole_code(win.code)


def test_a_lost_play_notes_nothing_and_a_win_costs_one_insert(instants):
    counts = {}
    for n, name in ((6, "lost"), (1, "won")):
        WinningMoment.objects.update(at=BEGINS if name == "won" else ENDS)
        with CaptureQueriesContext(connection) as queries:
            taken = take(instants, f"joueur{n}@exemple.fr")
        assert taken.participation.outcome["kind"] == name
        touched = [q["sql"] for q in queries if '"operations_win"' in q["sql"]]
        counts[name] = len(touched)
        assert all("INSERT INTO" in sql for sql in touched)
    assert counts == {"lost": 0, "won": 1}


def test_the_code_stands_in_the_email_and_on_the_page_it_leads_to_and_nowhere_else(instants):
    taken = take(instants)
    code = Win.objects.get().shown_code
    email = Email.objects.get(kind="operation_won")
    assert code in render(email=email, tenant=current_tenant()).text
    assert code in result_page(instants, taken.participation)
    # Right after the form, whoever typed the address reads no code.
    mechanic = mechanic_of(instants)
    at_once = mechanic.at_once(module=instants, answers={}, outcome=taken.participation.outcome)
    nobody = Participation(module=instants, operation=instants.operation, outcome=at_once)
    with CaptureQueriesContext(connection) as queries:
        result = mechanic.result(module=instants, participation=nobody, language="fr")
    assert (result["won"], result["code"], len(queries)) == (True, "", 0)
    said = render_to_string("operations/mechanics/parts/win_code.html", dict(result))
    assert "Votre code est dans l’e-mail qui vous est envoyé" in said
    assert "code" not in Participation.objects.get().outcome


def test_a_rehearsal_shows_a_sample_and_wins_nothing(instants):
    tried = take(instants, test=True).participation
    assert tried.outcome["kind"] == "won"
    assert winning.SAMPLE in result_page(instants, tried)
    assert not winning.is_whole_code(winning.as_code(winning.SAMPLE))
    assert not Win.objects.exists()


def test_who_loses_the_entry_loses_the_win_and_its_code(instants):
    participation = take(instants).participation
    for _time in range(2):
        mechanic_of(instants).undo(module=instants, participation=participation, now=LATER)
    win = Win.objects.get()
    assert win.voided_at == LATER
    fresh = Participation.objects.get()
    assert winning.code_of(fresh) == ""
    assert win.shown_code not in result_page(instants, fresh)
    # The piece is won again, by somebody else, with a code of their own.
    take(instants, "ana@exemple.fr")
    other = Win.objects.exclude(id=win.id).get()
    assert other.code != win.code and other.voided_at is None


def test_each_winner_of_a_draw_has_a_win_and_no_substitute(lumen):
    module = make_live("draw")
    row = draw_of(module)
    places = DrawPlace.objects.filter(draw=row, prize__isnull=False)
    assert {w.participation_id for w in Win.objects.all()} == {p.participation_id for p in places}
    assert len(set(Win.objects.values_list("code", flat=True))) == len(places) == 2
    for win in Win.objects.select_related("participation"):
        email = Email.objects.get(kind="operation_won", to=win.participation.fields["email"])
        assert win.shown_code in render(email=email, tenant=current_tenant()).text
        assert win.shown_code in result_page(module, win.participation)


def test_a_replaced_winner_keeps_nothing_and_the_heir_has_a_code(lumen):
    module = make_live("draw")
    draw_of(module)
    first, heir = DrawPlace.objects.get(rank=1), DrawPlace.objects.get(rank=3)
    for _time in range(2):
        replacing.pass_on(place_id=first.id, module=module, reason=GONE, now=LATER)
    gone = Win.objects.get(participation=first.participation_id)
    kept = Win.objects.get(participation=heir.participation_id)
    assert (gone.voided_at, kept.voided_at, kept.won_at) == (LATER, None, LATER)
    assert kept.code != gone.code and Win.objects.count() == 3
    assert gone.shown_code not in result_page(module, first.participation)


def test_what_was_handed_over_is_not_passed_on(lumen):
    module = make_live("draw")
    row = draw_of(module)
    first = DrawPlace.objects.get(rank=1)
    win = Win.objects.get(participation=first.participation_id)
    winning.hand_over(win_id=win.id, author_id=CLAIRE, now=LATER)
    before = Email.objects.count()
    with pytest.raises(winning.WinHandedOverError):
        replacing.pass_on(place_id=first.id, module=module, reason=GONE, now=LATER)
    row.refresh_from_db()
    first.refresh_from_db()
    assert (row.addenda, first.stepped_down_at, Email.objects.count()) == ([], None, before)
    winning.take_back(win_id=win.id)
    replacing.pass_on(place_id=first.id, module=module, reason=GONE, now=LATER)
    win.refresh_from_db()
    assert win.voided_at == LATER


def test_handing_over_twice_keeps_who_noted_it_first(instants):
    take(instants)
    win = Win.objects.get()
    for author, now in ((CLAIRE, NOW), (LOUIS, LATER)):
        assert winning.hand_over(win_id=win.id, author_id=author, now=now).handed_at == NOW
    assert handed(win) == (NOW, CLAIRE)


def test_a_win_that_is_over_is_not_handed_over(instants):
    participation = take(instants).participation
    mechanic_of(instants).undo(module=instants, participation=participation, now=NOW)
    win = Win.objects.get()
    with pytest.raises(winning.WinVoidedError) as refused:
        winning.hand_over(win_id=win.id, author_id=CLAIRE, now=LATER)
    assert "Ne remettez pas ce lot" in str(refused.value)
    assert winning.hand_over_all(win_ids=[win.id], author_id=CLAIRE, now=LATER) == 0
    assert handed(win) == (None, None)
    with pytest.raises(winning.UnknownWinError):
        winning.hand_over(win_id=uuid.uuid4(), author_id=CLAIRE, now=LATER)


def test_many_at_once_are_those_that_wait_and_one_undo_takes_back_these_alone(instants):
    for n in range(4):
        take(instants, f"joueur{n}@exemple.fr")
    wins = list(Win.objects.order_by("id"))
    winning.hand_over(win_id=wins[0].id, author_id=CLAIRE, now=NOW)
    winning.void(participation=wins[1].participation, now=NOW)
    ids = [win.id for win in wins]
    assert winning.hand_over_all(win_ids=ids, author_id=CLAIRE, now=LATER) == 2
    assert [handed(win)[0] for win in wins] == [NOW, None, LATER, LATER]
    for count in (2, 0):
        assert winning.take_back_all(author_id=CLAIRE, handed_at=LATER) == count
    assert [handed(win)[0] for win in wins] == [NOW, None, None, None]


def test_a_code_that_was_given_before_is_not_given_again(instants, monkeypatch):
    take(instants)
    taken = Win.objects.get().code
    codes = iter([taken, "ACDEFGHJKM"])
    monkeypatch.setattr(winning, "generate", lambda: next(codes))
    take(instants, "ana@exemple.fr")
    assert set(Win.objects.values_list("code", flat=True)) == {taken, "ACDEFGHJKM"}


def test_what_waits_is_counted_without_who_is_forgotten(instants):
    for n in range(3):
        take(instants, f"joueur{n}@exemple.fr")
    assert winning.to_hand_over() == 3
    # As a person counts them: each prize is one thing to hand over.
    work = waiting(now=NOW)
    assert (work.won, work.total) == (3, 3)
    winning.hand_over(win_id=Win.objects.order_by("id")[0].id, author_id=CLAIRE, now=NOW)
    gone = Win.objects.order_by("id")[1]
    erasing.erase(profile_id=gone.participation.profile_id, author_id=None, now=NOW)
    assert winning.to_hand_over() == 1
    # The line stays, of nobody, and whoever comes with its code can have the prize.
    gone.refresh_from_db()
    assert (gone.voided_at, gone.participation.fields) == (None, {})
    assert gone.participation.profile.email == ""
    assert winning.hand_over(win_id=gone.id, author_id=CLAIRE, now=LATER).handed_at == LATER


def test_a_persons_file_has_their_wins(instants):
    take(instants)
    [row] = [one for one in declared() if one.model is Win]
    assert row.rows([Profile.objects.get().id]).get().code == Win.objects.get().code


@pytest.mark.parametrize("typed", ["acdef-ghjkm", " ACDEF GHJKM ", "a c d e f – g.h.j.k.m"])
def test_a_code_is_read_however_it_is_typed(typed):
    assert winning.as_code(typed) == "ACDEFGHJKM"


def test_wins_of_before_are_noted_by_the_migration_as_they_stand(instants):
    """Those that exist as the table comes: won, replaced, and of two mechanics."""
    drawn = make_live("draw", operation=instants.operation)
    draw_of(drawn)
    place = DrawPlace.objects.get(rank=1)
    replacing.pass_on(place_id=place.id, module=drawn, reason=GONE, now=LATER)
    for n in range(3):
        take(instants, f"joueur{n}@exemple.fr")
    told = {w.participation_id: (w.prize_id, w.won_at, w.voided_at) for w in Win.objects.all()}
    assert len(told) == 6
    Win.objects.all().delete()
    statement = import_module("operations.migrations.0014_wins").ALREADY_WON
    for _time in range(2):
        with connection.cursor() as cursor:
            cursor.execute(statement)
    wins = list(Win.objects.all())
    assert {w.participation_id: (w.prize_id, w.won_at, w.voided_at) for w in wins} == told
    assert all(winning.is_whole_code(win.code) for win in wins)
    assert len({win.code for win in wins}) == len(wins)
    assert all(win.id.version == 7 for win in wins)


def test_what_a_version_before_did_not_note_is_noted_at_night(instants):
    drawn = make_live("draw", operation=instants.operation)
    draw_of(drawn)
    place = DrawPlace.objects.get(rank=1)
    replacing.pass_on(place_id=place.id, module=drawn, reason=GONE, now=LATER)
    take(instants)
    told = {w.participation_id: (w.prize_id, w.won_at, w.voided_at) for w in Win.objects.all()}
    kept = Win.objects.exclude(participation=place.participation_id).first()
    Win.objects.exclude(id=kept.id).delete()
    with time_machine.travel(LATER, tick=False):
        assert [winning.complete(now=LATER) for _time in range(2)] == [3, 0]
    wins = Win.objects.all()
    assert {w.participation_id: (w.prize_id, w.won_at, w.voided_at) for w in wins} == told
    assert Win.objects.get(id=kept.id).code == kept.code
