"""Several friends at once: each has an outcome of their own, and one bad row loses nobody."""

import re

import pytest

from tenants.messaging.models import Email
from tenants.profiles import services as profiles
from tenants.referrals.models import Invitation
from tests.fixtures.tenants import TenantClient
from tests.space.conftest import STARTED
from widgets.space.invite_form import InviteForm


def invited() -> set[str]:
    return set(Invitation.objects.values_list("email", flat=True))


def values(html: str) -> dict[str, str]:
    """What the form holds."""
    return dict(re.findall(r'name="((?:email|first_name)\w*)" value="([^"]*)"', html))


def plain(html: str) -> str:
    text = re.sub(r"(?s)<(script|style|svg).*?</\1>|<[^>]+>", " ", html)
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def test_rows_and_pasted_addresses_leave_together(at_home: TenantClient) -> None:
    """SP-07."""
    answer = at_home.post(
        "/espace/inviter",
        {
            "first_name": "Léa", "email": "lea@exemple.fr",
            "first_name_1": "", "email_1": "",
            "first_name_2": "Awa", "email_2": "awa@exemple.fr",
            "pasted": "Karim Benali <karim@exemple.fr>; ines@exemple.fr\nLEA@exemple.fr",
        },
    )  # fmt: skip
    assert answer["Location"] == "/espace?fait=invitations#inviter"
    assert invited() == {f"{who}@exemple.fr" for who in ("lea", "awa", "karim", "ines")}
    assert Invitation.objects.get(email="karim@exemple.fr").first_name == "Karim"
    assert Email.objects.filter(kind="invitation").count() == 4
    assert Email.objects.filter(kind="cagnotte_opened").count() <= 1


def test_one_bad_row_keeps_itself_and_loses_nobody_elses(at_home: TenantClient) -> None:
    """B2: what failed stays to be corrected, what left is said and is gone from the form."""
    profiles.create(now=STARTED, source="manual", email="cliente@exemple.fr")
    at_home.post("/espace/inviter", {"email": "deja@exemple.fr"})
    answer = at_home.post(
        "/espace/inviter",
        {
            "first_name": "Léa", "email": "lea@exemple.fr",
            "first_name_1": "Tom", "email_1": "tom@",
            "first_name_2": "www.evil.example", "email_2": "eve@exemple.fr",
            "pasted": "cliente@exemple.fr, deja@exemple.fr\nawa@exemple.fr, rien",
        },
    )  # fmt: skip
    html = answer.content.decode()
    assert answer.status_code == 422 and "<title>Erreur" in html
    assert invited() == {"deja@exemple.fr", "lea@exemple.fr", "awa@exemple.fr"}
    said = plain(html)
    assert "2 invitations sont parties, à votre nom : Léa, awa@exemple.fr." in said
    left = {name: value for name, value in values(html).items() if value}
    assert left == {
        "first_name": "Tom", "email": "tom@",
        "first_name_1": "www.evil.example", "email_1": "eve@exemple.fr",
    }  # fmt: skip
    assert "cliente@exemple.fr : Cette adresse ne peut pas être invitée" in said
    assert "deja@exemple.fr : Vous avez déjà invité cette adresse" in said
    assert "rien : Indiquez une adresse complète" in said
    assert "\ncliente@exemple.fr\ndeja@exemple.fr\nrien</textarea>" in html.replace("\r", "")


def test_the_days_limit_holds_in_the_middle_of_a_list(at_home: TenantClient) -> None:
    """R42: ten leave, the others stay in the form, and the reason is said once."""
    pasted = "\n".join(f"ami{n}@exemple.fr" for n in range(13))
    answer = at_home.post("/espace/inviter", {"pasted": pasted})
    html = answer.content.decode()
    assert answer.status_code == 429
    assert len(invited()) == 10
    assert "ami10@exemple.fr\nami11@exemple.fr\nami12@exemple.fr</textarea>" in html
    assert plain(html.partition("error-summary")[2].partition("</ul>")[0]).count("du jour") == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Indiquez l’adresse de votre proche"),
        ({"first_name_1": "Tom"}, "Indiquez l’adresse de votre proche"),
        ({"pasted": ",".join(f"a{n}@exemple.fr" for n in range(31))}, "30 adresses au plus"),
    ],
)
def test_what_names_nobody_or_everybody_is_said(
    at_home: TenantClient, typed: dict[str, str], said: str
) -> None:
    answer = at_home.post("/espace/inviter", typed)
    assert answer.status_code == 422 and said in plain(answer.content.decode())
    assert not invited()


def test_sending_twice_writes_once(at_home: TenantClient) -> None:
    """B9, R3: the second time says so, and nobody is written to again."""
    typed = {"email": "lea@exemple.fr", "email_1": "awa@exemple.fr"}
    assert at_home.post("/espace/inviter", typed).status_code == 302
    again = at_home.post("/espace/inviter", typed)
    assert again.status_code == 409
    assert plain(again.content.decode()).count("Vous avez déjà invité cette adresse.") >= 2
    assert Email.objects.filter(kind="invitation").count() == 2


def test_no_more_rows_are_read_than_are_shown() -> None:
    """R26."""
    form = InviteForm({f"email_{n}": f"a{n}@exemple.fr" for n in range(1, 40)})
    assert form.is_valid() and len(form.friends()) == 9
