"""Instant win: moments drawn ahead by a stored seed; each piece goes to one person at most."""

from datetime import timedelta

import pytest

from kernel.errors import RicochetError
from operations.mechanics import mechanic_of
from operations.models import (
    OperationPrize,
    Participation,
    Rule,
    WinningMoment,
    WinningPlan,
)
from tenants.messaging.models import Email
from tests.fixtures.mechanics import (
    CANDLE,
    LAMP,
    filled,
    make_live,
    play_page,
    result_page,
)
from tests.fixtures.operations import BEGINS, ENDS, NOW, make_module, outcome_of, take


def due(count: int, at=BEGINS) -> None:
    """So many moments have come; the others never do."""
    ids = list(WinningMoment.objects.order_by("id").values_list("id", flat=True))
    WinningMoment.objects.filter(id__in=ids[:count]).update(at=at)
    WinningMoment.objects.filter(id__in=ids[count:]).update(at=ENDS + timedelta(days=9))


def test_every_piece_has_its_moment_between_the_dates():
    make_live("instant_win")
    rows = WinningMoment.objects.all()
    assert rows.count() == 5
    assert all(BEGINS <= row.at < ENDS for row in rows)
    assert len({row.at for row in rows}) == 5
    assert [p.stock for p in OperationPrize.objects.all()] == [2, 3]


def test_two_operations_have_two_seeds():
    from tests.fixtures.operations import make_operation

    make_live("instant_win")
    make_live("instant_win", operation=make_operation(slug="autre"))
    assert len(set(WinningPlan.objects.values_list("seed", flat=True))) == 2


def test_going_live_late_leaves_no_moment_in_the_past():
    """Or the first who come would win all that lies behind."""
    make_live("instant_win", now=NOW)
    assert not WinningMoment.objects.filter(at__lt=NOW).exists()


def test_the_first_who_plays_after_the_moment_wins_and_the_next_does_not():
    module = make_live("instant_win")
    due(1)
    first, second = take(module), take(module, "zoe@exemple.fr")
    assert outcome_of(first)["kind"] == "won"
    assert outcome_of(second) == {"kind": "lost"}
    row = WinningMoment.objects.get(participation__isnull=False)
    assert (row.participation_id, row.won_at) == (first.participation.id, NOW)
    assert "Gagné\u00a0: Lampe Halo" in result_page(module, first.participation)
    assert "Ce n’était pas un moment gagnant" in result_page(module, second.participation)


def test_before_its_moment_nothing_is_won():
    module = make_live("instant_win")
    due(5, at=NOW + timedelta(seconds=1))
    assert outcome_of(take(module)) == {"kind": "lost"}


def test_the_winner_is_written_to_and_the_loser_is_not():
    module = make_live("instant_win", settings={"won": {"fr": "Il part par la poste."}})
    due(1)
    take(module)
    take(module, "zoe@exemple.fr")
    email = Email.objects.get(kind="operation_won")
    assert email.to == "thomas@exemple.fr"
    assert email.context["prize"] == "Lampe Halo"
    assert email.context["description"] == "Il part par la poste."


def test_one_person_wins_as_often_as_the_merchant_allows():
    module = make_live("instant_win", rule=Rule.TIMES, times=5)
    due(5)
    kinds = [outcome_of(take(module))["kind"] for _time in range(3)]
    assert kinds == ["won", "lost", "lost"]
    module.settings["wins"] = 2
    module.save()
    assert outcome_of(take(module))["kind"] == "won"
    assert outcome_of(take(module))["kind"] == "lost"


def test_a_win_that_is_taken_back_is_anothers():
    module = make_live("instant_win")
    due(1)
    won = take(module).participation
    for _time in range(2):
        mechanic_of(module).undo(module=module, participation=won, now=NOW)
    assert outcome_of(take(module, "zoe@exemple.fr"))["kind"] == "won"
    assert WinningMoment.objects.filter(participation__isnull=False).count() == 1


def test_prizes_stand_on_the_page_and_moments_nowhere():
    page = play_page(make_live("instant_win"))
    assert "2 × Lampe Halo" in page
    assert "89\u00a0€" in page
    for row in WinningMoment.objects.all():
        assert row.at.isoformat()[:16] not in page


def test_a_rehearsal_wins_one_time_in_two():
    module = make_live("instant_win")
    kinds = [outcome_of(take(module, f"t{n}@exemple.fr", test=True))["kind"] for n in range(4)]
    assert kinds == ["won", "lost", "won", "lost"]


def test_its_figures_add_up():
    module = make_live("instant_win")
    due(3)
    take(module)
    figures = [figure.value for figure in mechanic_of(module).figures(module=module)]
    assert figures == [1, 2, 0, 2], "two lie beyond the end, and are not won"


def test_who_may_not_take_part_takes_no_prize():
    module = make_live("instant_win", asks_rules=True)
    due(5)
    with pytest.raises(RicochetError):
        take(module, accepts_rules=False)
    assert not Participation.objects.exists()
    assert not WinningMoment.objects.filter(participation__isnull=False).exists()


TYPED = {"p1-name_fr": "Lampe Halo", "p1-stock": "2", "p1-value": "89,00", "wins": "1"}


def test_prizes_are_kept_as_they_were_typed():
    form = filled(make_module(kind="instant_win"), TYPED)
    assert form.is_valid(), form.errors
    assert form.settings()["prizes"] == [
        {
            "number": 1,
            "name": {"fr": "Lampe Halo"},
            "description": {},
            "stock": 2,
            "value": 8900,
        }
    ]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"p1-stock": ""}, "p1-stock"),
        ({"p1-stock": "0"}, "p1-stock"),
        ({"p1-stock": "10001"}, "p1-stock"),
        ({"p1-stock": "beaucoup"}, "p1-stock"),
        ({"p1-stock": "9999", "p2-name_fr": "Bougie", "p2-stock": "2"}, "p1-stock"),
        ({"p1-name_fr": ""}, "p1-name_fr"),
        ({"p2-stock": "3"}, "p2-name_fr"),
        ({"p2-name_en": "Candle"}, "p2-name_fr"),
        ({"p1-value": "-1"}, "p1-value"),
        ({"wins": ""}, "wins"),
        ({"wins": "0"}, "wins"),
    ],
)
def test_bad_settings_say_what_to_write(given, wrong):
    form = filled(make_module(kind="instant_win"), {**TYPED, **given})
    assert not form.is_valid()
    assert wrong in form.errors


def test_two_kinds_of_prizes_are_won_each_as_often_as_there_are():
    module = make_live("instant_win", settings={"prizes": [LAMP, CANDLE]})
    due(5)
    names = [outcome_of(take(module, f"p{n}@exemple.fr")).get("prize", 0) for n in range(7)]
    assert sorted(names) == [0, 0, 1, 1, 2, 2, 2]
