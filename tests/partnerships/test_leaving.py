"""Wherever a partner ends something or goes on to a plan: what happens is said before and after."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from django.conf import settings

from accounts.models import User
from operations.models import ReceivedOperation
from operations.telling import changed
from partnerships.models import Partnership
from tenants import lookup
from tenants.context import enter
from tenants.models import Tenant
from tests.fixtures.operations import make_operation
from tests.fixtures.sharing import shared_module
from tests.fixtures.tenants import TenantClient, host_of
from tests.partnerships.conftest import NOW, PASSWORD, accept, deliver, nora_joins, office_of
from tests.partnerships.test_first_page import html

Invite = Callable[..., Partnership]


@pytest.fixture(autouse=True)
def clock(quick: None) -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def proposed(invite_noe: Invite, merchant: Tenant, claire: User) -> Partnership:
    row = accept(invite_noe(), merchant, claire)
    with enter(merchant):
        module = shared_module(row, operation=make_operation())
        changed(operation_id=module.operation_id, now=NOW)
    deliver(merchant, office_of(row))
    return row


@pytest.fixture
def nora(proposed: Partnership, now: datetime) -> TenantClient:
    owner, office = nora_joins(proposed, now), office_of(proposed)
    lookup.forget_hosts([host_of(office)])
    client = TenantClient(office)
    client.post("/connexion", {"email": owner.email, "password": PASSWORD})
    return client


def operation_page(nora: TenantClient, row: Partnership) -> str:
    with enter(office_of(row)):
        operation = ReceivedOperation.objects.get()
    return html(nora.get(f"/operations/recues/{operation.public_id}"))


def test_declining_says_that_nothing_was_shared_and_that_the_office_stays(
    proposed: Partnership, nora: TenantClient
) -> None:
    path = f"/partenariats/{proposed.public_id}"
    before = html(nora.get(f"{path}/fin"))
    assert "Rien n’a été partagé, et rien ne le sera." in before
    assert "Votre espace reste ouvert, sans frais" in before
    after = html(nora.post(f"{path}/fin", follow=True))
    assert "Proposition de Maison Lumen refusée. Rien n’a été partagé." in after
    assert "Votre espace reste ouvert, sans frais." in after
    assert "n’a pas commencé : rien n’a été partagé" in operation_page(nora, proposed)


def test_ending_says_what_becomes_of_boxes_widgets_and_data(
    proposed: Partnership, nora: TenantClient, claire: User
) -> None:
    accept(proposed, office_of(proposed), claire)
    path = f"/partenariats/{proposed.public_id}"
    before = html(nora.get(f"{path}/fin"))
    for words in ("Votre case disparaît", "widgets qui y mènent ne s’affichent plus", "exporter"):
        assert words in before
    after = html(nora.post(f"{path}/fin", follow=True))
    assert "Ce que vous avez reçu reste ici." in after
    assert "les retraits d’accord continuent d’y arriver" in after
    assert "Ce que vous avez reçu reste à vous" in operation_page(nora, proposed)


def test_a_plan_is_asked_about_first_with_its_end_and_a_way_back(
    proposed: Partnership, nora: TenantClient
) -> None:
    """B8: nothing begins by a look; the page names the day, the price of it and the way out."""
    page = html(nora.get("/offre"))
    assert (
        'href="/offre/passer?plan=starter"' in page
        and '<form method="post" action="/offre' not in page
    )
    asked = html(nora.get("/offre/passer?plan=starter"))
    assert "Essayer Starter ?" in asked and 'name="plan" value="starter"' in asked
    assert "jusqu’au 1er avr. 2026" in asked and "rien n’est débité" in asked
    assert "vos opérations partenaires continuent, sans frais" in asked
    assert settings.OPERATOR["contact"] in asked
    assert 'href="/offre"' in asked and "Garder mon espace partenaire" in asked
    assert office_of(proposed).partner_only
    assert "est complet" in html(nora.post("/offre/passer", {"plan": "starter"}, follow=True))
    assert not office_of(proposed).partner_only


def test_settings_say_how_to_leave_altogether(nora: TenantClient) -> None:
    page = html(nora.get("/reglages"))
    assert 'href="/operations/exports"' in page and "effacé sous 30 jours" in page
