"""A merchant with an account, the double in Stripe's place, and its webhooks at our own address."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from billing.models import Account
from billing.plans import PLANS, Interval, PlanKey
from billing.services.accounts import Opening, open_account
from billing.stripe import catalogue, changing, checkout
from billing.stripe.checkout import Buyer
from config.outbox import HANDLERS
from kernel.errors import ConflictError
from kernel.outbox.relay import relay
from tenants.models import Tenant
from tests.fixtures.double import SECRET, START, Double, start_double
from tests.fixtures.tenants import TenantClient

BUYER = Buyer(name="Maison Lumen", email="camille@exemple.fr", language="fr")


@dataclass
class Shop:
    """One merchant's account, and the two clocks, Stripe's and ours, that go together."""

    double: Double
    tenant: Tenant
    traveller: time_machine.Traveller

    @property
    def now(self) -> datetime:
        return self.double.now

    @property
    def account(self) -> Account:
        return Account.objects.get(tenant_id=self.tenant.id)

    def advance(self, *, days: float) -> None:
        """Let time pass at Stripe and here; nothing is told yet."""
        self.double.advance(days=days)
        self.traveller.move_to(self.double.now)

    def checkout(
        self, plan: str = "growing", interval: Interval = "month", *, attempt: str = "1"
    ) -> str:
        """The id of a checkout that was opened."""
        url = checkout.begin(
            account_id=self.account.id,
            plan=PLANS[PlanKey(plan)],
            interval=interval,
            buyer=BUYER,
            done_url="http://maison-lumen.ricochet.localhost/merci?s={CHECKOUT_SESSION_ID}",
            back_url="http://maison-lumen.ricochet.localhost/",
            attempt=attempt,
            now=self.now,
        )
        return url.rpartition("/")[2]

    def subscribe(self, plan: str = "growing", interval: Interval = "month") -> None:
        """Buy a plan, and hear all about it."""
        self.double.pay(self.checkout(plan, interval))
        self.hear()

    def change(
        self, plan: str, interval: Interval = "month", *, agreed: changing.Agreed | None = None
    ) -> Account:
        """Read what it would bill, then agree to that, or to something else."""
        wanted = PLANS[PlanKey(plan)]
        if agreed is None:
            with suppress(ConflictError):  # the change itself is what has to refuse
                said = changing.foresee(
                    account=self.account, plan=wanted, interval=interval, now=self.now
                )
                agreed = changing.Agreed(due=said.due, as_of=said.as_of)
        return changing.change(
            account_id=self.account.id,
            plan=wanted,
            interval=interval,
            agreed=agreed or changing.Agreed(),
            now=self.now,
        )

    def hear(self, events: list[str] | None = None) -> None:
        """Deliver events (all that there are), and work the outbox."""
        ids = [event["id"] for event in self.double.events()] if events is None else events
        assert set(self.double.sender.deliver(ids)) <= {200}
        self.work()

    def work(self) -> None:
        relay(handlers=HANDLERS, clock=timezone.now)

    def script_card(self, *, fails: list[int]) -> None:
        self.double.script_card(self.account.stripe_customer_id, fails=fails)


def post_to_us(body: bytes, headers: dict[str, str]) -> int:
    """What the double's sender does: a POST at the platform's own address."""
    reply = TenantClient(None).post(
        "/stripe/webhook",
        body,
        content_type="application/json",
        headers={"Stripe-Signature": headers["Stripe-Signature"]},
    )
    return reply.status_code


@pytest.fixture(autouse=True)
def of_the_double(settings: LazySettings) -> None:
    settings.STRIPE_SECRET_KEY = ""
    settings.STRIPE_LIVE = False
    settings.STRIPE_WEBHOOK_SECRET = SECRET


@pytest.fixture
def shop(merchant: Tenant, settings: LazySettings) -> Iterator[Shop]:
    """A merchant whose trial of thirty days begins now."""
    double, server = start_double(post_to_us)
    settings.STRIPE_API_URL = double.url
    connection.set_schema_to_public()
    with time_machine.travel(START, tick=False) as traveller:
        made = Shop(double, merchant, traveller)
        catalogue.fill(said=lambda _: None)
        open_trial(merchant, now=made.now)
        yield made
    connection.set_tenant(merchant)
    server.shutdown()
    server.server_close()
    double.world.store.close()


def open_trial(tenant: Tenant, *, now: datetime) -> None:
    opening = Opening("growing", trial_ends_at=now + timedelta(days=30))
    open_account(tenant_id=tenant.id, opening=opening, now=now)


@pytest.fixture
def paying(shop: Shop) -> Shop:
    """A merchant who pays for Growing by the month, in the middle of a period."""
    shop.advance(days=40)
    shop.subscribe()
    shop.advance(days=10)
    return shop
