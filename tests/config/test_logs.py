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
