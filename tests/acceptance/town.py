"""Two brands, an operation of theirs, the guest's own site, and the product that serves them."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Role
from accounts.services import create_member
from config.outbox import HANDLERS
from kernel.outbox.relay import relay
from operations.models import OperationModule
from operations.sharing import describing
from partnerships.models import Partnership
from tenants import lookup
from tenants.context import enter
from tenants.models import Tenant
from tests.acceptance.conftest import OWNER, PASSWORD, STARTED
from tests.acceptance.joint import NORA
from tests.acceptance.sites import Site
from tests.fixtures.sharing import agree, shared_module
from tests.fixtures.tenants import TenantClient, host_of


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@dataclass
class Town:
    """The product, the two brands' back offices, the guest's site, and their operation."""

    major: Tenant
    minor: Tenant
    claire: TenantClient
    nora: TenantClient
    site: Site
    partnership: Partnership
    module: OperationModule
    stop_product: Callable[[], None]

    def deliver(self) -> None:
        """Let both outboxes be emptied."""
        before = connection.tenant
        for tenant in (self.major, self.minor):
            with enter(tenant):
                while relay(handlers=HANDLERS, clock=timezone.now):
                    pass
        connection.set_tenant(before)


def _office(tenant: Tenant, email: str) -> TenantClient:
    create_member(
        email=email, first_name="Nora", last_name="Carpentier", password=PASSWORD,
        tenant_id=tenant.id, role=Role.OWNER, now=STARTED,
    )  # fmt: skip
    client = TenantClient(tenant)
    assert client.post("/connexion", {"email": email, "password": PASSWORD}).status_code == 302
    return client


@pytest.fixture(name="town", params=["a client", "no client"])
def two_brands(
    request: pytest.FixtureRequest,
    make_live_merchant: Callable[[str], Tenant],
    settings: Settings,
) -> Iterator[Town]:
    """The guest is a merchant of its own, or a partner with a limited back office (PA-15)."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    product = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    product.daemon_threads = True
    product.set_app(get_wsgi_application())
    settings.PLATFORM_PORT = product.server_port
    threading.Thread(target=product.serve_forever, args=(0.02,), daemon=True).start()
    major, minor = make_live_merchant("live-lumen"), make_live_merchant("live-noe")
    site = Site("brulerie-noe.localhost", f"http://{host_of(minor)}:{product.server_port}")
    limited = request.param == "no client"
    Tenant.objects.filter(id=minor.id).update(site_url=site.url, partner_only=limited)
    lookup.forget_hosts([host_of(minor)])
    partnership = agree(major, minor)
    running = ["product"]

    def stop_product() -> None:
        while running:
            running.clear()
            product.shutdown()
            product.server_close()

    try:
        with enter(major):
            module = _operation(partnership)
        minor.refresh_from_db()
        made = Town(
            major, minor, _office(major, OWNER), _office(minor, NORA), site, partnership, module,
            stop_product,
        )  # fmt: skip
        made.deliver()
        yield made
    finally:
        site.stop()
        stop_product()


def _operation(partnership: Partnership) -> OperationModule:
    """It began yesterday, and its partner was told."""
    now = timezone.now()
    made = shared_module(partnership)
    made.operation.starts_at = now - timedelta(days=1)
    made.operation.ends_at = now + timedelta(days=9)
    made.operation.save()
    describing.announce(operation_id=made.operation_id, now=now)
    return made
