"""The one way into a partner's schema, and its log."""

import uuid
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection

from accounts.models import User
from partnerships.crossing import NotOfThisPartnershipError, Why, enter_partner
from partnerships.models import Crossing, Partnership
from tenants.context import UnknownTenantError, current_tenant
from tenants.models import Tenant, TenantState
from tests.partnerships.conftest import office_of

Invite = Callable[..., Partnership]


def test_a_passage_is_logged_and_leads_back(
    invite_noe: Invite, merchant: Tenant, now: datetime
) -> None:
    row = invite_noe()
    with enter_partner(
        partnership=row,
        to=office_of(row).id,
        why=Why.SHARE,
        subject="opn_x",
        count=12,
        now=now,
    ) as there:
        assert current_tenant().id == there.id == row.minor_id
        assert connection.schema_name == there.schema_name
    assert current_tenant().id == merchant.id
    passage = Crossing.objects.get()
    assert (passage.from_tenant, passage.to_tenant) == (merchant.id, row.minor_id)
    assert (passage.why, passage.subject, passage.count, passage.at) == (
        "share",
        "opn_x",
        12,
        now,
    )


def test_there_is_no_way_to_who_is_not_of_it(
    invite_noe: Invite, merchant: Tenant, other_merchant: Tenant, now: datetime
) -> None:
    row = invite_noe()
    for stranger in (other_merchant.id, uuid.uuid4()):
        with (
            pytest.raises(NotOfThisPartnershipError),
            enter_partner(partnership=row, to=stranger, why=Why.SHARE, now=now),
        ):
            raise AssertionError("entered")
    assert current_tenant().id == merchant.id
    assert not Crossing.objects.exists()


def test_there_is_no_way_to_who_is_not_active(
    invite_noe: Invite, merchant: Tenant, claire: User, now: datetime
) -> None:
    """R20"""
    row = invite_noe()
    Tenant.objects.filter(id=row.minor_id).update(state=TenantState.SUSPENDED)
    with (
        pytest.raises(UnknownTenantError),
        enter_partner(partnership=row, to=office_of(row).id, why=Why.WITHDRAW, now=now),
    ):
        raise AssertionError("entered")
    assert current_tenant().id == merchant.id
    assert not Crossing.objects.exists()
