"""Thomas said yes to Marin, and Nora looks after what Marin received."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import Role
from accounts.services import create_member
from operations.models import OperationModule
from operations.received import people
from partnerships.models import Partnership
from tenants import lookup
from tenants.context import enter
from tenants.models import Tenant
from tests.fixtures.operations import take
from tests.fixtures.sharing import agree, deliver, shared_module
from tests.fixtures.tenants import TenantClient

PASSWORD = "ricochet sur l'eau"
LIST = "/operations/recues/personnes"


@pytest.fixture(params=["no client", "client"])
def marin(
    request: pytest.FixtureRequest, other_merchant: Tenant, lumen: Tenant
) -> Iterator[Tenant]:
    """The minor: limited, and with a whole back office of its own."""
    hosts = [f"{other_merchant.slug}.{settings.PLATFORM_DOMAIN}"]
    if request.param == "no client":
        Tenant.objects.filter(id=other_merchant.id).update(partner_only=True)
    other_merchant.refresh_from_db()
    lookup.forget_hosts(hosts)
    yield other_merchant
    lookup.forget_hosts(hosts)


@pytest.fixture
def partnership(lumen: Tenant, marin: Tenant) -> Partnership:
    return agree(lumen, marin)


@pytest.fixture
def module(partnership: Partnership) -> OperationModule:
    return shared_module(partnership, goes=("first_name",))


@pytest.fixture
def nora(marin: Tenant, monkeypatch: pytest.MonkeyPatch) -> TenantClient:
    """The owner's browser."""
    with enter(marin):
        create_member(
            email="nora@marin.fr",
            first_name="Nora",
            last_name="Carpentier",
            password=PASSWORD,
            tenant_id=marin.id,
            role=Role.OWNER,
            now=timezone.now(),
        )
    client = TenantClient(marin)
    login = client.post("/connexion", {"email": "nora@marin.fr", "password": PASSWORD})
    assert login.status_code == 302
    return client


@pytest.fixture
def thomas(module: OperationModule, partnership: Partnership) -> None:
    """Thomas said yes to Marin, Zoé to nobody."""
    fields = {"first_name": "Thômas", "last_name": "Guérin", "email": "thomas@exemple.fr"}
    take(module, fields=fields, boxes=frozenset({str(partnership.id)}))
    take(module, fields={"first_name": "Zoé", "email": "zoe@exemple.fr"})
    deliver()


def path_of(marin: Tenant) -> str:
    with enter(marin):
        [row] = people.people()
        return f"{LIST}/{row.public_id}"
