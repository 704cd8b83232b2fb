"""What cagnottes hold, as the merchant and their accountant see it."""

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from kernel.ledger import services as ledger
from tenants.activity.models import Order
from tenants.loyalty import versions as loyalty
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme import services, versions
from tenants.programme.models import Preferences, ProgrammeVersion
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import Story, customer, text_of


def test_the_total_owed_leads_to_its_lines_and_its_file(claire: TenantClient, story: Story) -> None:
    """B17, R39: from the home page to the month's movements and the accountant's file."""
    assert 'href="/cagnottes-dues"' in claire.get("/").content.decode()
    page = text_of(claire.get("/cagnottes-dues"))
    assert "Dû aujourd’hui" in page
    assert "13,00 €" in page  # what both sides are promised
    file = claire.get("/cagnottes-dues/fichier")
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert file.content.decode().startswith("\ufeffJournalCode;")


def test_a_month_that_is_none_is_not_there(claire: TenantClient, louis: TenantClient) -> None:
    for month in ("2026-13", "hier", "1899-01", "2999-01", "2026-01;drop"):
        assert claire.get("/cagnottes-dues", {"mois": month}).status_code == 404
    assert claire.get("/cagnottes-dues", {"mois": "2026-01"}).status_code == 200
    assert louis.get("/cagnottes-dues").status_code == 200
    assert louis.get("/cagnottes-dues/fichier").status_code == 403


ACCOUNTS = {
    "journal": "od", "owed_number": "4198 10", "owed_name": "Cagnottes", "issued_number": "709800",
    "issued_name": "Remises de fidélité", "redeemed_number": "411000", "redeemed_name": "Clients",
    "expired_number": "758800", "expired_name": "Expirations", "adjusted_number": "658000",
    "adjusted_name": "Corrections",
}  # fmt: skip


def rows_of(claire: TenantClient, month: str = "") -> list[dict[str, str]]:
    query = {"mois": month} if month else {}
    text = claire.get("/cagnottes-dues/fichier", query).content.decode().removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def cents(text: str) -> int:
    return int(text.replace(",", ""))


def test_the_merchants_own_accounts_stand_in_the_file_which_says_what_the_page_says(
    claire: TenantClient, camille: Profile
) -> None:
    """Dated, balanced, and the debt's account grows by what the page's month grew, to the cent."""
    now = timezone.now()
    for amount, key in ((1234, "a"), (-350, "b")):
        services.adjust(
            profile=camille, amount=amount, reason="R", key=key, author_id=None, now=now
        )
    usual = {row["CompteNum"] for row in rows_of(claire)}
    assert usual == {"419800", "623400"}  # before anything is set
    assert "419800" in claire.get("/cagnottes-dues/comptes").content.decode()
    assert claire.post("/cagnottes-dues/comptes", ACCOUNTS).status_code == 302
    rows = rows_of(claire)
    assert {row["CompteNum"] for row in rows} == {"419810", "658000"}
    assert {row["JournalCode"] for row in rows} == {"OD"}
    assert {row["EcritureDate"] for row in rows} == {f"{timezone.localtime(now):%Y%m%d}"}
    for number in {row["EcritureNum"] for row in rows}:
        pair = [row for row in rows if row["EcritureNum"] == number]
        assert sum(cents(row["Debit"]) - cents(row["Credit"]) for row in pair) == 0
    debt = [row for row in rows if row["CompteNum"] == "419810"]
    assert sum(cents(row["Credit"]) - cents(row["Debit"]) for row in debt) == 884
    page = text_of(claire.get("/cagnottes-dues"))
    assert "À l’ouverture 0,00 €" in page and "À ce jour 8,84 €" in page


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("journal", "JOURNAL!", "au plus 6|de 1 à 6 lettres"),
        ("owed_number", "41", "de 3 à 12 caractères"),
        ("owed_number", "623400", "compte de tiers, de classe 4"),
        ("issued_number", "419800", "classe 6 ou 7"),
        ("expired_number", "6234", "compte de produits, de classe 7"),
        ("redeemed_number", "101000", "classe 4, 5, 6 ou 7"),
        ("adjusted_number", "=1+1", "commencent par trois chiffres"),
        ("owed_name", "", "un libellé"),
        ("owed_name", "a" * 61, "60"),
        ("owed_name", "a\u0007b", "un libellé"),
    ],
)
def test_an_account_that_no_software_takes_is_refused_and_nothing_is_kept(
    claire: TenantClient, rules: ProgrammeVersion, field: str, typed: str, said: str
) -> None:
    before = Preferences.objects.count()
    answer = claire.post("/cagnottes-dues/comptes", {**ACCOUNTS, field: typed})
    page = text_of(answer)
    assert answer.status_code == 422
    assert re.search(said, page), page
    assert 'value="709800"' in answer.content.decode() or field == "issued_number"  # B2
    assert Preferences.objects.count() == before


