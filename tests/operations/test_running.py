"""An operation's life: what keeps it from going live, when it ends, and what never changes back."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from kernel.errors import RicochetError
from kernel.outbox.models import Event
from kernel.outbox.relay import relay
from operations import editing, figures, modules, running
from operations.editing import BegunError, EndsBeforeStartError, NotEditableError
from operations.mechanics import MECHANICS
from operations.mechanics.form.mechanic import Form
from operations.models import Operation, OperationModule, WinningMoment, WinningPlan
from operations.outbox import HANDLERS
from tests.fixtures.mechanics import SETTINGS
from tests.fixtures.operations import BEGINS, ENDS, NOE, NOW, add_partner, make_module, take


@pytest.fixture
def draft() -> Operation:
    return editing.create(name="Un automne à la maison", starts_at=BEGINS, ends_at=ENDS, now=BEGINS)


@pytest.fixture
def ready(draft: Operation) -> Operation:
    modules.add_module(operation_id=draft.id, kind="form", now=BEGINS)
    return draft


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def told(operation: Operation, now: object = NOW) -> set[str]:
    row = Operation.objects.get(id=operation.id)
    return {str(problem.text) for problem in running.problems(operation=row, now=now)}


def test_a_name_makes_an_address_and_the_same_name_another(draft: Operation) -> None:
    again = editing.create(name="Un automne à la maison", starts_at=None, ends_at=None, now=NOW)
    assert draft.slug == "un-automne-a-la-maison"
    assert again.slug.startswith("un-automne-a-la-maison-")


@pytest.mark.parametrize("name", ["confirmer", "Merci", "image", "!!!", "choix"])
def test_an_address_never_hides_one_of_ours(name: str) -> None:
    made = editing.create(name=name, starts_at=None, ends_at=None, now=NOW)
    assert made.slug not in {"confirmer", "merci", "image", "choix", ""}


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(EndsBeforeStartError):
        editing.create(name="A", starts_at=ENDS, ends_at=BEGINS, now=NOW)
    assert not Operation.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ends_at": None}, "Choisissez le début et la fin."),
        ({"starts_at": BEGINS - timedelta(days=9), "ends_at": BEGINS}, "La fin est passée"),
        ({"title": {}}, "Donnez un titre à la page."),
        ({"prize_count": 3}, "Indiquez les lots, pour le règlement."),
    ],
)
def test_what_is_missing_is_said_and_nothing_goes_live(
    ready: Operation, change: dict[str, object], words: str
) -> None:
    assert told(ready) == set()
    Operation.objects.filter(id=ready.id).update(**change)
    assert any(words in text for text in told(ready))
    with pytest.raises(running.NotReadyError):
        running.go_live(operation_id=ready.id, now=NOW)
    assert Operation.objects.get().state == "draft"
    assert not Event.objects.exists()


def test_without_a_module_there_is_nothing_to_put_online(draft: Operation) -> None:
    assert told(draft) == {"Ajoutez au moins un module."}


def test_a_partner_needs_a_policy_and_an_opt_in_for_what_it_gets(ready: Operation) -> None:
    """D1, D3."""
    module = OperationModule.objects.get()
    partner = add_partner(module, policy_url="")
    assert any("politique de confidentialité de Brûlerie Noé" in text for text in told(ready))
    module.fields = [{"name": "email", "required": True, "partners": [str(NOE)]}]
    module.save()
    partner.asks_optin = False
    partner.save()
    assert any("Demandez l’accord pour Brûlerie Noé" in text for text in told(ready))


def test_what_a_mechanic_lacks_keeps_it_from_going_live(
    ready: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from operations.mechanics.shape import Problem

    monkeypatch.setattr(Form, "check", lambda _self, **_: [Problem("Il manque des codes.")])
    assert told(ready) == {"Il manque des codes."}


def test_it_begins_and_ends_by_itself(ready: Operation, clock: time_machine.Traveller) -> None:
    """What people see follows the dates at once; the stored state follows by its event."""
    live = running.go_live(operation_id=ready.id, now=BEGINS - timedelta(days=1))
    assert live.shown_state(BEGINS - timedelta(days=1)) == "planned"
    assert live.shown_state(BEGINS) == "live"
    assert live.shown_state(ENDS) == "ended"
    clock.move_to(ENDS + timedelta(minutes=2))
    assert relay(handlers=HANDLERS, clock=timezone.now) == 1
    row = Operation.objects.get()
    assert (row.state, row.ended_at) == ("ended", timezone.now())


def test_a_start_that_has_passed_is_the_moment_it_went_online(ready: Operation) -> None:
    """Nobody could take part before; whatever is drawn between the dates begins there, too."""
    module = make_module(ready, kind="instant_win", settings=SETTINGS["instant_win"])
    Operation.objects.filter(id=ready.id).update(rules={"fr": "Les nôtres."})
    for now in (NOW, NOW + timedelta(hours=1)):
        running.go_live(operation_id=ready.id, now=now)
        row = Operation.objects.get()
        assert (row.starts_at, row.live_at, row.ends_at) == (NOW, NOW, ENDS)
    assert row.is_open(NOW)
    plan = WinningPlan.objects.get(module=module)
    assert plan.begins_at == NOW and plan.rounds.count() == 1
    assert all(NOW <= one.at < ENDS for one in WinningMoment.objects.all())
    days = figures.by_day(operation=row, now=NOW + timedelta(days=2))
    assert [one.day for one in days] == [NOW.date() + timedelta(days=n) for n in range(3)]


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(seconds=1), timedelta(days=3)])
def test_a_start_that_is_to_come_stays(ready: Operation, ahead: timedelta) -> None:
    running.go_live(operation_id=ready.id, now=BEGINS - ahead)
    assert Operation.objects.get().starts_at == BEGINS


def test_what_is_planned_and_is_given_a_start_in_the_past_begins_now(ready: Operation) -> None:
    before = BEGINS - timedelta(days=1)
    running.go_live(operation_id=ready.id, now=before)
    past = before - timedelta(days=2)
    running.set_dates(operation_id=ready.id, starts_at=past, ends_at=ENDS, now=before)
    row = Operation.objects.get()
    assert row.starts_at == before and row.shown_state(before) == "live"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": "live"}, "L’opération est en ligne : ceci ne change plus."),
        ({"state": "live", "ends_at": NOW}, "L’opération est terminée : ceci ne change plus."),
        ({"archived_at": NOW}, "L’opération est archivée : ceci ne change plus."),
        (
            {"state": "live", "starts_at": NOW + timedelta(days=1)},
            "L’opération est planifiée et publiée : ceci ne change plus.",
        ),
    ],
)
def test_what_changes_no_more_says_in_which_state_it_is(
    ready: Operation, change: dict[str, object], said: str
) -> None:
    Operation.objects.filter(id=ready.id).update(**change)
    with pytest.raises(NotEditableError) as refused:
        modules.add_module(operation_id=ready.id, kind="form", now=NOW)
    assert refused.value.said == said


def test_another_end_makes_the_first_event_do_nothing(
    ready: Operation, clock: time_machine.Traveller
) -> None:
    running.go_live(operation_id=ready.id, now=NOW)
    later = ENDS + timedelta(days=10)
    running.set_dates(operation_id=ready.id, starts_at=NOW, ends_at=later, now=NOW)
    clock.move_to(ENDS + timedelta(minutes=2))
    assert relay(handlers=HANDLERS, clock=timezone.now) == 1
    assert Operation.objects.get().state == "live"
    clock.move_to(later + timedelta(minutes=2))
    assert relay(handlers=HANDLERS, clock=timezone.now) == 1
    assert Operation.objects.get().state == "ended"


def test_going_live_and_ending_twice_do_each_once(
    ready: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3, R7: the mechanics make ready once, and close once."""
    calls: list[str] = []
    monkeypatch.setattr(Form, "prepare", lambda _s, **_: calls.append("prepare"))
    monkeypatch.setattr(Form, "close", lambda _s, **_: calls.append("close"))
    for _ in range(2):
        running.go_live(operation_id=ready.id, now=NOW)
    for _ in range(2):
        running.stop(operation_id=ready.id, now=NOW)
    assert calls == ["prepare", "close"]


