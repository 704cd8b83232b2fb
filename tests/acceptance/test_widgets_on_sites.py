"""PA-13 and PA-16 in a real browser: two brands, each on a site of its own, and the product."""

import html as entities
import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from tenants import lookup
from tenants.models import Tenant
from tests.acceptance.conftest import words
from tests.acceptance.sites import Site
from tests.acceptance.town import Town, two_brands  # noqa: F401  the fixture
from tests.fixtures.tenants import TenantClient, host_of

pytestmark = pytest.mark.browser


def read(client: TenantClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def make(client: TenantClient, **fields: str) -> str:
    """Fill in and send the form of a new widget; the path of its page."""
    html = read(client, "/widgets/ajouter")
    key = re.search(r'name="key" value="([^"]+)"', html)
    target = re.search(r'<option value="((?:rop_\w+:)?mod_\w+)"', html)
    assert key and target, words(html)
    form = {
        "key": key[1], "target": target[1], "name": "Automne", "form": "popup", "side": "right",
        "when": "now", "delay": "5", "scroll": "50", "keep": "7", "active": "on", **fields,
    }  # fmt: skip
    answer = client.post("/widgets/ajouter", form)
    assert answer.status_code == 302, words(answer.content.decode())
    return str(answer["Location"])


def lines(client: TenantClient, widget: str) -> list[str]:
    """What is copied from the page: the display code, and an inline widget's spot."""
    copied = re.findall(r'data-copy="([^"]+)"', read(client, widget))
    return [entities.unescape(one) for one in copied]


def place(town: Town, widget: str) -> None:
    """Nora pastes the code into her site."""
    code, *more = lines(town.nora, widget)
    assert "\n" not in code
    town.site.head = code
    town.site.inside = next((one for one in more if one.startswith("<div")), "")


def test_pa13_the_minors_widget_leads_to_the_module_and_counts_as_its_source_on_both_sides(
    town: Town, new_page: Callable[..., Page]
) -> None:
    """PA-13, PA-15: made in the minor's back office, shown on its own site under a strict policy,
    followed to the major's page; who takes part there came by the minor's widget for both."""
    assert "Créez votre premier widget" in words(read(town.nora, "/widgets"))
    widget = make(town.nora, title_fr="Gagnez une <b>lampe</b> Halo", action_fr="Participer")
    place(town, widget)
    page = new_page()
    page.goto(town.site.url)
    panel = page.get_by_role("dialog", name="Gagnez une <b>lampe</b> Halo")
    with page.context.expect_page() as opened:
        panel.get_by_role("link", name="Participer").click()
    there = opened.value
    expect(there).to_have_url(re.compile(rf"^http://{host_of(town.major)}.*/o/.*\?s="))
    there.get_by_label("Prénom").fill("Thomas")
    there.get_by_label("Adresse e-mail").fill("thomas@exemple.fr")
    there.wait_for_timeout(2200)  # nobody fills in a form within two seconds
    there.get_by_role("button", name="Participer").click()
    expect(there).to_have_url(re.compile("/envoyee/"))
    assert page.evaluate("broken") == [] and page.troubles == []  # type: ignore[attr-defined]
    town.deliver()
    brand = town.minor.name
    operation = town.module.operation.public_id
    assert f"Widget {brand}" in words(read(town.claire, f"/operations/{operation}/resultats"))
    received = re.search(r"/operations/recues/rop_\w+", read(town.nora, "/operations/recues"))
    assert received
    assert f"Widget {brand}" in words(read(town.nora, received[0]))
    figures = re.findall(r'figure-value">([^<]+)<', read(town.nora, widget))
    assert figures == ["1", "0", "1", "1"]  # shown, opened by hand, followed, took part
    assert ">Créer un widget<" in read(town.nora, received[0])


def test_pa13_the_major_has_widgets_of_its_own(town: Town, new_page: Callable[..., Page]) -> None:
    """The same pages, and a source that is the major's."""
    Tenant.objects.filter(id=town.major.id).update(site_url=town.site.url)
    lookup.forget_hosts([host_of(town.major)])
    widget = make(town.claire, form="tab", label_fr="Gagnez une lampe")
    [code] = [one for one in lines(town.claire, widget) if one.startswith("<script src")]
    assert f"http://{host_of(town.major)}" in code
    answer = TenantClient(town.major).get(
        "/w/widgets.json", {"p": "/"}, headers={"origin": town.site.url}
    )
    [entry] = answer.json()["widgets"]
    page = new_page()
    page.goto(entry["show"]["url"])
    page.get_by_label("Prénom").fill("Zoé")
    page.get_by_label("Adresse e-mail").fill("zoe@exemple.fr")
    page.wait_for_timeout(2200)
    page.get_by_role("button", name="Participer").click()
    expect(page).to_have_url(re.compile("/envoyee/"))
    told = words(read(town.claire, f"/operations/{town.module.operation.public_id}/resultats"))
    assert f"Widget {town.major.name}" in told
    assert re.findall(r'figure-value">([^<]+)<', read(town.claire, widget))[3] == "1"


def test_pa16_the_code_is_given_explained_and_found_in_place_or_what_is_wrong_is_said(
    town: Town, new_page: Callable[..., Page]
) -> None:
    """PA-16: one line; never seen, on another site, beside the rule, without its spot, paused."""
    widget = make(town.nora, form="inline", pages="/cafes/*")
    told = words(read(town.nora, widget))
    assert "Pas encore vu" in told and "Le code n’a encore été vu sur aucune page" in told
    for kind in ("WordPress", "Shopify", "PrestaShop", "Google Tag Manager", "HTML"):
        assert kind in told
    place(town, widget)
    spot, town.site.inside = town.site.inside, ""
    page = new_page()

    def visit(path: str, page: Page = page) -> str:
        cache.clear()  # a page is noted once a minute
        with page.expect_response(re.compile(r"/w/widgets\.json")) as asked:
            page.goto(town.site.url + path)
        assert asked.value.status == 200
        page.wait_for_timeout(300)
        return words(read(town.nora, widget))

    stranger = Site("ailleurs.localhost", f"http://{host_of(town.minor)}:{_port(town)}")
    stranger.head = town.site.head
    try:
        own, town.site = town.site, stranger
        assert f"vu sur {stranger.url}, qui n’est pas une adresse autorisée" in visit("/cafes/a")
        expect(page.locator("[data-ricochet-widget]")).to_have_count(0)
        town.site = own
    finally:
        stranger.stop()
    assert "cette adresse ne suit pas la règle : /cafes/*" in visit("/paniers")
    assert "mais l’emplacement du widget n’y est pas" in visit("/cafes/sidama")
    town.site.inside = spot
    told = visit("/cafes/sidama")
    expect(page.get_by_role("region")).to_be_visible()
    assert "En place" in told and f"{town.site.url}/cafes/sidama" in told
    assert "1 affichage" in words(read(town.nora, widget))
    town.nora.post(f"{widget}/activite")
    later = new_page()
    assert "Le widget est en pause" in visit("/cafes/sidama", later)
    expect(later.locator("[data-ricochet-widget]")).to_have_count(0)
    assert page.evaluate("broken") == []


def test_pa16_an_inline_widget_keeps_its_place_and_a_site_outlives_our_server(
    town: Town, new_page: Callable[..., Page]
) -> None:
    """S1, S9: nothing moves when it comes; with our server down the page is as it was."""
    widget = make(town.nora, form="inline", text_fr="Un tirage gratuit, sans obligation d’achat.")
    place(town, widget)
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(town.site.url)
    region = page.get_by_role("region")
    expect(region).to_be_visible()
    after = page.get_by_text("Après").bounding_box()
    shift = page.evaluate(
        """() => new Promise((done) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const e of list.getEntries()) sum += e.value;
          }).observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => done(sum), 300);
        })"""
    )
    assert shift == 0
    town.stop_product()
    page.goto(town.site.url)
    expect(page.get_by_role("heading", name="Nos cafés")).to_be_visible()
    assert page.get_by_text("Après").bounding_box() == after
    assert page.evaluate("broken") == []


def test_an_operation_that_ended_takes_its_widget_off_the_site(
    town: Town, new_page: Callable[..., Page]
) -> None:
    """PA-13: at once, and the minor reads why."""
    widget = make(town.nora)
    place(town, widget)
    answer = town.claire.post(f"/operations/{town.module.operation.public_id}/terminer")
    assert answer.status_code == 302
    town.deliver()
    page = new_page()
    with page.expect_response(re.compile(r"/w/widgets\.json")) as asked:
        page.goto(town.site.url)
    assert asked.value.json() == {"widgets": []}
    assert "L’opération est terminée : le widget ne s’affiche plus." in words(
        read(town.nora, widget)
    )


def _port(town: Town) -> int:
    found = re.search(r":(\d+)/w/", town.site.head)
    assert found
    return int(found[1])
