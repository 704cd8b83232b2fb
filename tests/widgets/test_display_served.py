"""What the server says of widgets for operations: to whom, of what, and what it notes (PA-16)."""

import json
import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone

from kernel.ids import public_id, uuid7
from operations.models import OperationModule
from operations.sources import read as read_source
from tenants.context import enter
from tenants.models import Tenant
from tests.fixtures.operations import add_partner, make_module, make_operation
from tests.fixtures.tenants import TenantClient
from tests.widgets.displaying import SHOP, asks, make, shown
from tests.widgets.reports import NOW
from widgets.display import bundle, checking, services, sightings, targets
from widgets.display.rules import Rule
from widgets.models import Widget, WidgetSighting
from widgets.tracker.services import register_site


@pytest.fixture(autouse=True)
def fresh() -> None:
    cache.clear()


@pytest.fixture
def module(merchant: Tenant) -> OperationModule:
    """A module of an operation that runs today, on whose page a partner stands, too."""
    register_site(url=SHOP, now=NOW)
    now = timezone.now()
    made = make_module(
        make_operation(starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=9))
    )
    add_partner(made)
    return made


def test_the_script_of_all_forms_and_the_host_is_small_pinned_and_for_ever(
    merchant: Tenant,
) -> None:
    """At most 6 KB; R34, R35: no HTML is parsed, nothing evaluated."""
    packed = bundle.current()
    assert len(packed.gzip) <= 6 * 1024
    client = TenantClient(merchant)
    answer = client.get(f"/w/d1.{packed.digest}.js")
    assert answer.content == packed.body
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert client.get(f"/w/d1.{'0' * 16}.js").status_code == 404
    for sink in ("innerHTML", "outerHTML", "document.write", "eval(", "Function(", "cookie",
                 "insertAdjacent"):  # fmt: skip
        assert sink not in packed.body.decode()


def test_an_allowed_page_gets_the_widget_and_is_named(
    merchant: Tenant, module: OperationModule
) -> None:
    """The exact origin, the script with its hash, the module's page with its source."""
    widget = make(module)
    answer = asks(merchant)
    assert answer["Access-Control-Allow-Origin"] == SHOP
    assert "Origin" in answer["Vary"] and not answer.cookies
    [entry] = json.loads(answer.content)["widgets"]
    assert entry["integrity"] == bundle.current().integrity
    assert entry["src"] == f"/w/d1.{bundle.current().digest}.js"
    show = entry["show"]
    assert show["words"]["fr"]["title"] == "Un automne à la maison"
    assert show["words"]["en"]["title"] == "An autumn at home"
    assert show["words"]["fr"]["text"] == "Gagnez une lampe Halo."
    assert show["brands"][0][0] == "ML" and show["brands"][1][0] == "BN"
    address, _mark, part = show["url"].partition("#")
    assert part == f"part-{module.public_id}"
    query = parse_qs(urlsplit(address).query)
    assert query["etape"] == [module.public_id]
    source = read_source(query["s"][0])
    assert (source.kind, source.ref, source.partnership_id) == ("widget", widget.public_id, None)


@pytest.mark.parametrize(
    "origin",
    [None, "https://evil.example", "http://boutique-lumen.example", SHOP + ".evil.example", "null",
     "https://boutique-lumen.example:8443"],
)  # fmt: skip
def test_a_page_of_another_origin_gets_no_widget(
    merchant: Tenant, module: OperationModule, origin: str | None
) -> None:
    """R35: nothing of it, and the origin is never named."""
    make(module)
    answer = asks(merchant, origin)
    assert shown(answer) == [] and answer["Access-Control-Allow-Origin"] == "*"
    noted = set(WidgetSighting.objects.values_list("origin", "outcome"))
    assert noted <= {(origin, "origin")}


def test_another_merchants_widget_is_not_there(
    merchant: Tenant, other_merchant: Tenant, module: OperationModule
) -> None:
    """R23: its page, its report, its target."""
    with enter(other_merchant):
        foreign = make(make_module())
        theirs = public_id("mod", OperationModule.objects.get().id)
    assert shown(asks(merchant, i=foreign.public_id)) == []
    body = {"widget": foreign.public_id, "what": "shown", "path": "/"}
    known = make(module)
    answers = [
        TenantClient(merchant).post(
            "/w/d1", {**body, "widget": number}, content_type="application/json",
            headers={"origin": SHOP},
        )
        for number in (foreign.public_id, known.public_id)
    ]  # fmt: skip
    assert [a.content for a in answers] == [b'{"status": "received"}'] * 2
    assert set(WidgetSighting.objects.values_list("widget_id", flat=True)) == {known.id}
    with enter(other_merchant):
        assert not WidgetSighting.objects.exists()
    with pytest.raises(services.TargetError):
        make(target=theirs)
    assert Widget.objects.count() == 1


@pytest.mark.parametrize("why", ["paused", "ended", "over", "archived", "draft", "planned", "gone"])
def test_what_is_not_on_is_not_shown_nor_noted(
    merchant: Tenant, module: OperationModule, why: str
) -> None:
    """An operation that ended takes its widgets off every site."""
    widget, now = make(module), timezone.now()
    operation = module.operation
    if why == "paused":
        services.switch(widget_id=widget.id, active=False, now=now)
    elif why == "gone":
        OperationModule.objects.filter(id=module.id).update(removed_at=now)
    elif why == "over":
        operation.ends_at = now - timedelta(seconds=1)
    elif why == "archived":
        operation.archived_at = now
    elif why == "planned":
        operation.starts_at = now + timedelta(days=1)
    else:
        operation.state = why
    operation.save()
    assert shown(asks(merchant)) == []
    assert not WidgetSighting.objects.exists()


