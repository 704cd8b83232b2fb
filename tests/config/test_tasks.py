"""What periodic tasks do in the tenants that they go over."""

import logging

import pytest

from config import tasks
from tenants.models import Tenant, TenantState


def test_a_tenant_suspended_since_the_list_was_read_is_left_alone(
    merchant: Tenant, other_merchant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    """R20: going over a fleet takes a while, and what was closed meanwhile stays closed."""
    listed = [merchant, other_merchant]
    Tenant.objects.filter(id=merchant.id).update(state=TenantState.SUSPENDED)
    seen = []
    with caplog.at_level(logging.ERROR):
        tasks._in_each(listed, lambda: seen.append(tasks.this_connection().schema_name))
    assert seen == [other_merchant.schema_name]
    assert not caplog.records
