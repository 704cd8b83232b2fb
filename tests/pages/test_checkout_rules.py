"""The page of points at checkout: bad input is named, the past stays, a reader changes nothing."""

import pytest

from tenants.loyalty.models import LoyaltyVersion
from tests.fixtures.tenants import TenantClient

GOOD = {
    "checkout_on": "on", "line_label": "", "most_points": "",
    "minimum_order": "0,00", "text": "",
}  # fmt: skip

pytestmark = pytest.mark.usefixtures("rules")


def test_what_is_saved_is_a_new_dated_version_and_the_same_again_is_none(
    owner: TenantClient,
) -> None:
    """FS-21."""
    for _again in range(2):
        assert owner.post("/fidelite/commande", GOOD).status_code == 302
    assert LoyaltyVersion.objects.count() == 1
    owner.post("/fidelite/commande", {**GOOD, "minimum_order": "30,00"})
    first, second = LoyaltyVersion.objects.order_by("number")
    assert (first.minimum_order, second.minimum_order) == (0, 3000)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("most_points", "0", "Indiquez une valeur entre"),
        ("most_points", "-3", "entre"),
        ("minimum_order", "", "Indiquez un montant"),
        ("text", "x" * 6_001, "6000"),
    ],
)
def test_bad_input_is_said_beside_its_field(
    owner: TenantClient, field: str, value: str, words: str
) -> None:
    answer = owner.post("/fidelite/commande", {**GOOD, field: value})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not LoyaltyVersion.objects.exists()
