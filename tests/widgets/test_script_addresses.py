"""The addresses that shops load the script from."""

import gzip
from collections.abc import Callable

import brotli
import pytest
from django.http import HttpResponse

from tenants.models import Tenant
from tests.fixtures.tenants import TenantClient
from widgets.script import bundle
from widgets.script.views import accepted_encodings

PINNED = f"/w/v1.{bundle.current().digest}.js"


@pytest.fixture
def shopper(merchant: Tenant, client_for: Callable[..., TenantClient]) -> TenantClient:
    return client_for(merchant)


def is_open_to_all(response: HttpResponse) -> bool:
    return (
        response["Access-Control-Allow-Origin"] == "*"
        and response["Cross-Origin-Resource-Policy"] == "cross-origin"
        and not response.cookies
    )


def test_the_latest_script_is_cached_for_minutes(shopper: TenantClient) -> None:
    response = shopper.get("/w/v1.js")
    assert response.status_code == 200
    assert response.content == bundle.current().body
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert "max-age=300" in response["Cache-Control"]
    assert "immutable" not in response["Cache-Control"]
    assert is_open_to_all(response)


def test_a_pinned_script_never_changes(shopper: TenantClient) -> None:
    """R35: an immutable address with SRI."""
    response = shopper.get(PINNED)
    assert response.content == bundle.current().body
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert is_open_to_all(response)


@pytest.mark.parametrize("digest", ["0" * 16, "x" * 16, bundle.current().digest[:15], ""])
def test_a_hash_that_never_was_ours_is_404(shopper: TenantClient, digest: str) -> None:
    assert shopper.get(f"/w/v1.{digest}.js").status_code == 404


def test_the_manifest_names_the_address_and_hash_to_pin(shopper: TenantClient) -> None:
    response = shopper.get("/w/v1.json")
    assert response.json() == {
        "src": f"http://{shopper.host}{PINNED}",
        "latest": f"http://{shopper.host}/w/v1.js",
        "integrity": bundle.current().integrity,
    }
    assert is_open_to_all(response)


@pytest.mark.parametrize(
    ("header", "coding", "unpack"),
    [
        ("gzip, br", "br", brotli.decompress),
        ("gzip;q=0.8, deflate", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("identity", None, bytes),
    ],
)
def test_the_script_is_sent_in_a_coding_that_was_asked_for(
    shopper: TenantClient, header: str, coding: str | None, unpack: Callable[[bytes], bytes]
) -> None:
    response = shopper.get("/w/v1.js", headers={"accept-encoding": header})
    assert response.get("Content-Encoding") == coding
    assert unpack(response.content) == bundle.current().body
    assert "Accept-Encoding" in response["Vary"]


def test_a_coding_is_refused_by_a_zero_only() -> None:
    assert accepted_encodings("br;q=0, gzip;q=0.05, zstd; q=0.000, deflate") == {"gzip", "deflate"}


def test_a_browser_that_has_the_script_is_told_so(shopper: TenantClient) -> None:
    etag = shopper.get("/w/v1.js")["ETag"]
    again = shopper.get("/w/v1.js", headers={"if-none-match": f'"other", {etag}'})
    assert again.status_code == 304
    assert again.content == b""
    assert is_open_to_all(again)


def test_the_script_is_only_read(shopper: TenantClient) -> None:
    assert shopper.post("/w/v1.js").status_code == 405
    assert shopper.head("/w/v1.js").status_code == 200
