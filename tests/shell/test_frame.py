"""The frame: menu, search, undo, theme and language."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from pytest_django import Settings

from shell import menu, search, undo
from shell.menu import MenuGroup, MenuItem
from shell.search import Hit
from shell.templatetags.shell import toast
from tenants.models import Tenant
from tests.fixtures.tenants import TenantClient


def groups(request: HttpRequest) -> list[MenuGroup]:
    return [
        MenuGroup([MenuItem("Accueil", url="/"), MenuItem("Clients", url="/clients")]),
        MenuGroup([MenuItem("Nulle part", "no:such-page")], "Vide"),
        MenuGroup(
            [MenuItem("Réglages", url="/reglages"), MenuItem("Équipe", url="/reglages/equipe")]
        ),
    ]


def found(request: HttpRequest, query: str) -> list[Hit]:
    return [Hit(f"Client {query}", "", "/c")]


def broken(request: HttpRequest, query: str) -> list[Hit]:
    raise RuntimeError


def request_of(path: str, *, user: Any = None, tenant: Any = None, data: Any = None) -> HttpRequest:
    made = RequestFactory().post(path, data) if data else RequestFactory().get(path)
    made.user = user or AnonymousUser()
    made.tenant = tenant  # type: ignore[attr-defined]
    made.session = {}  # type: ignore[assignment]
    made._messages = FallbackStorage(made)  # type: ignore[attr-defined]
    return made


@pytest.mark.parametrize(
    ("path", "current"),
    [("/", "Accueil"), ("/clients/cus_1", "Clients"), ("/reglages/equipe", "Équipe"),
     ("/reglages/cles", "Réglages"), ("/clientsx", None)],
)  # fmt: skip
def test_the_current_item_is_the_closest_one(
    settings: Settings, path: str, current: str | None
) -> None:
    settings.SHELL_MENU = f"{__name__}.groups"
    built = menu.build(request_of(path))
    assert [i.label for g in built for i in g.items if i.current] == ([current] if current else [])


def test_a_page_that_does_not_exist_is_left_out_with_its_empty_group(settings: Settings) -> None:
    settings.SHELL_MENU = f"{__name__}.groups"
    assert [g.label for g in menu.build(request_of("/"))] == ["", ""]


def test_the_search_finds_pages_without_accents_and_survives_a_provider(settings: Settings) -> None:
    """B18."""
    settings.SHELL_MENU = f"{__name__}.groups"
    settings.SHELL_SEARCH = [f"{__name__}.broken", f"{__name__}.found"]
    hits = search.find(request_of("/"), "equi")
    assert [hit.label for hit in hits] == ["Équipe", "Client equi"]


CLAIRE, OTHER = (
    SimpleNamespace(pk=1, is_authenticated=True),
    SimpleNamespace(pk=2, is_authenticated=True),
)
LUMEN, MARIN = SimpleNamespace(pk="a"), SimpleNamespace(pk="b")


def offered(**about: Any) -> str:
    request = request_of("/x", user=CLAIRE, tenant=LUMEN)
    undo.offer(request, "Parrainage refusé", url="/undo", purpose="p", payload={"id": "1"}, **about)
    [message] = request._messages  # type: ignore[attr-defined]
    shown = toast(message)
    assert shown["text"] == "Parrainage refusé"
    assert shown["undo"]["seconds"] >= 10
    return str(shown["undo"]["token"])


def test_undo_gives_back_what_was_done() -> None:
    """B8: at least ten seconds."""
    token = offered(seconds=3)
    request = request_of("/undo", user=CLAIRE, tenant=LUMEN, data={"undo": token})
    assert undo.take(request, purpose="p") == {"id": "1"}


@pytest.mark.parametrize(
    ("user", "tenant", "purpose"), [(OTHER, LUMEN, "p"), (CLAIRE, MARIN, "p"), (CLAIRE, LUMEN, "q")]
)
def test_undo_is_for_one_person_one_tenant_and_one_purpose(
    user: Any, tenant: Any, purpose: str
) -> None:
    """R24."""
    request = request_of("/undo", user=user, tenant=tenant, data={"undo": offered()})
    with pytest.raises(undo.UndoExpiredError):
        undo.take(request, purpose=purpose)


def test_undo_ends(time_machine: Any) -> None:
    time_machine.move_to("2026-11-21T18:00:00Z", tick=False)
    token = offered()
    time_machine.shift(60)
    request = request_of("/undo", user=CLAIRE, tenant=LUMEN, data={"undo": token})
    with pytest.raises(undo.UndoExpiredError):
        undo.take(request, purpose="p")


def test_brand_colours_reach_the_page_with_the_nonce_and_nothing_else_does() -> None:
    """R34: whatever is stored, only `#rrggbb` is written."""
    request = request_of("/")
    request.csp_nonce = "abc"  # type: ignore[attr-defined]
    request.tenant = SimpleNamespace(  # type: ignore[attr-defined]
        brand_color="#E5A83B",
        brand_tokens={"brand": "#e5a83b", "brand_ink": "red}</style><script>",
                      "text_light": "#855600", "text_dark": "#f0be62"},
        modules=[],
        entitlements={},
    )  # fmt: skip
    html = engines["django"].from_string("{% brand_style %}").render({}, request)
    assert html == (
        '<style nonce="abc">:root{--brand:#e5a83b;--brand-text:light-dark(#855600,#f0be62)}</style>'
    )


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""]
)
def test_a_preference_never_leads_elsewhere(
    client_for: Callable[..., TenantClient], merchant: Tenant, target: str
) -> None:
    """R31."""
    response = client_for(merchant).post("/apparence", {"theme": "dark", "next": target})
    assert response["Location"] == "/"


def test_theme_and_language_are_remembered(
    client_for: Callable[..., TenantClient], merchant: Tenant
) -> None:
    """B11."""
    client = client_for(merchant)
    response = client.post("/apparence", {"theme": "dark", "next": "/_components"})
    assert response["Location"] == "/_components"
    html = client.get("/_components").content.decode()
    assert 'data-theme="dark"' in html
    client.post("/langue", {"language": "en"})
    assert '<html lang="en"' in client.get("/_components").content.decode()


def test_the_components_page_is_not_served_in_production(
    client_for: Callable[..., TenantClient], merchant: Tenant, settings: Settings
) -> None:
    settings.SHELL_COMPONENTS = False
    assert client_for(merchant).get("/_components").status_code == 404


def test_the_search_is_for_people_who_are_logged_in(
    client_for: Callable[..., TenantClient], merchant: Tenant
) -> None:
    """R23."""
    assert client_for(merchant).get("/search?q=camille").status_code == 404
