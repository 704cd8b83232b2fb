"""What an error tells in the logs: where it was, never whose row it was about (D9)."""

import logging
import sys

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.logs import Formatter
from tenants.models import Tenant
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tests.fixtures.tenants import TenantClient


def written() -> str:
    """The error at hand, as the handler that every logger leads to writes it."""
    [handler] = [h for h in logging.getLogger().handlers if isinstance(h.formatter, Formatter)]
    record = logging.LogRecord("x", logging.ERROR, "", 1, "it failed", (), sys.exc_info())
    return handler.format(record)


@pytest.mark.parametrize("field", ["email_key", "order_count"])
def test_a_row_that_the_database_refused_is_not_quoted(merchant: Tenant, field: str) -> None:
    """A unique key and a check: the one quotes the value, the other the whole row."""
    profile = profiles.create(
        email="camille@exemple.fr",
        first_name="Zélie",
        last_name="Roux",
        source="x",
        now=timezone.now(),
    )
    other = Profile(email_key="camille@exemple.fr", created_at=timezone.now(), source="x")
    if field == "order_count":
        profile.order_count = -1
    try:
        with transaction.atomic():
            (other if field == "email_key" else profile).save()
    except IntegrityError:
        told = written()
    assert "camille@exemple.fr" not in told and "Roux" not in told
    assert told.startswith("it failed\nTraceback")
    assert "IntegrityError" in told and "DETAIL: …" in told


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/e/3fRz0c8yQ2uJm4T7kLxW1v9Qp2s8dF5gH7jK0lZxC3vB6nM", "/e/…"),
        ("/invitation/Zx3_9kLmN0pQrStUvWxYz-12345678901234567890abcde", "/invitation/…"),
        ("/r/CAMILLE-7KXD", "/r/…"),
        ("/r/CAMILLE-7KXD/go?i=inv_1&email=lea@exemple.fr", "/r/…/go"),
        ("/o/choix/eyJhIjoxfQ:1tZxYw:abcdefghijklmnopqrstuvwxyz0123456789", "/o/choix/…"),
        ("/clients/cus_01jq8y3v5e7d9r2t4w6z8b0c1d", "/clients/cus_01jq8y3v5e7d9r2t4w6z8b0c1d"),
        ("/clients", "/clients"),
    ],
)
def test_the_path_of_a_refused_request_opens_nothing_and_names_nobody(
    path: str, shown: str
) -> None:
    [handler] = [h for h in logging.getLogger().handlers if isinstance(h.formatter, Formatter)]
    record = logging.LogRecord("django.request", 30, "", 1, "%s: %s", ("Not Found", path), None)
    assert handler.format(record) == f"Not Found: {shown}"


def test_a_refused_request_is_logged_without_its_token(
    merchant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    """Through the surface: what the page's own log line becomes."""
    secret = "Zx3_9kLmN0pQrStUvWxYz-12345678901234567890abcde"
    TenantClient(merchant).get(f"/e/{secret}")
    [handler] = [h for h in logging.getLogger().handlers if isinstance(h.formatter, Formatter)]
    lines = [handler.format(record) for record in caplog.records]
    assert any(line.startswith("Not Found: /e/…") for line in lines)
    assert not any(secret in line for line in lines)