def test_only_who_may_change_things_sets_the_accounts(louis: TenantClient) -> None:
    assert louis.get("/cagnottes-dues/comptes").status_code == 403
    assert louis.post("/cagnottes-dues/comptes", ACCOUNTS).status_code == 403
    assert not Preferences.objects.exists()


def test_a_point_is_booked_at_what_it_saves_until_the_merchant_says_otherwise(
    claire: TenantClient, merchant: Tenant
) -> None:
    now = timezone.now()
    versions.publish(now=now, referrer_amount=80, referee_amount=50, unit="PTS")
    loyalty.publish(now=now, unit="PTS", point_value=Decimal(2), active=True)
    services.adjust(
        profile=customer("Ana", "Martin"), amount=150, reason="R", key="a", author_id=None, now=now
    )
    assert rows_of(claire)[0]["Debit"] == "3,00"
    html = claire.get("/cagnottes-dues/comptes").content.decode()
    assert 'value="0,02"' in html
    claire.post("/cagnottes-dues/comptes", {**ACCOUNTS, "point_value": "0,005"})
    (debit, credit) = rows_of(claire)
    assert (debit["Debit"], credit["Credit"]) == ("0,75", "0,75")
    assert "150" in debit["EcritureLib"]
    assert "0,75 €" in text_of(claire.get("/cagnottes-dues"))


def test_what_is_owed_leads_to_lines_that_add_up_to_it(
    claire: TenantClient, story: Story, buy: Callable[..., Order]
) -> None:
    """B17: by the month in which it expires in the merchant's own days, and what is promised."""
    now = timezone.now()
    owners = {"Ana": 1000, "Bo": 250, "Cy": 75}
    end = datetime(2031, 3, 1, tzinfo=ZoneInfo("Europe/Paris"))
    ends = {"Ana": end, "Bo": end - timedelta(minutes=1), "Cy": None}
    for name, amount in owners.items():
        ledger.issue(
            owner_id=customer(name, "Martin").id, unit="EUR", amount=amount, reason="earned_order",
            source="t:1", key=name, now=now, expires_at=ends[name],
        )  # fmt: skip
    page = claire.get("/cagnottes-dues")
    assert "Dû aujourd’hui 13,25 €" in text_of(page)
    html = page.content.decode()
    shown = {"2031-03": ("10,00 €", "Ana"), "2031-02": ("2,50 €", "Bo"), "jamais": ("0,75 €", "Cy")}
    for month, (amount, name) in shown.items():
        url = f"/cagnottes-dues/lignes?expire={month}"
        assert f'href="{url}"' in html
        lines = text_of(claire.get(url))
        assert f"{amount} en tout" in lines and f"{name} Martin" in lines
        assert "1 à 1 sur 1 ligne" in lines
    assert "13,25 € en tout" in text_of(claire.get("/cagnottes-dues/lignes"))
    assert "En attente 13,00 €" in text_of(page)  # both sides of the story's referral
    pending = text_of(claire.get("/cagnottes-dues/attente"))
    assert "13,00 € en tout" in pending and "Camille Rouvière" in pending and "8,00 €" in pending
    odd = claire.get("/cagnottes-dues/lignes", {"expire": "2031-13", "tri": "-wallet__id"})
    assert odd.status_code == 200  # R37
