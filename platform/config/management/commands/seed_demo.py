"""`manage.py seed_demo`: Maison Lumen, with 18 months behind it. Running it again does nothing."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from accounts.models import Role, User
from accounts.services import create_member
from api.scopes import SCOPES
from api.services.keys import create_key
from billing.plans import PlanKey
from billing.services.accounts import Opening
from config.demo import (
    joint,
    mail,
    mailings,
    operator,
    partners,
    payments,
    story,
    studio,
    winners,
)
from shell import brand
from tenants.activity import connections
from tenants.activity.models import Heard, Order, Source
from tenants.addresses import origin
from tenants.context import enter
from tenants.features import Feature, switch
from tenants.lookup import forget
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.provisioning.services import provision_tenant
from widgets.models import WidgetKind
from widgets.shop_login import keys as shop_keys
from widgets.shown import selectors as shown
from widgets.shown.services import save_launcher
from widgets.tracker.services import register_site

PASSWORD = "ricochet-demo"  # noqa: S105
_TEAM = [
    ("claire@maison-lumen.fr", "Claire", "Aubanel", Role.OWNER),
    ("hugo@maison-lumen.fr", "Hugo", "Charpentier", Role.MANAGER),
    ("ines@maison-lumen.fr", "Inès", "Morel", Role.VIEWER),
]


class Command(BaseCommand):
    help = "Make the demo merchants. Does nothing when they are there already."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        shop = os.environ.get("RICOCHET_SHOP_URL", "http://boutique-lumen.localhost:8100")
        lumen = self._merchant(
            slug="maison-lumen", name="Maison Lumen", color="#E5A83B", shop=shop, now=now
        )
        clairval = self._merchant(
            slug="studio-clairval", name="Studio Clairval", color="#7A4E6D", shop="", now=now
        )
        with enter(clairval):
            if not Profile.objects.exists():
                switch(tenant_id=clairval.id, on=[Feature.LOYALTY, Feature.TIERS])
                studio.tell(today=now, progress=self._say)
                mail.send_past(now=now)
                mailings.choose(now=now)
                mailings.read(now=now)
        with enter(lumen):
            if not Profile.objects.exists():
                story.tell(today=now, progress=self._say)
                mail.settle(tenant=lumen, now=now)
                mailings.choose(now=now)
                mailings.read(now=now)
                mailings.announce(now=now)
            _write_keys(lumen, shop, now)
        partners.meet(major=lumen, by_code=clairval, password=PASSWORD, now=now)
        operator.appear(password=PASSWORD)
        hands = [User.objects.get(email=email).pk for email, *_rest in _TEAM[:2]]
        winners.play(major=lumen, team=hands, now=now)
        joint.play(major=lumen, minor_name="Brûlerie Noé", now=now)
        payments.subscribe(tenant=clairval, email=_TEAM[0][0], now=now)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _merchant(self, *, slug: str, name: str, color: str, shop: str, now: datetime) -> Tenant:
        connection.set_schema_to_public()  # type: ignore[attr-defined]
        tenant = Tenant.objects.filter(slug=slug).first()
        if tenant is None:
            tenant = provision_tenant(
                name=name,
                slug=slug,
                now=now,
                kind="Boutique en ligne" if shop else "Photographe",
                contact_email=f"bonjour@{slug}.fr",
                site_url=shop,
                opening=Opening(PlanKey.GROWING),
            )
            _paint(tenant, color)
            _introduce(tenant)
            tenant = switch(tenant_id=tenant.id, on=[Feature.REFERRAL, Feature.CAMPAIGNS])
            for email, first, last, role in _TEAM:
                create_member(
                    email=email,
                    first_name=first,
                    last_name=last,
                    password=PASSWORD,
                    tenant_id=tenant.id,
                    role=role,
                    now=now,
                )
        if tenant.state != "active":
            raise CommandError(f"{slug} is {tenant.state}: run `manage.py tenants list`.")
        # The shop's port follows the demo's.
        tenant.site_url = shop
        tenant.save(update_fields=["site_url"])
        forget(tenant)
        return tenant


def _paint(tenant: Tenant, color: str) -> None:
    tenant.brand_color = color
    tenant.brand_tokens = brand.compute(color).as_dict()
    tenant.save(update_fields=["brand_color", "brand_tokens"])


def _introduce(tenant: Tenant) -> None:
    """What the public pages and the official rules of its operations say of it."""
    tenant.public_email = tenant.contact_email
    tenant.policy_url = f"https://www.{tenant.slug}.example/confidentialite"
    tenant.legal_notice = "SARL, 3 rue du Lac, 69003 Lyon, RCS Lyon 812 345 678"
    tenant.save(update_fields=["public_email", "policy_url", "legal_notice"])


def _write_keys(tenant: Tenant, shop: str, now: datetime) -> None:
    """Leave the demo shop its keys in the file that RICOCHET_DEMO_FILE names."""
    site = register_site(url=shop, now=now)
    if shown.stored(kind=WidgetKind.LAUNCHER) is None:
        words = shown.Words(label="", title="", text="", action="")
        save_launcher(active=True, words=words, now=now)
    _remember_heard(site.connection, Source.TRACKER, now)
    if not os.environ.get("RICOCHET_DEMO_FILE"):
        return
    place = Path(os.environ["RICOCHET_DEMO_FILE"])
    left = json.loads(place.read_text()) if place.exists() else {}
    secret = left.get("secret_key")
    if not secret:
        key, secret = create_key(name="Boutique", scopes=list(SCOPES), mode="live", now=now)
        _remember_heard(key.connection, Source.API, now)
    login_key, login_secret = left.get("login_key"), left.get("login_secret")
    if not login_secret:
        login, login_secret = shop_keys.create_key(name="Boutique", now=now)
        login_key = login.public_id
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch(mode=0o600)
    place.write_text(
        json.dumps(
            {
                "secret_key": secret,
                "public_key": site.public_key,
                "login_key": login_key,
                "login_secret": login_secret,
                "tenant_origin": origin(tenant),
                "logins": [
                    {"role": str(role), "email": email, "password": PASSWORD}
                    for email, _first, _last, role in _TEAM
                ],
            }
        )
    )


def _remember_heard(name: str, source: Source, now: datetime) -> None:
    """The story was told by nobody: say that this connection brought its orders."""
    told = Order.objects.filter(source=source, received_at__gt=now - connections.MEMORY)
    moments = set(told.values_list("received_at", flat=True))
    Heard.objects.bulk_create(
        [Heard(connection=name, at=at) for at in sorted(moments)], ignore_conflicts=True
    )
