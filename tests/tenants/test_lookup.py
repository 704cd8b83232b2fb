"""From a host name to its tenant: cached, dropped on change, never wrong for long."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries

from tenants import lookup
from tenants.context import current_tenant
from tenants.lookup import forget, forget_locally, tenant_for_host
from tenants.middleware import TenantMiddleware
from tenants.models import Domain, Tenant
from tenants.provisioning.lifecycle import resume, suspend

HOST = "maison-lumen.ricochet.localhost"


@pytest.fixture(autouse=True)
def _nothing_remembered(merchant: Tenant) -> Iterator[None]:
    connection.set_schema_to_public()
    forget_locally()
    cache.clear()
    yield
    forget_locally()
    cache.clear()


def test_a_host_leads_to_its_tenant_with_every_field(merchant: Tenant) -> None:
    for _ in ("from the database", "from this process"):
        found = tenant_for_host(HOST)
        assert found == merchant
        assert found is not None
        for field in Tenant._meta.concrete_fields:
            assert getattr(found, field.attname) == getattr(merchant, field.attname)
    forget_locally()
    assert tenant_for_host(HOST).schema_name == merchant.schema_name  # from the shared cache


def test_the_second_look_asks_nobody(
    django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant_for_host(HOST)
    forget_locally()
    with django_assert_num_queries(0):
        assert tenant_for_host(HOST) is not None
        monkeypatch.setattr(cache, "get", lambda *_: pytest.fail("the shared cache was asked"))
        assert tenant_for_host(HOST) is not None


def test_an_unknown_host_is_remembered_for_a_moment(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    assert tenant_for_host("nobody.ricochet.localhost") is None
    with django_assert_num_queries(0):
        assert tenant_for_host("nobody.ricochet.localhost") is None
        forget_locally()
        assert tenant_for_host("nobody.ricochet.localhost") is None


def test_a_local_answer_grows_old(monkeypatch: pytest.MonkeyPatch, merchant: Tenant) -> None:
    tenant_for_host(HOST)
    Tenant.objects.filter(pk=merchant.pk).update(name="Autre nom")
    cache.clear()
    assert tenant_for_host(HOST).name == merchant.name
    later = lookup.time.monotonic() + lookup.LOCAL_SECONDS
    monkeypatch.setattr(lookup.time, "monotonic", lambda: later)
    assert tenant_for_host(HOST).name == "Autre nom"


def test_suspending_and_resuming_take_effect_at_once(merchant: Tenant, now: datetime) -> None:
    assert tenant_for_host(HOST) is not None
    suspend(tenant=merchant, now=now)
    assert tenant_for_host(HOST) is None
    resume(tenant=merchant, now=now)
    forget_locally()
    assert tenant_for_host(HOST) is not None


def test_a_change_is_seen_from_inside_a_tenant_too(merchant: Tenant) -> None:
    """Cache keys carry the schema: forgetting must reach the public ones."""
    tenant_for_host(HOST)
    Tenant.objects.filter(pk=merchant.pk).update(name="Autre nom")
    connection.set_tenant(merchant)
    forget(merchant)
    connection.set_schema_to_public()
    assert tenant_for_host(HOST).name == "Autre nom"


def test_a_reader_that_was_slow_does_not_put_the_old_answer_back(merchant: Tenant) -> None:
    values = lookup._stored(HOST)
    forget(merchant)
    cache.add(lookup._key(HOST), values, lookup.SHARED_SECONDS)
    assert cache.get(lookup._key(HOST)) != values


@pytest.mark.parametrize("rubbish", ["text", 7, [], ["too", "short"], {"a": 1}])
def test_what_another_version_cached_is_only_slow(merchant: Tenant, rubbish: object) -> None:
    cache.set(lookup._key(HOST), rubbish)
    assert tenant_for_host(HOST) == merchant


def test_without_a_cache_the_database_answers(
    merchant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R8"""
    from redis.exceptions import ConnectionError as Unreachable

    def down(*_: object, **__: object) -> None:
        raise Unreachable

    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.get_client", down)
    assert tenant_for_host(HOST) == merchant
    forget(merchant)


def test_a_scan_of_made_up_names_does_not_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lookup, "_LOCAL_LIMIT", 10)
    for number in range(30):
        tenant_for_host(f"scan-{number}.ricochet.localhost")
    assert len(lookup._local) <= 10


def answer(get_response: Callable[..., HttpResponse], host: str) -> HttpResponse:
    return TenantMiddleware(get_response)(RequestFactory().get("/", HTTP_HOST=host))


@pytest.mark.parametrize("host", [HOST, HOST.upper(), f"{HOST}:8000", f"{HOST}."])
def test_a_request_runs_in_its_tenant_and_leaves_it(merchant: Tenant, host: str) -> None:
    def view(request: object) -> HttpResponse:
        assert request.tenant == merchant
        assert current_tenant() == merchant
        return HttpResponse(connection.schema_name)

    assert answer(view, host).content.decode() == merchant.schema_name
    assert connection.schema_name == "public"


def test_a_view_that_fails_leaves_its_tenant_too() -> None:
    def view(_: object) -> HttpResponse:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        answer(view, HOST)
    assert connection.schema_name == "public"


def test_the_platforms_own_host_has_no_tenant(merchant: Tenant) -> None:
    def view(request: object) -> HttpResponse:
        return HttpResponse(f"{request.tenant} {connection.schema_name} {request.urlconf}")

    connection.set_tenant(merchant)  # as a careless earlier request would leave it
    found = answer(view, "ricochet.localhost").content.decode()
    assert found == "None public config.urls_public"


@pytest.mark.parametrize(
    "host",
    [
        "nobody.ricochet.localhost", "localhost", "127.0.0.1", "[::1]:8000", "a b", "evil.test",
        "maison-lumen.ricochet.localhost.evil.test", "x" * 300, "é.ricochet.localhost", "a\x00b",
    ],
)  # fmt: skip
def test_an_unknown_host_gets_a_plain_page_and_reaches_no_view(host: str) -> None:
    def view(_: object) -> HttpResponse:
        pytest.fail("a view was reached")

    response = answer(view, host)
    assert response.status_code == 404
    assert b"<p>" in response.content
    assert host.encode() not in response.content


def test_what_is_streamed_is_made_inside_the_tenant(merchant: Tenant) -> None:
    """A streamed export is written after the middleware has returned."""

    def view(_: object) -> StreamingHttpResponse:
        return StreamingHttpResponse(connection.schema_name.encode() for _ in range(3))

    response = answer(view, HOST)
    assert connection.schema_name == "public"
    chunks = []
    for chunk in response.streaming_content:
        chunks.append(chunk.decode())
        assert connection.schema_name == "public"
    assert chunks == [merchant.schema_name] * 3


def test_a_domain_is_stored_in_lower_case_and_one_is_primary(merchant: Tenant) -> None:
    domain = Domain.objects.create(tenant=merchant, domain="Shop.EXAMPLE.fr", is_primary=False)
    assert domain.domain == "shop.example.fr"
    assert tenant_for_host("shop.example.fr") == merchant