def test_stopping_keeps_what_was_taken_part_in_and_does_not_open_again(ready: Operation) -> None:
    running.go_live(operation_id=ready.id, now=NOW)
    take(OperationModule.objects.get())
    running.stop(operation_id=ready.id, now=NOW + timedelta(hours=1))
    row = Operation.objects.get()
    assert (row.state, row.ends_at) == ("ended", NOW + timedelta(hours=1))
    assert row.participations.get().state == "counted"
    with pytest.raises(NotEditableError):
        running.go_live(operation_id=row.id, now=NOW + timedelta(hours=2))


def test_what_is_online_keeps_its_mechanics_and_its_start(ready: Operation) -> None:
    running.go_live(operation_id=ready.id, now=NOW)
    module = OperationModule.objects.get()
    for refused in (
        lambda: modules.save_mechanic(module=module, settings={"x": 1}, now=NOW),
        lambda: modules.remove_module(module=module, away=True, now=NOW),
        lambda: modules.add_module(operation_id=ready.id, kind="form", now=NOW),
        lambda: editing.archive(operation_id=ready.id, away=True, now=NOW),
    ):
        with pytest.raises(NotEditableError):
            refused()
    with pytest.raises(BegunError):
        running.set_dates(operation_id=ready.id, starts_at=BEGINS, ends_at=ENDS, now=NOW)
    editing.save_words(operation_id=ready.id, now=NOW, title={"fr": "Autre titre"})
    assert Operation.objects.get().title == {"fr": "Autre titre"}


