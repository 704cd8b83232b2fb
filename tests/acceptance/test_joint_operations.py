"""What a guest brand finds of an operation, through the pages of both sides (PA-05, 11, 12, 15)."""

import html as entities
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Role
from accounts.services import create_member
from config.outbox import HANDLERS
from kernel.outbox.relay import relay
from operations import telling
from operations.models import OperationModule, Participation, SourceKind
from operations.participating import Source
from operations.sources import query_of
from partnerships.models import Partnership
from tenants import lookup
from tenants.context import enter
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tests.acceptance.conftest import PASSWORD, STARTED, Lumen, words
from tests.acceptance.joint import NORA, PAGE, Guest, Shopper, field
from tests.fixtures.sharing import agree, shared_module
from tests.fixtures.tenants import host_of


@pytest.fixture
def partnership(lumen: Lumen, other_merchant: Tenant) -> Partnership:
    return agree(lumen.tenant, other_merchant)


@pytest.fixture(params=["a client", "no client"])
def guest(request: pytest.FixtureRequest, lumen: Lumen, other_merchant: Tenant) -> Iterator[Tenant]:
    """The guest brand: a merchant of its own (PA-11), and a limited back office (PA-15)."""
    create_member(
        email=NORA,
        first_name="Nora",
        last_name="Carpentier",
        password=PASSWORD,
        tenant_id=other_merchant.id,
        role=Role.OWNER,
        now=STARTED,
    )
    if request.param == "no client":
        Tenant.objects.filter(id=other_merchant.id).update(partner_only=True)
    hosts = [host_of(other_merchant)]
    lookup.forget_hosts(hosts)
    yield other_merchant
    lookup.forget_hosts(hosts)  # the row is rolled back, of which the caches know nothing


@pytest.fixture
def module(lumen: Lumen, partnership: Partnership) -> OperationModule:
    """An operation that began yesterday: first name and email go to the guest, the phone does not.

    Everybody who takes part leaves all of them.
    """
    now = timezone.now()
    made = shared_module(partnership, goes=("first_name",))
    operation = made.operation
    operation.starts_at, operation.ends_at = now - timedelta(days=1), now + timedelta(days=9)
    operation.save(update_fields=["starts_at", "ends_at"])
    return made


@pytest.fixture
def shopper(lumen: Lumen, module: OperationModule) -> Shopper:
    return Shopper(lumen)


@pytest.fixture
def deliver(lumen: Lumen, guest: Tenant) -> Callable[[], None]:
    """Let both outboxes be emptied."""

    def empty() -> None:
        before = connection.tenant
        for tenant in (lumen.tenant, guest):
            with enter(tenant):
                while relay(handlers=HANDLERS, clock=timezone.now):
                    pass
        connection.set_tenant(before)

    return empty


@pytest.fixture
def nora(guest: Tenant) -> Guest:
    return Guest(guest)


def test_pa05_the_data_collected_and_only_what_the_operation_asked_for(
    shopper: Shopper, partnership: Partnership, deliver: Callable[[], None], nora: Guest
) -> None:
    """PA-05, D3, R39: first name and email of who ticked the box; nothing of anybody else."""
    shopper.take_part("thomas", str(partnership.id))
    shopper.take_part("zoe", "own")
    shopper.take_part("ana")
    deliver()
    page = nora.html(f"{nora.operation()}/donnees")
    assert "thomas@exemple.fr" in page and "Thomas" in page
    for absent in ("zoe@", "ana@", "Guérin", "0612345678", "06 12 34 56 78"):
        assert absent not in page
    [line] = nora.file()
    assert (line["Prénom"], line["Adresse e-mail"]) == ("Thomas", "thomas@exemple.fr")
    assert line["Preuve"].startswith("cst_")
    assert "Atelier Marin" in line["Texte accepté"]
    assert not {"Nom", "Téléphone"} & set(line)
    assert "Prénom et adresse e-mail" in words(nora.html(nora.operation()))


def test_pa05_a_name_that_is_a_formula_stays_a_text(
    shopper: Shopper, partnership: Partnership, deliver: Callable[[], None], nora: Guest
) -> None:
    """R39"""
    with_formula = shopper.client.get(PAGE).content.decode()
    shopper.lumen.clock.shift(timedelta(seconds=20))
    answer = shopper.client.post(
        PAGE,
        {
            "form": field(with_formula, "form"),
            "first_name": "=2+5",
            "email": "thomas@exemple.fr",
            "box": [str(partnership.id)],
        },
    )
    assert answer.status_code == 302
    deliver()
    assert nora.file()[0]["Prénom"] == "'=2+5"


