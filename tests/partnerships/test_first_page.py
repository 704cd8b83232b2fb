"""Where a partner's own back office opens: one thing to do at a time, then the results."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import Invitation, Role, User
from accounts.services import create_member
from accounts.services.invitations import invite
from accounts.tokens import token_for
from operations.models import OperationModule, ReceivedOperation
from operations.received import following
from operations.telling import changed
from partnerships.models import Partnership
from tenants import lookup
from tenants.context import enter
from tenants.models import Tenant
from tests.fixtures.operations import make_operation
from tests.fixtures.sharing import shared_module
from tests.fixtures.tenants import TenantClient
from tests.partnerships.conftest import NOW, PASSWORD, accept, deliver, office_of
from widgets.display.models import Outcome, Widget, WidgetSighting

Invite = Callable[..., Partnership]


@pytest.fixture(autouse=True)
def clock(quick: None) -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def proposed(invite_noe: Invite, merchant: Tenant, claire: User) -> Partnership:
    """Claire has given her word already, and Noé's back office is there."""
    return accept(invite_noe(), merchant, claire)


@pytest.fixture
def module(proposed: Partnership, merchant: Tenant) -> OperationModule:
    """An operation that begins in a week, and of which Noé was told."""
    now = timezone.now()
    with enter(merchant):
        operation = make_operation(
            starts_at=now + timedelta(days=7), ends_at=now + timedelta(days=20)
        )
        made = shared_module(proposed, operation=operation)
        changed(operation_id=operation.id, now=now)
    deliver(merchant, office_of(proposed))
    return made


def arrive(row: Partnership) -> TenantClient:
    """Nora follows her link and sets a password; the browser stands on the page after."""
    office = office_of(row)
    lookup.forget_hosts([f"{office.slug}.ricochet.localhost"])
    invitation = Invitation.objects.get(tenant_id=office.id)
    client = TenantClient(office)
    client.landed = client.post(  # type: ignore[attr-defined]
        f"/invitation/{token_for(invitation.id, invitation.version)}",
        {"first_name": "Nora", "last_name": "Carpentier", "password": PASSWORD},
        follow=True,
    )
    return client


def html(response: object) -> str:
    return response.content.decode().replace("\u202f", " ").replace("\xa0", " ")  # type: ignore[attr-defined]


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found
    return found[1]


def test_pa14_the_partner_is_led_from_the_agreement_to_the_operation_to_the_widget(
    proposed: Partnership, module: OperationModule, merchant: Tenant, now: datetime
) -> None:
    """PA-14, O3: each page holds the one next thing to do, ticked by facts."""
    nora, office = arrive(proposed), office_of(proposed)
    page = html(nora.landed)  # type: ignore[attr-defined]
    assert "Votre espace Brûlerie Noé est prêt." in page
    assert "rejoint l’équipe" not in page
    assert "Accepter l’accord" in page and "figure-value" not in page

    fields = {"text": hidden(page, "text"), "language": hidden(page, "language")}
    fields["policy_url"] = "https://brulerie-noe.example/donnees"
    path = f"/partenariats/{proposed.public_id}/accord"
    page = html(nora.post(path, fields, follow=True))
    assert "est actif" in page
    assert "Un automne à la maison" in page and "L’opération commence le" in page
    assert "figure-value" not in page  # three times nought says nothing before it began
    with enter(office):
        operation = ReceivedOperation.objects.get()
    # Their site was named with the invitation: the widget comes next.
    add = f"/widgets/ajouter?operation={operation.public_id}"
    assert "Montrez l’opération sur votre site" in page and add in page
    assert operation.public_id in html(nora.get(add))

    with enter(office):
        widget = Widget.objects.create(
            name="Onglet",
            form="tab",
            received=operation,
            received_module=module.id,
            created_at=now,
            changed_at=now,
        )
    page = html(nora.get("/", follow=True))
    assert "Posez le code d’affichage" in page and f"/widgets/{widget.public_id}#code" in page
    with enter(office):
        WidgetSighting.objects.create(
            widget=widget,
            origin="https://brulerie-noe.example",
            path="/",
            outcome=Outcome.SHOWN,
            first_seen_at=now,
            last_seen_at=now,
        )
    assert "next-step" not in html(nora.get("/", follow=True))


def test_without_an_operation_the_first_page_says_what_comes(
    proposed: Partnership, claire: User
) -> None:
    nora = arrive(proposed)
    accept(proposed, office_of(proposed), claire)
    assert "Vos opérations arriveront ici" in html(nora.get("/", follow=True))


def test_who_may_not_act_is_not_told_to(
    proposed: Partnership, module: OperationModule, claire: User
) -> None:
    """A viewer reads the operation; neither the agreement nor the widget is theirs to give."""
    office = office_of(proposed)
    arrive(proposed)
    create_member(
        email="ines@brulerie-noe.fr",
        first_name="Inès",
        last_name="Moreau",
        password=PASSWORD,
        tenant_id=office.id,
        role=Role.VIEWER,
        now=proposed.created_at,
    )
    ines = TenantClient(office)
    ines.post("/connexion", {"email": "ines@brulerie-noe.fr", "password": PASSWORD})
    with enter(office):
        path = following.first_path(now=proposed.created_at)
    page = html(ines.get(path))
    assert "next-step" not in page and "quand Maison Lumen et vous avez accepté" in page
    accept(proposed, office, claire)
    assert "next-step" not in html(ines.get(path))


def test_somebody_who_joins_later_joins_a_team(proposed: Partnership) -> None:
    """The owner of a new office has no team to join; whoever comes after has."""
    arrive(proposed)
    office = office_of(proposed)
    connection.set_tenant(office)
    later = invite(
        email="hugo@brulerie-noe.fr",
        role=Role.MANAGER,
        tenant_id=office.id,
        invited_by=None,
        now=proposed.created_at,
    )
    page = TenantClient(office).post(
        f"/invitation/{token_for(later.id, later.version)}",
        {"first_name": "Hugo", "last_name": "Petit", "password": PASSWORD},
        follow=True,
    )
    assert "Vous avez rejoint l’équipe de Brûlerie Noé." in html(page)
