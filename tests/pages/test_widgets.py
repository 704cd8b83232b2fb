"""Widgets: the list, one widget's page, its editor and its preview."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from operations.models import Operation, OperationModule
from tenants.models import Tenant
from tests.fixtures.operations import make_module, make_operation
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import text_of
from widgets.display import services
from widgets.models import Site, Widget
from widgets.tracker.services import register_site

FORM = {
    "name": "Automne",
    "form": "popup",
    "side": "right",
    "when": "now",
    "delay": "",
    "scroll": "",
    "keep": "7",
    "active": "on",
}


@pytest.fixture
def module(merchant: Tenant) -> OperationModule:
    now = timezone.now()
    return make_module(
        make_operation(starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=9))
    )


def new(claire: TenantClient, module: OperationModule, **fields: str) -> dict[str, str]:
    """The fields of the form that makes a widget, its hidden key among them."""
    html = claire.get("/widgets/ajouter").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', html)
    assert key
    return {**FORM, "key": key[1], "target": module.public_id, **fields}


def made(claire: TenantClient, module: OperationModule, **fields: str) -> Widget:
    answer = claire.post("/widgets/ajouter", new(claire, module, **fields))
    assert answer.status_code == 302, text_of(answer)
    return Widget.objects.get()


def test_without_an_operation_there_is_nothing_to_show(claire: TenantClient) -> None:
    """B1: never used, with the one step that helps; and a widget needs an operation."""
    assert "Créez votre premier widget" in text_of(claire.get("/widgets"))
    assert "Aucune opération à montrer" in text_of(claire.get("/widgets/ajouter"))


def test_a_widget_is_made_found_changed_paused_copied_and_deleted(
    claire: TenantClient, module: OperationModule
) -> None:
    widget = made(claire, module, title_fr="Gagnez une lampe", pages="/cafes/*\n/", when="delay",
                  delay="5")  # fmt: skip
    assert widget.rule == {
        "pages": ["/cafes/*", "/"], "when": "delay", "after": 5, "keep": 7, "side": "right",
    }  # fmt: skip
    page = f"/widgets/{widget.public_id}"
    assert "Automne" in text_of(claire.get("/widgets?q=autom"))
    assert "Effacer" in text_of(claire.get("/widgets?q=hiver"))
    assert "Fenêtre, mène à Un automne à la maison" in text_of(claire.get(page))
    edited = claire.get(f"{page}/modifier").content.decode()
    assert 'value="Gagnez une lampe"' in edited and "/cafes/*\n/</textarea>" in edited
    claire.post(f"{page}/modifier", new(claire, module, name="Hiver", color="#E5A83B",
                                        own_color="on"))  # fmt: skip
    widget.refresh_from_db()
    assert (widget.name, widget.color, Widget.objects.count()) == ("Hiver", "#E5A83B", 1)
    for _twice in range(2):
        claire.post(f"{page}/activite")
    widget.refresh_from_db()
    assert not widget.active
    assert "Le widget est en pause" in text_of(claire.get(page))
    claire.post(f"{page}/dupliquer")
    copy = Widget.objects.exclude(id=widget.id).get()
    assert (copy.name, copy.active, copy.color) == ("Hiver (copie)", False, "#E5A83B")
    claire.post(f"{page}/supprimer")
    assert claire.get(page).status_code == 404
    assert [row.id for row in Widget.objects.all()] == [copy.id]


def test_the_form_sent_twice_makes_one(claire: TenantClient, module: OperationModule) -> None:
    """B9, R3."""
    fields = new(claire, module)
    assert [claire.post("/widgets/ajouter", fields).status_code for _twice in range(2)] == [302] * 2
    assert Widget.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "Donnez un nom au widget."),
        ({"target": "mod_00000000000000000000000000"}, "Choisissez l’opération"),
        ({"target": "<script>"}, "Choisissez l’opération"),
        ({"form": "banner"}, "Choisissez une des possibilités"),
        ({"title_fr": "x" * 71}, "70"),
        ({"pages": "cafes"}, "Écrivez chaque adresse depuis la barre oblique"),
        ({"pages": "https://[exemple"}, "Écrivez chaque adresse depuis la barre oblique"),
        ({"when": "delay", "delay": ""}, "Indiquez un nombre, par exemple 5."),
        ({"when": "scroll", "scroll": "101"}, "Indiquez une valeur entre 1 % et 100 %"),
        ({"own_color": "on", "color": "red"}, "Écrivez un dièse"),
        ({"keep": "365"}, "Choisissez une des possibilités"),
    ],
)
def test_what_cannot_be_is_said_and_everything_typed_stays(
    claire: TenantClient, module: OperationModule, fields: dict[str, str], said: str
) -> None:
    """B2, B4: and no widget is made."""
    sent = new(claire, module, text_fr="Un <b>tirage</b>", **fields)
    answer = claire.post("/widgets/ajouter", sent)
    assert answer.status_code == 422
    assert said in re.sub("[\u00a0\u202f]", " ", text_of(answer))
    assert "Un &lt;b&gt;tirage&lt;/b&gt;" in answer.content.decode()
    assert not Widget.objects.exists()


def test_there_are_a_hundred_at_most(
    claire: TenantClient, module: OperationModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    widget = made(claire, module)
    monkeypatch.setattr(services, "MOST", 1)
    assert "Vous avez atteint 100 widgets" in text_of(
        claire.post("/widgets/ajouter", new(claire, module))
    )
    claire.post(f"/widgets/{widget.public_id}/dupliquer")
    assert Widget.objects.count() == 1


def test_the_code_needs_an_allowed_site_first(
    claire: TenantClient, module: OperationModule, merchant: Tenant
) -> None:
    widget = made(claire, module)
    page = f"/widgets/{widget.public_id}"
    assert "Indiquez d’abord l’adresse de votre site" in text_of(claire.get(page))
    Site.objects.create(origin="https://boutique-lumen.example")
    told = claire.get(page).content.decode()
    assert told.count("data-key=&quot;pk_live_") >= 2 and "integrity=&quot;sha384-" in told
    [line] = re.findall(r'data-copy="(&lt;script src=[^"]+)"', told)
    assert f'data-copy="{line}"' in claire.get("/reglages/site").content.decode()


def test_the_preview_is_the_true_script_and_nothing_runs_in_it(
    claire: TenantClient, module: OperationModule
) -> None:
    """R34: what is typed is data in an attribute; only our own pages may frame it."""
    evil = '"><script>alert(1)</script>'
    answer = claire.get(
        "/widgets/apercu",
        {"target": module.public_id, "form": "inline", "title_fr": evil, "color": evil},
    )
    html = answer.content.decode()
    assert "<script>alert" not in html and "data-show=" in html and "integrity=" in html
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert "&quot;told&quot;: &quot;&quot;" in html
    assert not Widget.objects.exists()


def test_who_may_only_look_changes_nothing(
    claire: TenantClient, louis: TenantClient, module: OperationModule
) -> None:
    widget = made(claire, module)
    page = f"/widgets/{widget.public_id}"
    assert louis.get(page).status_code == 200
    assert "Supprimer" not in text_of(louis.get(page))
    assert "Créer un widget" not in text_of(louis.get("/widgets"))
    for path in ("modifier", "activite", "dupliquer", "supprimer"):
        assert louis.post(f"{page}/{path}").status_code == 403
    assert Widget.objects.get().active


def test_a_widget_of_what_ended_keeps_its_page_and_can_be_led_elsewhere(
    claire: TenantClient, module: OperationModule
) -> None:
    widget = made(claire, module)
    operation = module.operation
    operation.state = "ended"
    operation.save()
    page = f"/widgets/{widget.public_id}"
    assert "L’opération est terminée" in text_of(claire.get(page))
    assert "Opération terminée" in text_of(claire.get("/widgets"))
    assert f'value="{module.public_id}" selected' in claire.get(f"{page}/modifier").content.decode()


def test_a_widgets_state_is_one_word_on_every_page(
    claire: TenantClient, module: OperationModule
) -> None:
    """The list and the widget's own page: never seen, paused, and what its operation is."""
    widget = made(claire, module)
    register_site(url="https://maison-lumen.example", now=timezone.now())

    def said() -> set[str]:
        pages = [claire.get(path).content.decode() for path in ("/widgets", address)]
        badge = re.compile(r'<span class="badge[^>]*>.*?<span>([^<]+)</span>', re.DOTALL)
        return {found[1] for page in pages if (found := badge.search(page))}

    address = f"/widgets/{widget.public_id}"
    assert said() == {"Pas encore vu"}
    services.switch(widget_id=widget.id, active=False, now=timezone.now())
    assert said() == {"En pause"}
    services.switch(widget_id=widget.id, active=True, now=timezone.now())
    Site.objects.all().delete()
    assert said() == {"Site à indiquer"}
    Operation.objects.update(state="ended")
    assert said() == {"Opération terminée"}
