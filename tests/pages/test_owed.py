"""What cagnottes hold, as the merchant and their accountant see it."""

from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import Story, text_of


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
