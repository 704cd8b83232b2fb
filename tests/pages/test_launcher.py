"""Réglages › Boutique et marque: what the script puts forward on the shop."""

from django.utils import timezone

from tenants.models import Tenant
from tenants.programme.models import ProgrammeVersion
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import text_of
from widgets.models import ShopWidget
from widgets.shown.selectors import shown

FORM = {"active": "on", "label": "", "title": "", "text": "", "action": "", "side": "right"}


def test_the_merchant_switches_it_on_and_writes_its_words(
    claire: TenantClient,
    merchant: Tenant,
    rules: ProgrammeVersion,
) -> None:
    page = claire.get("/reglages/site")
    assert 'placeholder="Parrainez, gagnez 8,00\u00a0€"' in page.content.decode()
    answer = claire.post("/reglages/site/mise-en-avant", {**FORM, "title": " Un  geste "})
    assert answer.status_code == 302
    [entry] = shown(tenant=merchant, now=timezone.now())
    assert entry["show"]["title"] == "Un geste"
    assert "proposé sur la boutique" in text_of(claire.get("/reglages/site"))
    claire.post("/reglages/site/mise-en-avant", {**FORM, "active": "", "title": "Un geste"})
    assert shown(tenant=merchant, now=timezone.now()) == []
    assert ShopWidget.objects.get().words["title"] == "Un geste"


def test_a_text_that_is_too_long_is_said_and_everything_typed_stays(
    claire: TenantClient,
    merchant: Tenant,
) -> None:
    """B2."""
    answer = claire.post("/reglages/site/mise-en-avant", {**FORM, "label": "x" * 41, "text": "Oui"})
    html = answer.content.decode()
    assert answer.status_code == 422 and "<title>Erreur" in html
    assert "x" * 41 in html and ">Oui</textarea>" in html.replace("\n", "")
    assert not ShopWidget.objects.exists()


def test_who_may_only_look_does_not_change_it(
    louis: TenantClient,
    merchant: Tenant,
) -> None:
    assert louis.post("/reglages/site/mise-en-avant", FORM).status_code == 403
    assert "Mise en avant" not in text_of(louis.get("/reglages/site"))
    assert not ShopWidget.objects.exists()
