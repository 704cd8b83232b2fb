"""D7: the document is valid OpenAPI 3.1, and what the API does is what it says."""

from collections import Counter
from typing import Any

import hypothesis
import jsonschema_rs
import pytest
import schemathesis
from django.test import Client
from drf_spectacular.validation import validate_schema
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from api.v1 import shapes
from config.wsgi import application
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tests.api.conftest import Shop, make_referrer, new_secret, open_programme, order_body
from tests.fixtures.effort import effort
from tests.fixtures.tenants import host_of

CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.missing_required_header,
    checks.unsupported_method,
    checks.ignored_auth,
]


@pytest.fixture
def document(merchant: Tenant, client_for: Any) -> dict[str, Any]:
    client: Client = client_for(merchant)
    response = client.get("/api/v1/openapi.json")
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate_schema(document)
    assert sorted(document["paths"]) == [
        "/api/v1/accounts",
        "/api/v1/checkout/holds",
        "/api/v1/checkout/holds/{reference}",
        "/api/v1/checkout/quotes",
        "/api/v1/customers/{reference}",
        "/api/v1/email-events",
        "/api/v1/invoices",
        "/api/v1/invoices/{reference}",
        "/api/v1/invoices/{reference}/cancel",
        "/api/v1/invoices/{reference}/payments",
        "/api/v1/loyalty/members",
        "/api/v1/orders",
        "/api/v1/orders/{reference}",
        "/api/v1/orders/{reference}/refunds",
        "/api/v1/session-types",
        "/api/v1/sessions",
        "/api/v1/sessions/{reference}",
        "/api/v1/sessions/{reference}/cancel",
        "/api/v1/sessions/{reference}/validate",
    ]


def test_whoever_shows_or_spends_a_cagnotte_is_told_for_whom(document: dict[str, Any]) -> None:
    """A shop that asks for any address that is typed would give cagnottes away."""
    for path in ("quotes", "holds"):
        said = document["paths"][f"/api/v1/checkout/{path}"]["post"]["description"]
        assert said.startswith("Pour un client connecté à la boutique")


def test_every_post_declares_its_idempotency_key_and_its_problems(
    document: dict[str, Any],
) -> None:
    posts = [path["post"] for path in document["paths"].values() if "post" in path]
    assert len(posts) == 13
    for operation in posts:
        names = {p["name"]: p["required"] for p in operation["parameters"]}
        assert names["Idempotency-Key"] is True
        assert {"400", "401", "403", "409", "413", "415", "429", "503"} <= set(
            operation["responses"]
        )
        assert operation["security"] == [{"secretKey": []}]


def test_the_document_shows_no_merchant(document: dict[str, Any], merchant: Tenant) -> None:
    assert merchant.name not in str(document)
    assert merchant.schema_name not in str(document)


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("orders", shapes.ORDERS_OUT),
        ("orders/A-1", shapes.ORDER_OUT),
        ("orders/A-2", shapes.ORDER_OUT),
        ("customers/{nadia}", shapes.CUSTOMER_OUT),
    ],
)
def test_answers_have_the_published_shape_and_nothing_more(
    shop: Shop, nadia: tuple[Profile, str], path: str, schema: dict[str, Any]
) -> None:
    shop.order("A-1", referral_code=nadia[1])
    shop.order("A-2", referral_code="NOBODY-0000", customer={"id": "7"})
    answer = shop.get(path.format(nadia=nadia[0].public_id)).json()
    jsonschema_rs.validate(_plain(schema), answer)


def _plain(schema: Any) -> Any:
    """The schema with its sentences as text, closed to fields that it does not name."""
    if isinstance(schema, dict):
        plain = {name: _plain(value) for name, value in schema.items()}
        if plain.get("type") == "object":
            plain["additionalProperties"] = False
        return plain
    if isinstance(schema, list):
        return [_plain(value) for value in schema]
    return schema if isinstance(schema, str | int | bool) or schema is None else str(schema)


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_schemathesis_finds_nothing(live_merchant: Tenant, mode: GenerationMode) -> None:
    """Random requests, good and bad, straight to the WSGI application."""
    open_programme()
    make_referrer()
    shop = Shop(live_merchant, new_secret())
    shop.order("A-1")
    shop.post("accounts", order_body()["customer"])
    host = host_of(live_merchant)
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", application, base_url=f"http://{host}"
    )

    seen: Counter[int] = Counter()
    for found in schema.get_all_operations():
        operation = found.ok()

        @hypothesis.settings(
            max_examples=effort(short=20, soak=400),
            suppress_health_check=list(hypothesis.HealthCheck),
            phases=[hypothesis.Phase.generate],
            deadline=None,
        )
        @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
        def probe(case: Any) -> None:
            answer = case.call_and_validate(
                base_url=f"http://{host}",
                headers={"Authorization": f"Bearer {shop.secret}"},
                checks=CHECKS,
            )
            seen[answer.status_code] += 1

        probe()
    # It got through the door, and was refused there, often enough to have found something.
    assert seen[400] > 5
    if mode is GenerationMode.POSITIVE:
        assert seen[200] > 5
