"""The ranking and the lines behind its figures (FS-18, B17)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kernel.ids import uuid7
from kernel.ledger import services as ledger
from kernel.ledger.models import AccountKind
from tenants.loyalty import membership
from tenants.profiles.models import Profile
from tenants.programme.models import ProgrammeVersion
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import customer, text_of


def give(profile: Profile, amount: int, *, days_ago: int = 3, reason: str = "earned_order") -> None:
    ledger.issue(
        owner_id=profile.id, unit="EUR", amount=amount, reason=reason, source="t:1",
        key=str(uuid7()), now=timezone.now() - timedelta(days=days_ago),
    )  # fmt: skip


@pytest.fixture
def people(rules: ProgrammeVersion) -> list[Profile]:
    """Ana and Bo earned this month, Cy long ago; Ana spent most of it."""
    ana, bo, cy = (customer(name, "Martin") for name in ("Ana", "Bo", "Cy"))
    give(ana, 3000)
    give(ana, 700, days_ago=700)  # before the period: none of its gains
    give(ana, 500, reason="adjusted")
    give(bo, 1000)
    give(cy, 9900, days_ago=700)
    spent = {"unit": "EUR", "reason": "claim", "source": "t:2", "now": timezone.now()}
    ledger.redeem(owner_id=ana.id, amount=2000, key="spent", **spent)
    ledger.redeem(
        owner_id=bo.id, amount=100, key="corrected", destination=AccountKind.ADJUSTED, **spent
    )
    membership.join(profile_id=ana.id, source="manual", now=timezone.now())
    return [ana, bo, cy]


def test_it_tells_who_was_active_what_was_given_and_who_leads(
    claire: TenantClient, people: list[Profile]
) -> None:
    """FS-18."""
    page = text_of(claire.get("/fidelite/classement"))
    assert "Membres actifs 2 ont gagné sur la période" in page
    assert "Points distribués 44,00 €" in page
    assert page.index("Ana Martin") < page.index("Bo Martin")
    assert "35,00 € 22,00 €" in page  # gained in the period, and what is left to spend
    assert "Cy Martin" not in page


def test_the_period_is_in_the_address(claire: TenantClient, people: list[Profile]) -> None:
    """B15."""
    page = text_of(claire.get("/fidelite/classement", {"periode": ""}))
    assert "Points distribués 150,00 €" in page
    assert page.index("Cy Martin") < page.index("Ana Martin")
    assert "42,00 € 22,00 €" in page
    odd = claire.get("/fidelite/classement", {"periode": "1; DROP TABLE", "tri": "-password"})
    assert odd.status_code == 200  # R37


def test_the_lines_add_up_to_the_figure(claire: TenantClient, people: list[Profile]) -> None:
    """B17: given by each reason, less what was corrected; spending is no line of it."""
    page = claire.get("/fidelite/classement").content.decode()
    assert 'href="/fidelite/classement/points?periode=365"' in page
    lines = text_of(claire.get("/fidelite/classement/points", {"periode": "365"}))
    assert "44,00 € en tout" in lines
    for amount in ("30,00 €", "5,00 €", "10,00 €", "−1,00 €"):
        assert amount in lines, amount
    assert "20,00 €" not in lines
    assert "1 à 4 sur 4 lignes" in lines


def test_it_can_be_searched_and_taken_along(claire: TenantClient, people: list[Profile]) -> None:
    found = text_of(claire.get("/fidelite/classement", {"q": "bo"}))
    assert "Bo Martin" in found and "Ana Martin" not in found
    file = claire.get("/fidelite/classement", {"export": "csv"})
    text = b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "Ana Martin;ana@exemple.fr;35" in text


def test_an_empty_one_says_how_it_fills(claire: TenantClient, rules: ProgrammeVersion) -> None:
    """B1."""
    page = text_of(claire.get("/fidelite/classement"))
    assert "Le classement se remplit avec les premiers points" in page