def test_a_page_outside_the_rule_and_one_without_the_spot_are_noted(
    merchant: Tenant, module: OperationModule
) -> None:
    """PA-16: what is wrong can be said."""
    ruled = make(module, rule=Rule(pages=("/cafes/*",)))
    inline = make(module, form="inline")
    assert shown(asks(merchant, path="/paniers")) == []
    assert set(WidgetSighting.objects.values_list("widget_id", "outcome", "path")) == {
        (ruled.id, "rule", "/paniers"),
        (inline.id, "spot", "/paniers"),
    }
    found = shown(asks(merchant, path="/cafes/sidama", i=inline.public_id))
    assert [one["id"] for one in found] == [ruled.public_id, inline.public_id]


def test_a_script_that_does_not_say_where_it_stands_gets_none(
    merchant: Tenant, module: OperationModule
) -> None:
    make(module)
    for path in ("", "cafes", "//"):
        assert len(shown(asks(merchant, path=path))) == (1 if path == "//" else 0)


def test_sightings_stay_few_whatever_pages_ask(
    merchant: Tenant, module: OperationModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bounded number of rows, once a minute each; what looks like a person is left out (D9)."""
    monkeypatch.setattr(sightings, "MOST_PAGES", 3)
    widget = make(module)
    for number in range(8):
        asks(merchant, path=f"/page-{number}")
        asks(merchant, f"https://stranger-{number}.example")
    rows = WidgetSighting.objects.filter(widget=widget)
    assert rows.filter(outcome="origin").count() <= sightings.MOST_STRANGERS
    assert rows.filter(outcome="shown").exclude(place="").count() <= 3
    assert rows.get(outcome="shown", place="").path == "/page-7"
    assert (
        sightings.tidy("/compte/lea%40exemple.fr/commande/20418831?x=1") == "/compte/…/commande/…"
    )


def test_a_forgotten_site_is_told_of_whatever_others_made_up(
    merchant: Tenant, module: OperationModule
) -> None:
    """PA-16: it takes the place of the stranger seen longest ago; after a week it is forgotten."""
    widget, forgotten = make(module), "https://blog-lumen.example"
    for origin in (*(f"https://made-up-{number}.example" for number in range(5)), forgotten):
        asks(merchant, origin)
    strangers = WidgetSighting.objects.filter(outcome="origin").order_by("last_seen_at")
    assert list(strangers.values_list("origin", flat=True)) == [
        *(f"https://made-up-{number}.example" for number in range(1, 5)), forgotten,
    ]  # fmt: skip
    now = timezone.now()
    target = targets.of([widget], now=now)[widget.id]
    seen = checking.check(widget=widget, target=target, now=now).seen
    assert seen is not None and seen.origin == forgotten
    later = now + timedelta(days=7)
    assert checking.check(widget=widget, target=target, now=later).seen is None


def test_a_flood_of_strangers_is_not_looked_at(
    merchant: Tenant, module: OperationModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A header is easily made up: past a number a minute nothing of it is noted."""
    monkeypatch.setitem(sightings._MOST_A_MINUTE, "stranger", 2)
    make(module)
    for number in range(4):
        asks(merchant, f"https://stranger-{number}.example")
    assert WidgetSighting.objects.filter(outcome="origin").count() == 2


def report(tenant: Tenant, body: object, origin: str = SHOP) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return TenantClient(tenant).post(
        "/w/d1", raw, content_type="text/plain;charset=UTF-8", headers={"origin": origin}
    )


def test_reports_are_counted_and_name_nobody(merchant: Tenant, module: OperationModule) -> None:
    widget = make(module)
    for what in ("shown", "shown", "opened", "followed"):
        answer = report(merchant, {"widget": widget.public_id, "what": what, "path": "/cafes"})
        assert answer.status_code == 202 and answer["Access-Control-Allow-Origin"] == SHOP
    [row] = WidgetSighting.objects.all()
    assert (row.hits, row.opened, row.followed, row.place) == (2, 1, 1, "/cafes")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", {}, {"widget": "wdg_1"}, {"widget": 1, "what": "shown", "path": "/"},
     {"widget": "x", "what": "deleted", "path": "/"}, {"widget": "x", "what": "shown", "path": "x"},
     {"widget": "x", "what": "shown", "path": "/\u0000"},
     {"widget": "x", "what": "shown", "path": "/", "more": 1}],
)  # fmt: skip
def test_a_report_that_makes_no_sense_is_refused(
    merchant: Tenant, module: OperationModule, body: object
) -> None:
    assert report(merchant, body).status_code == 400
    assert report(merchant, body, "https://evil.example").status_code == 403
    assert not WidgetSighting.objects.exists()


def test_an_unknown_widget_is_answered_as_any_other(
    merchant: Tenant, module: OperationModule
) -> None:
    """R33."""
    body = {"widget": "wdg_01jd0000000000000000000000", "what": "shown", "path": "/"}
    assert report(merchant, body).status_code == 202
    assert not WidgetSighting.objects.exists()


def test_the_same_form_twice_makes_one_widget(merchant: Tenant, module: OperationModule) -> None:
    """R3."""
    number = uuid7()
    make(module, widget_id=number)
    make(module, widget_id=number, name="Automne, encore")
    assert [row.name for row in Widget.objects.all()] == ["Automne, encore"]


def test_a_widget_leads_to_one_module_and_no_other(
    merchant: Tenant, module: OperationModule
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Widget.objects.create(name="x", form="tab", created_at=NOW, changed_at=NOW)
    for target in ("", "mod_1", "rop_1:mod_1", public_id("mod", uuid.uuid4())):
        with pytest.raises(services.TargetError):
            make(target=target)
    assert not Widget.objects.exists()
