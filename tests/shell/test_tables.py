"""List pages: what the URL may ask, what a list says when it is empty, what an export holds."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpResponseBase, QueryDict
from django.test import RequestFactory
from openpyxl import load_workbook

from accounts.models import User
from shell.table_export import guarded
from shell.tables import BulkAction, Column, Empty, Filter, ListPage, View

pytestmark = pytest.mark.django_db
NAMES = ["Camille", "Thomas", "Inès", "Sophie", "Hugo", "Awa", "Julien", "Léa", "Karim", "Margaux",
         "Nadia", "Marc"]  # fmt: skip


def of_length(rows: QuerySet[Any], length: int) -> QuerySet[Any]:
    return rows.filter(first_name__regex=f"^.{{{length}}}$")


class PeoplePage(ListPage):
    label = "Personnes"
    nouns = ("personne", "personnes")
    search_label = "Nom"
    export_name = "personnes"
    default_sort = "name"
    columns = (
        Column("name", "Nom", kind="person", value="first_name", main=True, sort="first_name"),
        Column("email", "E-mail"),
        Column("balance", "Cagnotte", kind="money", value=lambda _: 123450),
        Column("since", "Depuis", kind="date", value="created_at", sort="created_at"),
        Column("state", "État", kind="state", value=lambda _: "active"),
    )
    views = (
        View("tous", "Tous"),
        View("a", "En A", lambda q: q.filter(first_name__startswith="A")),
    )
    filters = (
        Filter("lettre", "Lettre", lambda q, v: q.filter(first_name__startswith=v),
               choices=(("C", "C"), ("M", "M"))),
        Filter("taille", "Taille", of_length, parse=int),
    )  # fmt: skip
    empty = Empty("Invitez une personne", "Elle verra ceci.", "Inviter", "/inviter")

    def queryset(self) -> QuerySet[Any]:
        return User.objects.filter(email__endswith="@liste.fr").order_by("pk")

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return rows.filter(first_name__icontains=query)

    def bulk(self) -> Sequence[BulkAction]:
        return (BulkAction("Étiqueter", "/etiqueter", "tag"),)

    def row_url(self, row: Any) -> str:
        return f"/personnes/{row.pk}"


class BrokenPage(PeoplePage):
    def queryset(self) -> QuerySet[Any]:
        raise DatabaseError("the server closed the connection")


class ViewerPage(PeoplePage):
    def can_create(self) -> bool:
        return False


@pytest.fixture
def people() -> list[User]:
    return [User.objects.create(first_name=n, email=f"{i}@liste.fr") for i, n in enumerate(NAMES)]


def show(address: str = "/personnes", page: type[ListPage] = PeoplePage, **headers: str) -> str:
    request = RequestFactory().get(address, headers=headers)
    response = page(request).respond("shell/table.html")
    return response.content.decode()  # type: ignore[attr-defined]


def names(address: str) -> list[str]:
    return [user.first_name for user in PeoplePage(RequestFactory().get(address)).page.object_list]


def test_a_list_shows_ten_sorted_rows_and_says_where_it_is(people: list[User]) -> None:
    html = show()
    assert "1 à 10 sur 12 personnes" in html
    assert html.count('class="pick"') == 10
    assert 'aria-sort="ascending"' in html
    assert "1\u202f234,50\u00a0€" in html
    assert f'href="/personnes/{people[5].pk}"' in html


def test_search_filters_view_sort_and_page_live_in_the_url(people: list[User]) -> None:
    """B15."""
    assert names("/p?q=in") == ["Inès"] or names("/p?q=in")[0] == "Inès"
    assert names("/p?lettre=C") == ["Camille"]
    assert names("/p?vue=a") == ["Awa"]
    assert names("/p?tri=-name")[0] == "Thomas"
    assert names("/p?page=2") == ["Sophie", "Thomas"]
    assert len(names("/p?lignes=25")) == 12
    assert names("/p?taille=3") == ["Awa", "Léa"]


@pytest.mark.parametrize(
    "address",
    ["/p?tri=password", "/p?tri=-is_staff", "/p?vue=x", "/p?lettre=Z", "/p?taille=x", "/p?page=zz",
     "/p?lignes=100000", "/p?first_name__startswith=C", "/p?page=-3"],
)  # fmt: skip
def test_what_is_not_declared_is_ignored(people: list[User], address: str) -> None:
    """R37: names from the URL are looked up, never passed on."""
    assert len(PeoplePage(RequestFactory().get(address)).rows()) == 12
    assert names(address)


def test_a_set_filter_can_be_taken_off(people: list[User]) -> None:
    html = show("/p?lettre=C&q=cam&page=1")
    assert 'href="/p?q=cam"' in html
    assert "Retirer le filtre Lettre" in html


def test_a_list_that_was_never_used_invites_to_begin() -> None:
    """B1: a verb, a benefit, one button, hidden without the right."""
    html = show()
    assert "Invitez une personne" in html
    assert 'href="/inviter"' in html
    assert 'href="/inviter"' not in show(page=ViewerPage)
    assert "<table" not in html


def test_a_filter_that_found_nothing_can_be_cleared(people: list[User]) -> None:
    """B1."""
    html = show("/p?q=zzz")
    assert "« zzz »" in html
    assert "Effacer les filtres" in html
    assert 'href="/p"' in html


def test_a_list_that_cannot_load_offers_to_retry() -> None:
    """B1: the page stands, the part that failed says so."""
    html = show("/p?q=a", page=BrokenPage)
    assert "n’a pas pu être chargée" in html
    assert 'href="/p?q=a"' in html


def test_htmx_gets_the_table_alone(people: list[User]) -> None:
    request = RequestFactory().get(
        "/p", headers={"HX-Request": "true", "HX-Target": "table-region"}
    )
    response = PeoplePage(request).respond("shell/does-not-exist.html")
    assert response.content.decode().lstrip().startswith('<div id="table-region"')  # type: ignore[attr-defined]


def chosen(query: str, **data: Any) -> set[str]:
    body = QueryDict(mutable=True)
    for name, values in data.items():
        body.setlist(name, values)
    request = RequestFactory().post(
        f"/p{query}", body.urlencode(), content_type="application/x-www-form-urlencoded"
    )
    return {user.first_name for user in PeoplePage(request).selected()}


def test_a_selection_is_the_ticked_rows_or_all_that_match(people: list[User]) -> None:
    """B7: the page first, then explicitly all; never a row of somebody else's list."""
    stranger = User.objects.create(first_name="X", email="x@ailleurs.fr")
    ticked = [str(people[0].pk), str(people[2].pk), str(stranger.pk), "not-a-key"]
    assert chosen("", selected=ticked) == {"Camille", "Inès"}
    assert chosen("?lettre=M", selected=ticked, every=["1"]) == {"Margaux", "Marc"}
    assert chosen("") == set()


