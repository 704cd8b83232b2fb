"""What people are written about a game: what they played, what came of it, whose it is, and the way
to take their yes back. Each mechanic, in both languages; winners and losers of a draw.
"""

from datetime import timedelta

import pytest

from operations import links
from operations.links import Purpose
from operations.mechanics import MECHANICS, mechanic_of
from operations.mechanics.draw import drawing, telling
from operations.models import DrawPlace, Participation, ParticipationState, WinningMoment
from tenants.context import current_tenant
from tenants.messaging.models import Email
from tenants.messaging.render import Rendered, render
from tests.fixtures.mechanics import make_live
from tests.fixtures.operations import BEGINS, ENDS, NOE, NOW, add_partner, make_module, take
from tests.fixtures.programme import publish
from tests.fixtures.sharing import deliver

RIGHT = {"m-q1": "2", "m-q2": "1"}
# What the receipt says of the game, then the kind and the words of the result's own email.
SAID = {
    "form": ("Merci à vous.", "", ""),
    "coupon": ("Votre code vous parvient dans un autre e-mail.", "operation_coupon", "Votre code"),
    "quiz": ("Votre score\u00a0: 2 sur 2. Le quiz est réussi.", "operation_quiz", "2 sur 2"),
    "instant_win": ("Vous avez gagné\u00a0: Lampe Halo.", "operation_won", "au bon moment"),
    "draw": ("le 30 novembre 2026. Vous recevrez un e-mail, que vous ayez gagné", "", ""),
    "referral": ("Votre lien à partager vous parvient", "operation_referral", "/r/"),
}


@pytest.fixture(autouse=True)
def programme(lumen):
    return publish()


def game(kind, **changes):
    """A module that runs, with Brûlerie Noé."""
    if kind == "form":
        module = make_module(kind="form", settings={"thanks": {"fr": "Merci à vous."}}, **changes)
    else:
        module = make_live(kind, **changes)
    add_partner(module)
    return module


def written(kind: str, **wanted) -> Rendered:
    return render(email=Email.objects.get(kind=kind, **wanted), tenant=current_tenant())


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("kind", sorted(MECHANICS))
def test_every_letter_says_the_game_the_outcome_and_both_brands(kind):
    module = game(kind)
    WinningMoment.objects.update(at=BEGINS)
    taken = take(module, data=RIGHT if kind == "quiz" else {}, boxes=frozenset({str(NOE)}))
    choices = f"/o/choix/{links.token_for(purpose=Purpose.CHOICES, row_id=taken.participation.id)}"
    came_to, result, words = SAID[kind]
    letters = [written("operation_receipt")]
    assert plain(came_to.replace("\u00a0", " ")) in plain(letters[0].text.replace("\u00a0", " "))
    assert str(mechanic_of(module).label) in letters[0].text
    if result:
        letters.append(written(result))
        assert words in letters[1].text
    assert Email.objects.count() == len(letters)
    for letter in letters:
        assert "Un automne à la maison" in letter.text
        assert "Maison Lumen avec Brûlerie Noé" in letter.text
        assert choices in letter.text and choices in letter.html
        # Who looks at the copy that is kept takes nobody's yes back (R24).
        assert choices not in letter.kept(letter.text) + letter.kept(letter.html)


@pytest.mark.parametrize("kind", sorted(MECHANICS))
def test_the_letters_are_english_for_who_reads_english(kind):
    module = game(kind)
    WinningMoment.objects.update(at=BEGINS)
    take(module, data=RIGHT if kind == "quiz" else {}, language="en")
    for email in Email.objects.all():
        text = render(email=email, tenant=current_tenant()).text
        assert "An autumn at home" in text and "Maison Lumen with Brûlerie Noé" in text
        assert "Vous " not in text.replace("Merci à vous", "")


def test_who_did_not_win_reads_so_in_the_receipt():
    module = game("instant_win")
    WinningMoment.objects.update(at=NOW + timedelta(days=1))
    take(module)
    assert "pas de lot cette fois" in written("operation_receipt").text
    assert not Email.objects.filter(kind="operation_won").exists()


