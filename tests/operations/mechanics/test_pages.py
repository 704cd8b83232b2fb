"""The mechanics' own pages: the draw and its proof, the codes of a coupon."""

import json

import pytest

from operations.mechanics import mechanic_of
from operations.mechanics.coupon import codes
from operations.mechanics.draw import checking
from operations.models import Draw, DrawPlace
from tenants.profiles.models import Profile
from tenants.rewards.models import ListedCode
from tests.fixtures.mechanics import make_live
from tests.fixtures.operations import ENDS, NOW, make_module, take
from tests.fixtures.tenants import TenantClient


def path_of(module, rest: str) -> str:
    return f"/operations/{module.operation.public_id}/modules/{module.public_id}/{rest}"


@pytest.fixture
def module(lumen):
    return make_live("draw")


@pytest.fixture
def drawn(module):
    for n in range(6):
        fields = {"first_name": f"Prénom{n}", "email": f"p{n}@exemple.fr"}
        take(module, fields=fields)
    mechanic_of(module).close(module=module, now=ENDS)
    return module


def text(response) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode()


def test_before_the_draw_the_team_reads_the_promise(module, claire):
    take(module)
    page = text(claire.get(path_of(module, "tirage")))
    row = Draw.objects.get()
    assert row.commitment in page
    assert row.seed not in page
    assert "Chances à ce jour" in page


def test_a_draft_has_no_draw_yet(lumen, claire):
    page = text(claire.get(path_of(make_module(kind="draw"), "tirage")))
    assert "Le tirage se prépare à la mise en ligne" in page


def test_after_the_draw_the_team_reads_winners_and_substitutes(drawn, louis):
    page = text(louis.get(path_of(drawn, "tirage")))
    places = DrawPlace.objects.select_related("participation__profile")
    assert places.count() == 4
    for place in places:
        assert place.participation.profile.email in page
    assert "Remplacer" not in page, "Louis may only look"


def test_the_page_makes_the_draw_again(drawn, claire):
    page = text(claire.get(path_of(drawn, "tirage?verifier=1")))
    assert page.count("Exact") == 8
    assert "Différent" not in page


def test_the_record_that_is_downloaded_holds_by_itself(drawn, claire):
    response = claire.get(path_of(drawn, "tirage/proces-verbal.json"))
    assert "attachment" in response["Content-Disposition"]
    document = checking.read(response.content)
    assert all(point.holds for point in checking.check(document))
    assert "exemple.fr" not in text(response)


def test_the_list_of_people_is_for_managers(drawn, claire, louis):
    lines = text(claire.get(path_of(drawn, "tirage/participants.csv"))).splitlines()
    assert len(lines) == 7
    assert "p3@exemple.fr" in "".join(lines)
    assert louis.get(path_of(drawn, "tirage/participants.csv")).status_code == 403


def test_anybody_reads_the_promise_before_and_the_record_afterwards(module, lumen):
    visitor, row = TenantClient(lumen), Draw.objects.get()
    page = text(visitor.get(f"/o/tirage/{row.public_id}"))
    assert row.commitment in page
    assert row.seed not in page
    assert visitor.get(f"/o/tirage/{row.public_id}/proces-verbal.json").status_code == 404
    take(module)
    mechanic_of(module).close(module=module, now=ENDS)
    page = text(visitor.get(f"/o/tirage/{row.public_id}"))
    assert row.seed in page
    assert "exemple.fr" not in page
    assert "Thomas" not in page
    file = visitor.get(f"/o/tirage/{row.public_id}/proces-verbal.json")
    assert json.loads(file.content)["record"]["draw"] == row.public_id
    assert visitor.get("/o/tirage/drw_unknown").status_code == 404


def test_the_proof_is_read_in_english_too(module, lumen):
    page = TenantClient(lumen).get(
        f"/o/tirage/{Draw.objects.get().public_id}", headers={"Accept-Language": "en"}
    )
    assert "How to check" in text(page)
    assert "The secret is 32 bytes" in text(page)


def test_figures_lead_to_the_participants_they_count(lumen, claire):
    """B17."""
    quiz = make_live("quiz")
    for n, answer in enumerate(("1", "2", "2")):
        data = {"m-q1": answer, "m-q2": "1"}
        take(quiz, fields={"first_name": f"Joueur{n}", "email": f"p{n}@exemple.fr"}, data=data)
    done, passed = mechanic_of(quiz).figures(module=quiz)
    assert (done.value, passed.value) == (3, 2)
    for figure in (done, passed):
        page = text(claire.get(figure.href))
        shown = [n for n in range(3) if f"p{n}@exemple.fr" in page]
        assert len(shown) == figure.value


def test_codes_are_listed_exported_and_added(lumen, claire, louis):
    coupon = make_live("coupon")
    taken = take(coupon)
    code = taken.participation.outcome["code"]
    assert code in text(louis.get(path_of(coupon, "codes")))
    assert code not in text(louis.get(path_of(coupon, "codes?vue=libres")))
    exported = text(claire.get(path_of(coupon, "codes?export=csv")))
    assert exported.count("\n") >= 5
    page = text(claire.get(path_of(coupon, "codes/ajouter")))
    assert 'name="seen" value="5"' in page
    sent = {"seen": "5", "count": "10", "pasted": "LUM-1\nLUM-1\nLUM 2\n"}
    done = claire.post(path_of(coupon, "codes/ajouter"), sent, follow=True)
    assert "11 codes ajoutés" in text(done)
    assert "2 lignes laissées de côté" in text(done)
    again = claire.post(path_of(coupon, "codes/ajouter"), sent)
    assert again.status_code == 422
    assert "ajoutés entre-temps" in text(again)
    assert ListedCode.objects.filter(code_list=codes.list_of(coupon)).count() == 16
    assert louis.post(path_of(coupon, "codes/ajouter"), sent).status_code == 403


@pytest.mark.parametrize(
    "sent",
    [
        {"seen": "5"},
        {"seen": "", "count": "3"},
        {"seen": "5", "count": "20001"},
        {"seen": "5", "count": "-1"},
        {"seen": "5", "count": "x"},
    ],
)
def test_bad_input_adds_no_code(lumen, claire, sent):
    coupon = make_live("coupon")
    assert claire.post(path_of(coupon, "codes/ajouter"), sent).status_code == 422
    assert ListedCode.objects.count() == 5


@pytest.mark.parametrize("rest", ["codes", "tirage", "codes/ajouter", "tirage/participants.csv"])
def test_a_module_of_another_kind_or_operation_is_not_there(lumen, claire, rest):
    form = make_module()
    assert claire.get(path_of(form, rest)).status_code == 404
    assert claire.get(f"/operations/opn_x/modules/{form.public_id}/{rest}").status_code == 404


def test_an_erased_winner_is_nameless(drawn, claire):
    place = DrawPlace.objects.get(rank=1)
    name = place.participation.profile.first_name
    Profile.objects.filter(id=place.participation.profile_id).update(
        first_name="", last_name="", email="", erased_at=NOW
    )
    page = text(claire.get(path_of(drawn, "tirage")))
    assert name not in page
    assert Profile.objects.get(id=place.participation.profile_id).name in page
