"""A tenant's address in links is the stored one of this moment (R30)."""

from collections.abc import Callable
from typing import Any

from tenants.addresses import absolute_url, asked_once, origin
from tenants.models import Domain, Tenant


def test_a_letter_asks_once_for_each_tenant_and_the_next_one_anew(
    merchant: Tenant, other_merchant: Tenant, django_assert_num_queries: Callable[..., Any]
) -> None:
    mine, theirs = origin(merchant), origin(other_merchant)
    with asked_once(), django_assert_num_queries(2):
        for _ in range(2):
            assert absolute_url(merchant, "/a") == f"{mine}/a"
            assert absolute_url(other_merchant, "/a") == f"{theirs}/a"
    Domain.objects.filter(tenant=merchant).update(domain="autre.exemple.test")
    assert origin(merchant) != mine
    with asked_once():
        assert "autre.exemple.test" in origin(merchant)
        assert origin(other_merchant) == theirs