def test_pa11_participants_opt_ins_and_new_profiles_of_each_operation(
    shopper: Shopper,
    partnership: Partnership,
    guest: Tenant,
    deliver: Callable[[], None],
    nora: Guest,
) -> None:
    """PA-11, PA-15: live, and the same numbers as on the other side."""
    with enter(guest):
        Profile.objects.create(
            email="zoe@exemple.fr", email_key="zoe@exemple.fr", created_at=STARTED
        )
    widget = query_of(Source(SourceKind.WIDGET, "wdg_1", partnership.id))
    shopper.take_part("thomas", str(partnership.id), path=f"{PAGE}{widget}")
    shopper.take_part("zoe", str(partnership.id))
    shopper.take_part("ana", "own")
    deliver()
    assert nora.figures() == ("3", "2", "1")
    page = words(nora.html(nora.operation()))
    assert "Widget Atelier Marin 1" in page and "Organisée par Maison Lumen" in page
    listed = words(nora.html("/operations/recues"))
    assert "Un automne à la maison" in listed and "En ligne" in listed
    lumens = shopper.lumen.office()
    public = Participation.objects.first().operation.public_id
    results = lumens.get(f"/operations/{public}/resultats").content.decode()
    assert re.findall(r'figure-value">([^<]+)<', results)[:3] == ["3", "1", "3"]
    assert re.search(r"Atelier Marin Dans tous les modules 1 1 3 2", words(results)), words(
        results
    )  # brought, new to Lumen, seen by Marin, Marin's opt-ins


def test_pa12_the_guest_tests_before_it_is_live_and_nothing_comes_of_it(
    lumen: Lumen,
    shopper: Shopper,
    module: OperationModule,
    partnership: Partnership,
    deliver: Callable[[], None],
    nora: Guest,
    guest: Tenant,
) -> None:
    """PA-12, PA-15: the true engine under a banner, a trace, and then one click."""
    operation = module.operation
    operation.state = "draft"
    operation.save(update_fields=["state"])
    telling.changed(operation_id=operation.id, now=timezone.now())
    deliver()
    away = re.search(r'href="(http[^"]+/o/essai/[^"]+)"', nora.html(nora.operation()))
    assert away
    assert urlsplit(away[1]).netloc.startswith("maison-lumen.")
    path = urlsplit(away[1]).path
    assert "Essai : rien n’est compté, rien n’est envoyé" in entities.unescape(
        shopper.client.get(path).content.decode()
    )
    mails = len(lumen.mail.messages)
    trace = shopper.take_part("thomas", str(partnership.id), path=path).content.decode()
    said = words(trace)
    assert "Partage avec Atelier Marin" in said and "thomas@exemple.fr" in said
    assert "Ces réponses partiraient, et rien d’autre" in said
    deliver()
    assert len(lumen.mail.messages) == mails
    # Before it begins there is nothing to count, and three noughts say nothing.
    assert nora.figures() == ()
    assert "prépare l’opération" in nora.html(nora.operation())
    assert not Profile.objects.filter(email="thomas@exemple.fr").exists()
    with enter(guest):
        assert not Profile.objects.exists()
    assert Participation.objects.filter(is_test=True).count() == 1
    assert "1 essai disparaît" in said
    assert shopper.client.post(f"{path}/effacer").status_code == 302
    assert not Participation.objects.exists()


def test_pa12_the_merchant_tests_its_draft_and_wipes_all_tests(
    lumen: Lumen, shopper: Shopper, module: OperationModule
) -> None:
    """PA-12: the other side's way, from the back office."""
    operation = module.operation
    operation.state = "draft"
    operation.save(update_fields=["state"])
    base = f"/operations/{operation.public_id}/essais"
    office = lumen.office()
    assert "Aucun essai pour l’instant" in lumen.page(base, office)
    opened = office.post(f"{base}/ouvrir")
    assert opened.status_code == 302
    operation.refresh_from_db()
    assert operation.state == "test"
    shopper.take_part("thomas", "own", path=opened["Location"])
    assert "1 essai disparaît" in lumen.page(base, office)
    assert office.post(f"{base}/effacer").status_code == 302
    operation.refresh_from_db()
    assert operation.state == "draft"
    assert not Participation.objects.exists()


def test_pa15_a_limited_back_office_has_the_operation_its_data_and_the_test_and_no_more(
    shopper: Shopper,
    module: OperationModule,
    partnership: Partnership,
    deliver: Callable[[], None],
    guest: Tenant,
    nora: Guest,
) -> None:
    """PA-14, PA-15: what is not theirs does not exist; a client has it beside its own pages."""
    shopper.take_part("thomas", str(partnership.id))
    deliver()
    for path in ("/operations/recues", "/operations/exports", nora.operation()):
        assert nora.get(path).status_code == 200
    assert "Un automne à la maison" in words(nora.html("/operations/exports"))
    limited = Tenant.objects.get(id=guest.id).partner_only
    for path in ("/clients", "/operations", "/operations/ajouter", PAGE):
        expected = {404} if limited else ({200, 404} if path == PAGE else {200})
        assert nora.get(path).status_code in expected, path
