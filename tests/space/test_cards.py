"""A code on paper, from the space and from the back office (S4, O8), and the ways of sharing."""

import pytest

from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.referrals.models import Channel, Click
from tests.fixtures.tenants import TenantClient


@pytest.mark.parametrize(("size", "cards"), [("a6", 1), ("a4", 4)])
def test_a_card_has_the_code_and_the_link_beside_the_qr(
    at_home: TenantClient, code: str, size: str, cards: int
) -> None:
    """S4: whoever cannot scan can type."""
    html = at_home.get(f"/espace/carte?format={size}").content.decode()
    assert html.count('class="qr"') == cards
    assert html.count(f'<b class="code">{code}</b>') == cards
    assert "Camille vous invite chez" in html
    assert "5,00" in html
    assert "style=" not in html


@pytest.mark.parametrize(
    ("kind", "start", "status"),
    [("svg", b"<?xml", 200), ("png", b"\x89PNG", 200), ("exe", b"", 404)],
)
def test_the_qr_code_is_a_file_too(
    at_home: TenantClient, code: str, kind: str, start: bytes, status: int
) -> None:
    answer = at_home.get(f"/espace/carte.{kind}")
    assert answer.status_code == status
    if status == 200:
        assert answer.content.startswith(start)
        assert f"{code}.{kind}" in answer["Content-Disposition"]


def test_a_card_is_for_its_customer_and_the_merchants_team(lumen: Tenant, camille: Profile) -> None:
    stranger = TenantClient(lumen)
    assert stranger.get("/espace/carte").status_code == 302
    assert stranger.get(f"/clients/{camille.public_id}/carte").status_code in (302, 403)


@pytest.mark.parametrize("channel", ["whatsapp", "sms", "email", "messenger", "facebook", "qr"])
def test_each_way_of_sharing_is_counted(
    at_home: TenantClient, lumen: Tenant, code: str, channel: str
) -> None:
    """SP-06: the link that a button passes on says which button it was."""
    pages = at_home.get("/espace").content.decode()
    assert f"s%3D{channel}" in pages or channel == "qr"
    TenantClient(lumen).get(f"/r/{code}?s={channel}")
    assert Click.objects.get().channel == Channel(channel)
