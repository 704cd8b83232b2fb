"""Links into a cagnotte as a shop signs them."""

import base64
import json
import re
from datetime import UTC, datetime

from django.http import HttpResponse

from tests.fixtures.tenants import TenantClient
from widgets.models import ShopKey
from widgets.shop_login import links

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SHOP = "https://boutique-lumen.example"
FROM_SHOP = {"Referer": f"{SHOP}/", "Sec-Fetch-Dest": "document"}
CAMILLE = {"id": "881", "email": "camille@exemple.fr", "first_name": "Camille"}


def token(
    key: tuple[ShopKey, str],
    customer: object = CAMILLE,
    *,
    lasts: int = 300,
    nonce: object = "n" * 20,
    secret: str = "",
    **more: object,
) -> str:
    """What a shop that does it well, or badly, would send."""
    row, own = key
    ends = int(datetime.now(UTC).timestamp()) + lasts
    said = {"customer": customer, "expires_at": ends, "nonce": nonce, **more}
    body = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    signature = links.sign(key_id=row.public_id, body=body, secret=secret or own)
    return f"{row.public_id}.{body}.{signature}"


def follow(client: TenantClient, link: str, **headers: str) -> HttpResponse:
    return client.get("/espace/boutique", {"lien": link}, headers=headers or FROM_SHOP)


def name_in(client: TenantClient) -> str:
    """Who is greeted in the space of this browser; "" at its door."""
    found = re.search(r"Bonjour (\w+)", client.get("/espace").content.decode())
    return found[1] if found else ""
