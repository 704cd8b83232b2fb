"""One knock at an address, as whoever may do there all that can be done."""

import json
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.http import HttpResponse

from tests.fixtures.tenants import TenantClient
from tests.isolation.surface import TENANT, For, address
from widgets.space import sessions

if TYPE_CHECKING:
    from tests.isolation.conftest import Side, Visitor

Walk = Callable[[str, str], HttpResponse]

_PERSON = {"email": "sami@exemple.fr"}
_BASKET = {"id": "B-1", "amount": 5000, "currency": "EUR"}
_BODIES = {
    "api:quotes": {"customer": _PERSON, **_BASKET},
    "api:holds": {"customer": _PERSON, **_BASKET, "points": 10},
    "api:loyalty_members": {"customer": _PERSON, "consent": True},
}


@pytest.fixture
def knock(lumen: "Side", come_as: "Callable[..., Visitor]") -> Walk:
    """`knock(method, name)`: the address, as who may do there all that can be done."""
    owner = come_as(lumen.owner, at=lumen.tenant)
    customer = TenantClient(lumen.tenant)

    def knock(method: str, name: str) -> HttpResponse:
        page, path = TENANT[name], address(name, lumen)
        if page.whom is For.MEMBER:
            answer: HttpResponse = owner.send(method, path)
            return answer
        if page.whom is For.PROGRAM:
            headers = {
                "Authorization": f"Bearer {lumen.secret}",
                "Idempotency-Key": uuid.uuid4().hex,
            }
            client = TenantClient(lumen.tenant)
            if method == "get":
                return client.get(path, headers=headers)
            body = json.dumps(_BODIES.get(name, {}))
            return client.post(path, body, content_type="application/json", headers=headers)
        customer.cookies[sessions.COOKIE] = lumen.space_cookie
        got: HttpResponse = getattr(customer, method)(path)
        return got

    return knock
