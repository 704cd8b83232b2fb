"""One person is one address without its aliases; and nobody tries answers in secret."""

import re
from datetime import timedelta

import pytest
import time_machine

from operations import slots
from operations.errors import AlreadyTookPartError
from operations.mechanics import mechanic_of
from operations.models import (
    Draw,
    DrawPlace,
    OperationModule,
    Participation,
    ParticipationState,
    Rule,
    WinningMoment,
)
from tenants.messaging.models import Email
from tenants.profiles.models import Profile
from tests.fixtures.mechanics import make_live
from tests.fixtures.operations import BEGINS, ENDS, outcome_of, take
from tests.fixtures.tenants import TenantClient
from tests.operations.test_public_page import post

ALIASES = ["camille@gmail.com", *(f"camille+{n}@gmail.com" for n in range(4)), "Cam.ille@gmail.com"]


def test_aliases_of_one_address_take_part_once(module: OperationModule) -> None:
    for number, email in enumerate(ALIASES):
        if number == 0:
            take(module, email)
            continue
        with pytest.raises(AlreadyTookPartError):
            take(module, email)
    assert Participation.objects.count() == 1
    assert Profile.objects.count() == 1, "who is refused leaves no record behind"
    take(module, "camille@exemple.fr")
    assert Participation.objects.count() == 2


@pytest.mark.parametrize(("rule", "left"), [(Rule.TIMES, 3), (Rule.DAILY, 1)])
def test_every_rule_counts_all_aliases_together(
    module: OperationModule, rule: Rule, left: int
) -> None:
    OperationModule.objects.update(rule=rule, times=3)
    taken = 0
    for email in ALIASES:
        try:
            take(module, email)
        except AlreadyTookPartError:
            continue
        taken += 1
    assert taken == left
    assert len(set(Participation.objects.values_list("slot", flat=True))) == left


def test_profiles_stay_as_they_are(module: OperationModule) -> None:
    """A shop may know both addresses; they are two customers, and one player."""
    OperationModule.objects.update(rule=Rule.TIMES, times=2)
    take(module, "camille@gmail.com")
    take(module, "camille+shop@gmail.com")
    emails = Profile.objects.order_by("email").values_list("email", flat=True)
    assert list(emails) == ["camille+shop@gmail.com", "camille@gmail.com"]


def test_the_table_itself_refuses_the_second_alias(
    module: OperationModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two at once, each of whom looked before the other was there; the next look finds it."""
    first = take(module, "camille@gmail.com").participation
    row = Participation.objects.get(id=first.id)
    assert row.person_key == slots.person_key("Camille+9@googlemail.com") != ""
    assert "camille" not in row.person_key
    looks, look = [""], slots.free_slot
    monkeypatch.setattr(slots, "free_slot", lambda **asked: looks.pop() if looks else look(**asked))
    with pytest.raises(AlreadyTookPartError):
        take(module, "camille+9@googlemail.com")
    assert looks == [] and Participation.objects.count() == 1


def test_what_was_played_before_there_was_a_key_counts(module: OperationModule) -> None:
    take(module, "camille@gmail.com")
    Participation.objects.update(person_key="")
    with pytest.raises(AlreadyTookPartError):
        take(module, "camille+1@gmail.com")


def test_an_entry_that_is_void_leaves_room(module: OperationModule) -> None:
    taken = take(module, "camille@gmail.com").participation
    Participation.objects.filter(id=taken.id).update(state=ParticipationState.VOID)
    take(module, "camille+1@gmail.com")


@pytest.mark.parametrize("chances", ["person", "each"])
def test_five_aliases_are_one_person_in_a_draw(lumen: object, chances: str) -> None:
    """Also those that came in before aliases were counted together."""
    module = make_live("draw", settings={"chances": chances}, rule=Rule.TIMES, times=9)
    for email in (*ALIASES, "zoe@exemple.fr"):
        take(module, email)
    mechanic_of(module).close(module=module, now=ENDS)
    lines = Draw.objects.get().entries.splitlines()
    assert len({line.split()[1] for line in lines}) == 2
    assert len(lines) == (2 if chances == "person" else 7)
    assert DrawPlace.objects.count() == 2


def test_aliases_win_and_get_codes_as_one_person(lumen: object) -> None:
    module = make_live("instant_win", rule=Rule.TIMES, times=5)
    WinningMoment.objects.update(at=BEGINS)
    kinds = [outcome_of(take(module, email))["kind"] for email in ALIASES[:3]]
    assert kinds == ["won", "lost", "lost"]


def test_an_alias_reads_what_everybody_reads_and_the_player_is_told(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    """R33: and nobody who does not play is written to."""
    assert post(shopper, clock, email="camille@gmail.com").status_code == 302
    Email.objects.all().delete()
    assert post(shopper, clock, email="camille+1@gmail.com").status_code == 302
    told = Email.objects.get()
    assert (told.kind, told.to) == ("operation_again", "camille@gmail.com")


def test_answers_of_a_quiz_cannot_be_tried(lumen: object, clock: time_machine.Traveller) -> None:
    """Neither by who has played nor by anybody: right and wrong answers look the same at once."""
    module = make_live("quiz")
    shopper, path = TenantClient(lumen), f"/o/{module.operation.slug}"
    right, wrong = {"m-q1": "2", "m-q2": "1"}, {"m-q1": "1", "m-q2": "3"}

    def page(email: str, answers: dict[str, str]) -> str:
        sent = post(shopper, clock, path=path, email=email, **answers)
        clock.shift(timedelta(seconds=-10))
        content = shopper.get(sent["Location"]).content.decode()
        return re.sub(r'nonce="[^"]+"', "", content)

    first = page("camille@gmail.com", wrong)
    again = [page("camille@gmail.com", one) for one in (right, wrong)]
    fresh = page("zoe@exemple.fr", right)
    assert {first, *again} == {fresh}
    assert "Votre score part par e\u2011mail" in first and "bonne réponse" not in first
    scores = Email.objects.filter(kind="operation_quiz").values_list("to", "context__score")
    assert sorted(scores) == [("camille@gmail.com", "0 sur 2"), ("zoe@exemple.fr", "2 sur 2")]
    assert Participation.objects.count() == 2
