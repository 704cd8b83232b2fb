"""The winners of an operation: the list, its search by code, handing over, and who may."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.utils import timezone

from accounts.models import User
from operations import winning
from operations.mechanics import mechanic_of
from operations.models import OperationModule, Participation, Win, WinningMoment
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme import erasing, merging
from tests.fixtures.mechanics import draw_of, make_live
from tests.fixtures.operations import BEGINS, NOW, make_module, make_operation, take
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import asked

ALL = "/operations/gagnants"
WAITING = f"{ALL}?vue=a-remettre"


def text_of(response: HttpResponse) -> str:
    html = response.content.decode().partition("<main")[2]
    found = re.sub(r"(?s)<(style|script|svg).*?</\1>|<[^>]+>", " ", html)
    return re.sub(r"[\s\u00a0\u202f]+", " ", found)


def table_of(response: HttpResponse) -> str:
    html = response.content.decode().partition("<tbody")[2].partition("</tbody>")[0]
    return re.sub(r"[\s\u00a0\u202f]+", " ", re.sub(r"<[^>]+>", " ", html))


def file_of(browser: TenantClient, path: str) -> list[dict[str, str]]:
    response = browser.get(path)
    body = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(body), delimiter=";"))


def toasts(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.fixture
def module(merchant: Tenant) -> OperationModule:
    """An instant win with five prizes due; three people won."""
    made = make_live("instant_win")
    WinningMoment.objects.update(at=BEGINS)
    for n, name in enumerate(("ana", "bruno", "chloe")):
        fields = {"first_name": name.title(), "email": f"{name}@exemple.fr"}
        take(made, fields=fields, now=NOW + timedelta(minutes=n))
    return made


@pytest.fixture
def path(module: OperationModule) -> str:
    return f"/operations/{module.operation.public_id}/gagnants"


def win_of(name: str) -> Win:
    return Win.objects.get(participation__profile__email=f"{name}@exemple.fr")


def hand(browser: TenantClient, name: str, **more: str) -> HttpResponse:
    return browser.post(f"{ALL}/{win_of(name).public_id}/remettre", more, follow=True)


def test_each_winner_has_a_line_with_prize_code_and_state(claire, path):
    page = claire.get(path)
    told = table_of(page)
    for name in ("ana", "bruno", "chloe"):
        win = win_of(name)
        assert f"{name}@exemple.fr" in told and win.shown_code in told
        assert win.prize.name["fr"] in told
        record = win.participation.profile.public_id
        assert f"/clients/{record}" in page.content.decode()
    assert told.count("À remettre") == 3 and "Instant gagnant" in told
    assert "12 nov." in told
    # The list of all operations says of which one it is.
    assert "Un automne à la maison" in table_of(claire.get(ALL))


def test_the_tab_is_there_where_something_is_won(claire, path, module):
    assert f'href="{path}"' in claire.get(path.removesuffix("/gagnants")).content.decode()
    other = make_module(make_operation(slug="formulaire", name="Formulaire")).operation
    page = claire.get(f"/operations/{other.public_id}").content.decode()
    assert f"/operations/{other.public_id}/gagnants" not in page
    assert 'href="/operations/gagnants"' in claire.get("/operations").content.decode()


@pytest.mark.parametrize("where", ["one", "all"])
def test_a_code_is_found_however_it_is_typed(claire, path, where):
    code = win_of("ana").code
    page = path if where == "one" else ALL
    for typed in (code, code.lower(), f"{code[:5]} {code[5:]}", f"{code[:5]}-{code[5:]}", code[:6]):
        told = table_of(claire.get(page, {"q": typed}))
        assert "ana@exemple.fr" in told and "bruno@" not in told, typed
    assert "bruno@" in table_of(claire.get(page, {"q": "bruno"}))
    assert "ana@" not in table_of(claire.get(page, {"q": "BRUNO@exemple"}))


def test_the_list_says_when_it_is_empty_in_three_ways(claire, louis, path, module):
    other = make_live("draw", operation=make_operation(slug="vide", name="Vide")).operation
    empty = f"/operations/{other.public_id}/gagnants"
    assert "Aucun gagnant pour l’instant" in text_of(claire.get(empty))
    assert "Rien parmi les gagnants pour « zoé »" in text_of(claire.get(path, {"q": "zoé"}))
    assert "Rien dans cette vue" in text_of(claire.get(path, {"vue": "remis"}))


def test_prizes_are_filtered_and_sorted_and_others_operations_stay_out(claire, path, module):
    other = make_live("draw", operation=make_operation(slug="autre", name="Autre"))
    draw_of(other)
    assert Win.objects.count() == 5
    assert table_of(claire.get(path)).count("exemple.fr") == 3
    assert table_of(claire.get(ALL)).count("exemple.fr") == 5
    chosen = {"operation": other.operation.public_id}
    assert table_of(claire.get(ALL, chosen)).count("exemple.fr") == 2
    prize = win_of("ana").prize
    told = table_of(claire.get(path, {"lot": prize.public_id}))
    assert told.count(prize.name["fr"]) == Win.objects.filter(prize=prize).count() > 0
    names = re.findall(r"(ana|bruno|chloe)@", table_of(claire.get(path, {"tri": "won"})))
    assert names == ["ana", "bruno", "chloe"]


def test_remis_is_noted_with_who_and_when_and_the_toast_takes_it_back(claire, path):
    page = hand(claire, "ana", next=path)
    assert "remis à Ana" in toasts(page)
    assert re.search(r"Remis le .* par Claire", table_of(page))
    win = win_of("ana")
    assert win.handed_by == User.objects.get(email="claire@maison-lumen.fr").pk
    token = re.search(r'name="undo" value="([^"]+)"', toasts(page))
    assert token, "no undo in the toast"
    back = claire.post(f"{ALL}/annuler", {"undo": token[1], "next": path}, follow=True)
    assert "1 lot est de nouveau à remettre" in toasts(back)
    assert win_of("ana").handed_at is None


def test_remis_twice_is_once_and_a_colleagues_stays_the_colleagues(claire, louis, path):
    hand(claire, "ana")
    first = win_of("ana").handed_at
    hand(claire, "ana")
    assert win_of("ana").handed_at == first
    other = User.objects.get(email="louis@maison-lumen.fr").pk
    winning.hand_over(win_id=win_of("bruno").id, author_id=other, now=NOW)
    page = hand(claire, "bruno")
    assert "était déjà remis" in toasts(page)
    assert (win_of("bruno").handed_by, win_of("bruno").handed_at) == (other, NOW)


def test_a_mistake_that_is_found_out_late_is_taken_back_on_the_line(claire, path):
    hand(claire, "ana")
    url = f"{ALL}/{win_of('ana').public_id}/reprendre"
    assert url in claire.get(path).content.decode()
    for _time in range(2):
        assert "de nouveau à remettre" in toasts(claire.post(url, follow=True))
    assert win_of("ana").handed_at is None


def test_a_win_that_is_over_is_refused_with_the_reason(claire, path, module):
    gone = win_of("ana").participation
    mechanic_of(module).undo(module=module, participation=gone, now=NOW)
    page = claire.get(path)
    assert "Annulé" in table_of(page)
    assert f"{win_of('ana').public_id}/remettre" not in page.content.decode()
    assert "Ne remettez pas ce lot" in toasts(hand(claire, "ana"))
    assert win_of("ana").handed_at is None


def test_many_are_handed_over_at_once_and_taken_back_at_once(claire, path, module):
    hand(claire, "ana")
    before = win_of("ana").handed_at
    chosen = {"selected": [str(win.id) for win in Win.objects.all()]}
    page = claire.post(f"{path}/remettre", chosen, follow=True)
    assert "2 lots remis" in toasts(page) and "1 lot n’attendait pas" in toasts(page)
    assert not Win.objects.filter(handed_at=None).exists()
    token = re.findall(r'name="undo" value="([^"]+)"', toasts(page))[-1]
    claire.post(f"{ALL}/annuler", {"undo": token})
    assert list(Win.objects.exclude(handed_at=None)) == [win_of("ana")]
    assert win_of("ana").handed_at == before


def test_all_that_match_are_those_on_screen_and_of_this_operation(claire, path):
    other = make_live("draw", operation=make_operation(slug="autre", name="Autre"))
    draw_of(other)
    claire.post(f"{path}/remettre?q=ana", {"every": "1"})
    assert list(Win.objects.exclude(handed_at=None)) == [win_of("ana")]
    claire.post(f"{path}/remettre", {"every": "1"})
    handed = Win.objects.exclude(handed_at=None)
    assert handed.count() == 3
    assert not handed.filter(prize__module=other).exists()
    elsewhere = Win.objects.filter(prize__module=other).first()
    claire.post(f"{path}/remettre", {"selected": [str(elsewhere.id)]})
    assert handed.all().count() == 3
    claire.post(f"{ALL}/remettre", {"every": "1"})
    assert handed.all().count() == 5


def test_who_may_only_look_marks_nothing_and_reads_no_code(louis, claire, path):
    page = louis.get(path)
    win = win_of("ana")
    told = table_of(page)
    assert "ana@exemple.fr" in told and "À remettre" in told
    for hidden in (win.code, win.shown_code, "/remettre", 'name="selected"'):
        assert hidden not in page.content.decode()
    assert win.shown_code not in str(file_of(louis, f"{path}?export=csv"))
    # A code is not spelt out by searching; a whole one, as a winner shows it, is checked.
    assert "ana@" not in table_of(louis.get(path, {"q": win.code[:6]}))
    assert "ana@" in table_of(louis.get(path, {"q": win.shown_code.lower()}))
    posts = [f"{ALL}/{win.public_id}/remettre", f"{ALL}/{win.public_id}/reprendre"]
    for url in (*posts, f"{path}/remettre", f"{ALL}/remettre", f"{ALL}/annuler"):
        assert louis.post(url, {"every": "1"}).status_code == 403
    assert not Win.objects.exclude(handed_at=None).exists()


def test_the_file_has_every_column(claire, path):
    hand(claire, "ana")
    rows = {row["E-mail"]: row for row in file_of(claire, f"{path}?export=csv")}
    row, win = rows["ana@exemple.fr"], win_of("ana")
    assert row["Gagnant"] == "Ana" and row["Code"] == win.shown_code
    assert row["Lot"] == win.prize.name["fr"] and row["Module"] == "Instant gagnant"
    assert row["Opération"] == "Un automne à la maison" and row["État"] == "Remis"
    assert row["Gagné le"].startswith("2026-11-12")
    assert row["Remis le"] and row["Remis par"].startswith("Claire")
    assert rows["bruno@exemple.fr"]["État"] == "À remettre"
    assert not rows["bruno@exemple.fr"]["Remis le"]


def test_whoever_is_forgotten_has_no_name_and_their_code_still_holds(claire, path):
    win = win_of("ana")
    erasing.erase(profile_id=win.participation.profile_id, author_id=None, now=timezone.now())
    told = table_of(claire.get(path))
    assert "Personne effacée" in told and "ana@" not in told and "Effacé" in told
    assert table_of(claire.get(path, {"vue": "a-remettre"})).count("@exemple.fr") == 2
    assert "Personne effacée" in table_of(claire.get(path, {"q": win.code}))
    claire.post(f"{ALL}/{win.public_id}/remettre")
    win.refresh_from_db()
    assert win.handed_at is not None


def test_two_records_of_one_person_lead_to_the_one_that_stays(claire, path):
    gone = win_of("ana").participation.profile
    kept = Profile.objects.get(email="bruno@exemple.fr")
    merging.merge(
        kept_id=kept.id, gone_id=gone.id, from_gone=(), author_id=None, now=timezone.now()
    )
    told = table_of(claire.get(path, {"q": "bruno"}))
    assert told.count("bruno@exemple.fr") == 2
    assert f"/clients/{gone.public_id}" not in claire.get(path).content.decode()


def test_more_winners_cost_no_more_queries(claire, path, module):
    hand(claire, "ana")
    asked(claire, path)
    before = len(asked(claire, path))
    for n in range(2):
        take(module, f"autre{n}@exemple.fr")
    claire.post(f"{path}/remettre", {"every": "1"})
    assert Win.objects.exclude(handed_at=None).count() == 5
    asked(claire, path)  # the toasts
    assert len(asked(claire, path)) <= before


def test_what_waits_stands_under_to_do_and_leads_to_these_lines(claire, path, module):
    for page in (claire.get("/"), claire.get("/a-traiter")):
        assert "3 lots gagnés à remettre" in text_of(page)
        assert WAITING in page.content.decode()
    for name in ("ana", "bruno"):
        hand(claire, name)
    assert "1 lot gagné à remettre" in text_of(claire.get("/a-traiter"))
    assert table_of(claire.get(WAITING)).count("exemple.fr") == 1
    hand(claire, "chloe")
    assert "lot gagné" not in text_of(claire.get("/a-traiter"))
    assert "Rien n’attend" in text_of(claire.get("/a-traiter"))


def test_a_whole_code_is_found_from_every_page(claire, path):
    win = win_of("ana")
    typed = f"{win.code[:5]} {win.code[5:]}".lower()
    found = claire.get("/search", {"q": typed}).content.decode()
    assert f"{ALL}?q={win.shown_code}" in found
    assert ALL not in claire.get("/search", {"q": win.code[:6]}).content.decode()


def test_a_rehearsals_win_is_on_no_list(claire, path, module):
    take(module, "essai@exemple.fr", test=True)
    assert Participation.objects.filter(is_test=True, outcome__kind="won").exists()
    assert table_of(claire.get(path)).count("exemple.fr") == 3
