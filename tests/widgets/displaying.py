"""Widgets as the back office makes them, and a page that asks the server what to show."""

import json
from typing import Any

from django.utils import timezone

from kernel.ids import public_id, uuid7
from operations.models import OperationModule
from tenants.models import Tenant
from tests.fixtures.tenants import TenantClient
from widgets.display import services
from widgets.display.rules import Rule
from widgets.models import Widget

SHOP = "https://boutique-lumen.example"


def make(module: OperationModule | None = None, **changes: Any) -> Widget:
    values: dict[str, Any] = {
        "widget_id": uuid7(), "name": "Automne", "form": "tab", "words": {}, "color": "",
        "target": public_id("mod", module.id) if module else "", "rule": Rule(), "active": True,
        "now": timezone.now(), **changes,
    }  # fmt: skip
    return services.save(**values)


def asks(tenant: Tenant, origin: str | None = SHOP, path: str = "/", **more: str) -> Any:
    client = TenantClient(tenant)
    del client.defaults["HTTP_ORIGIN"]
    headers = {"origin": origin} if origin is not None else {}
    return client.get("/w/widgets.json", {"p": path, **more}, headers=headers)


def shown(answer: Any) -> list[dict[str, Any]]:
    return [one["show"] for one in json.loads(answer.content)["widgets"]]