def test_a_prize_says_how_it_comes_or_who_will_say_so():
    """The merchant's words beside the prize's own; without any, who writes and where to ask."""
    told = game("instant_win", settings={"won": {"fr": "La lampe part sous huit jours."}})
    WinningMoment.objects.update(at=BEGINS)
    take(told)
    text = written("operation_won").text
    assert "La lampe part sous huit jours." in text and "vous écrit à cette adresse" not in text
    Email.objects.all().delete()
    WinningMoment.objects.update(participation=None, won_at=None)
    Participation.objects.update(state=ParticipationState.VOID)
    told.settings = {**told.settings, "won": {}}
    told.save(update_fields=["settings"])
    take(told, "zoe@exemple.fr")
    text = written("operation_won").text
    assert "Maison Lumen vous écrit à cette adresse" in text and "Répondez à ce message" in text


# ---------------------------------------------------------------- the draw


def drawn(people: int = 8, **changes):
    """So many people take part, the operation ends and is drawn."""
    module = game("draw", **changes)
    for number in range(people):
        take(
            module,
            f"p{number}@exemple.fr",
            fields={"first_name": "P", "email": f"p{number}@exemple.fr"},
        )
    Email.objects.all().delete()
    row = drawing.draw(module=module, now=ENDS + timedelta(minutes=1))
    assert row is not None
    return row


def to(kind: str) -> set[str]:
    return set(Email.objects.filter(kind=kind).values_list("to", flat=True))


def places(row, **wanted) -> set[str]:
    rows = DrawPlace.objects.filter(draw=row, **wanted)
    return set(rows.values_list("participation__profile__email", flat=True))


def test_winners_and_losers_of_a_draw_are_each_told_what_is_theirs_once():
    """R7: nobody before the draw; winners that they won, substitutes what they are, others no."""
    row = drawn()
    winners, substitutes = places(row, prize__isnull=False), places(row, substitute=True)
    assert len(winners) == 2 and len(substitutes) == 2
    for _time in range(2):
        deliver(now=ENDS + timedelta(minutes=2))
        telling.tell_others(draw_id=row.id, first=0, now=ENDS + timedelta(minutes=3))
    assert to("operation_won") == winners
    assert to("operation_drawn") == {f"p{n}@exemple.fr" for n in range(8)} - winners
    assert Email.objects.count() == 8
    for email in Email.objects.filter(kind="operation_drawn"):
        text = render(email=email, tenant=current_tenant()).text
        assert "n’a pas été tirée" in text and "Maison Lumen avec Brûlerie Noé" in text
        assert f"/o/tirage/{row.public_id}" in text and "/o/choix/" in text
        assert ("parmi les suppléants" in text) == (email.to in substitutes)
    [email, *_rest] = Email.objects.filter(kind="operation_won")
    won = render(email=email, tenant=current_tenant())
    assert (
        "Le tirage au sort de « Un automne à la maison »".replace("« ", "«\u00a0").replace(
            " »", "\u00a0»"
        )
        in won.text
    )


def test_a_long_list_is_told_in_slices_and_nobody_is_left_out(monkeypatch):
    monkeypatch.setattr(telling, "_SLICE", 3)
    row = drawn(people=10)
    deliver(now=ENDS + timedelta(minutes=2))
    assert len(to("operation_drawn")) == 8
    assert to("operation_drawn") | places(row, prize__isnull=False) == {
        f"p{n}@exemple.fr" for n in range(10)
    }


def test_who_has_several_chances_gets_one_letter():
    module = game("draw", settings={"chances": "each"}, rule="times", times=3)
    for email in ("a@exemple.fr", "b@exemple.fr", "c@exemple.fr"):
        for _time in range(3):
            take(module, email)
    Email.objects.all().delete()
    row = drawing.draw(module=module, now=ENDS)
    deliver(now=ENDS + timedelta(minutes=2))
    assert len(to("operation_won")) == 2 and Email.objects.count() == 3
    assert to("operation_drawn") == {"a@exemple.fr", "b@exemple.fr", "c@exemple.fr"} - places(
        row, prize__isnull=False
    )


def test_whose_participation_was_voided_or_forgotten_is_not_written_to():
    row = drawn()
    loser = DrawPlace.objects.filter(draw=row, substitute=True).first()
    assert loser is not None
    Participation.objects.filter(id=loser.participation_id).update(state=ParticipationState.VOID)
    deliver(now=ENDS + timedelta(minutes=2))
    assert len(to("operation_drawn")) == 5
