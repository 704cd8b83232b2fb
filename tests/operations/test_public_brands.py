"""Whose names stand at the head of an operation's page."""

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from operations.models import Operation
from partnerships.models import Partnership, State
from tenants.models import Tenant
from tests.fixtures.operations import add_partner, make_module, make_operation
from tests.fixtures.tenants import TenantClient


@pytest.fixture
def row(merchant: Tenant) -> Operation:
    now = timezone.now()
    row = make_operation(starts_at=now - timedelta(days=9), ends_at=now + timedelta(days=9))
    add_partner(make_module(row))
    return row


def head(merchant: Tenant, row: Operation) -> str:
    page = html.unescape(TenantClient(merchant).get(f"/o/{row.slug}").content.decode())
    found = re.search(r"(?s)<header.*?</header>", page)
    assert found
    return found[0]


def test_who_has_left_is_named_on_what_is_over_alone(merchant: Tenant, row: Operation) -> None:
    assert "Brûlerie Noé" in head(merchant, row)
    Partnership.objects.update(state=State.ENDED, ending="declined")
    assert "Brûlerie Noé" not in head(merchant, row)
    Operation.objects.update(ends_at=timezone.now() - timedelta(days=1))
    assert "Brûlerie Noé" in head(merchant, row)
