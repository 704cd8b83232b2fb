"""The winners of a draw: who was replaced, and a prize that is with its winner."""

from accounts.models import User
from operations import winning
from operations.mechanics.draw import replacing
from operations.mechanics.draw.replacing import Reason
from operations.models import DrawPlace, Why
from tests.fixtures.mechanics import draw_of, make_live
from tests.fixtures.operations import ENDS
from tests.pages.test_winners import ALL, WAITING, table_of, text_of


def test_a_replaced_winner_is_told_apart_with_the_reason(claire, merchant):
    drawn = make_live("draw")
    draw_of(drawn)
    place = DrawPlace.objects.get(rank=1)
    claires = User.objects.get(email="claire@maison-lumen.fr").pk
    reason = Reason(Why.UNREACHABLE, "Trois e-mails.", claires)
    replacing.pass_on(place_id=place.id, module=drawn, reason=reason, now=ENDS)
    told = table_of(claire.get(f"{ALL}?vue=annules"))
    assert "Remplacé" in told and "le gagnant est resté introuvable" in told
    assert table_of(claire.get(WAITING)).count("exemple.fr") == 2


def test_a_prize_that_was_handed_over_is_not_passed_on_by_the_page(claire, merchant):
    drawn = make_live("draw")
    draw_of(drawn)
    place = DrawPlace.objects.get(rank=1)
    winning.hand_over(win_id=place.participation.win.id, author_id=place.id, now=ENDS)
    url = f"/operations/{drawn.operation.public_id}/modules/{drawn.public_id}/tirage/remplacer"
    form = {"why": "unreachable", "note": "Trois e-mails."}
    page = claire.post(f"{url}/{place.public_id}", form)
    assert page.status_code == 422
    assert "Ce lot est noté comme remis" in text_of(page)
    place.refresh_from_db()
    assert place.stepped_down_at is None