def test_an_end_in_the_past_is_no_way_to_end_what_is_online(ready: Operation) -> None:
    running.go_live(operation_id=ready.id, now=NOW)
    with pytest.raises(EndsBeforeStartError):
        running.set_dates(operation_id=ready.id, starts_at=NOW, ends_at=NOW, now=NOW)
    assert Operation.objects.get().ends_at == ENDS


def test_a_copy_is_a_draft_with_the_same_words_and_modules_and_nobody_in_it() -> None:
    module = make_module(settings={"thanks": {"fr": "Merci"}}, minimum_age=18)
    add_partner(module)
    take(module, old_enough=True)
    copy = editing.duplicate(operation_id=module.operation_id, name="Copie", now=NOW)
    made = copy.modules.get()
    assert (copy.state, copy.starts_at, copy.slug) == ("draft", None, "copie")
    assert (made.settings, made.minimum_age) == ({"thanks": {"fr": "Merci"}}, 18)
    assert made.partners.get().name == "Brûlerie Noé"
    assert not copy.participations.exists()


def test_modules_change_places_and_no_further_than_the_ends(draft: Operation) -> None:
    first, second = (
        modules.add_module(operation_id=draft.id, kind="form", now=NOW) for _ in range(2)
    )
    modules.move_module(module=second, up=True, now=NOW)
    assert list(draft.modules.values_list("id", flat=True)) == [second.id, first.id]
    modules.move_module(module=second, up=True, now=NOW)
    assert list(draft.modules.values_list("id", flat=True)) == [second.id, first.id]


def test_an_eleventh_module_and_an_unknown_mechanic_are_refused(draft: Operation) -> None:
    with pytest.raises(RicochetError):
        modules.add_module(operation_id=draft.id, kind="lottery", now=NOW)
    for _ in range(10):
        modules.add_module(operation_id=draft.id, kind="form", now=NOW)
    with pytest.raises(modules.TooManyModulesError):
        modules.add_module(operation_id=draft.id, kind="form", now=NOW)
    assert draft.modules.count() == 10


def test_every_mechanic_says_what_it_is() -> None:
    for kind, mechanic in MECHANICS.items():
        assert (mechanic.kind, bool(mechanic.label), bool(mechanic.hint)) == (kind, True, True)