FORMULAS = [
    "=1+1",
    "+33612345678",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "\u202f=1",
    "−1",
    "＝1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_in_an_export_is_a_formula(text: str) -> None:
    """R39."""
    assert guarded(text) == f"'{text}"
    assert guarded("Camille") == "Camille"
    assert guarded(-5) == -5


def body(response: HttpResponseBase) -> bytes:
    if response.streaming:
        return b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return bytes(response.content)  # type: ignore[attr-defined]


def export(kind: str, query: str = "") -> bytes:
    request = RequestFactory().get(f"/p?export={kind}{query}")
    response = PeoplePage(request).respond("unused.html")
    assert "attachment" in response["Content-Disposition"]
    return body(response)


def test_a_csv_holds_every_row_that_matches_and_no_formula(people: list[User]) -> None:
    """R39: all pages, the filters kept, amounts with a comma, ready for a French Excel."""
    people[0].first_name = "=HYPERLINK(1)"
    people[0].save()
    text = export("csv").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0] == ["Nom", "E-mail", "Cagnotte", "Depuis", "État"]
    assert len(rows) == 13
    assert all(row[2] == "1234,50" and row[4] == "Actif" for row in rows[1:])
    assert "'=HYPERLINK(1)" in {row[0] for row in rows}
    assert len(export("csv", "&vue=a").decode().splitlines()) == 2


def test_a_workbook_holds_numbers_as_numbers_and_no_formula(people: list[User]) -> None:
    """R39."""
    people[0].first_name = "=1+1"
    people[0].save()
    sheet = load_workbook(io.BytesIO(export("xlsx"))).active
    assert sheet is not None
    rows = list(sheet.iter_rows())
    assert len(rows) == 13
    assert all(cell.data_type != "f" for row in rows for cell in row)
    assert float(rows[1][2].value) == 1234.5  # type: ignore[arg-type]


def test_a_name_in_a_cell_is_text() -> None:
    """R34."""
    User.objects.create(first_name="<img src=x onerror=alert(1)>", email="1@liste.fr")
    assert "<img" not in show()


def test_a_list_asks_a_set_number_of_questions(
    people: list[User], django_assert_max_num_queries: Callable[..., Any]
) -> None:
    with django_assert_max_num_queries(6):
        show()
