"""A brand that calls itself otherwise is called so on every page; a proof keeps its words (D2)."""

import html

import pytest

from tenants.context import enter
from tenants.models import Tenant
from tenants.profiles.models import Consent
from tests.acceptance.brands import Brand, nora_opens, open_for_yann
from tests.acceptance.conftest import Lumen
from tests.acceptance.test_parties import POLICY, Partnered
from tests.fixtures.tenants import TenantClient

SETTLED = {"color": "#1F5C43", "policy_url": POLICY}


@pytest.fixture(autouse=True)
def quick(offices: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("partnerships.services.inviting.EVEN_SECONDS", 0)


@pytest.fixture
def partnered(lumen: Lumen) -> Partnered:
    return Partnered(lumen, Brand(lumen.tenant, "claire@maison-lumen.fr"))


def read(client: TenantClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return html.unescape(answer.content.decode())


def test_pa07_lists_modules_and_widgets_say_what_a_partner_is_called_today(
    partnered: Partnered, lumen: Lumen
) -> None:
    nora, office = nora_opens(lumen), partnered.office
    nora.accept(nora.partner("Lumen"), policy=POLICY)
    partnered.go_live()
    number = partnered.path.rpartition("/")[2]
    [module] = office.modules()
    preview = f"/widgets/apercu?target={module.rpartition('/')[2]}"
    assert '"BN"' in read(office.client, preview)
    renamed = {"name": "Torréfaction Noé", **SETTLED}
    assert nora.browser().post("/reglages/site", renamed).status_code == 302
    pages = (
        "/operations",
        "/operations/partenaires",
        "/operations/partenaires?q=torréfaction",
        office.path,
        f"{office.path}/modules",
        f"{office.path}/partenaires",
        f"{office.path}/resultats",
        f"{partnered.path}",
    )
    for path in pages:
        page = read(office.client, path)
        assert "Torréfaction Noé" in page and "Brûlerie" not in page, path
    assert '"TN"' in read(office.client, preview) and '"BN"' not in read(office.client, preview)
    # From the partner's page to the operations with it.
    assert f'href="{office.path}"' in read(office.client, f"/partenariats/{number}")
    # The proof says what was read.
    said = read(office.client, f"{partnered.path}/accord/major")
    assert "Brûlerie Noé" in said


def test_pa11_a_guest_reads_what_its_organiser_is_called_today(
    partnered: Partnered, lumen: Lumen
) -> None:
    nora = nora_opens(lumen)
    nora.accept(nora.partner("Lumen"), policy=POLICY)
    partnered.go_live()
    partnered.letters(nora)
    assert "Maison Lumen" in nora.page("/operations/recues")
    answer = partnered.office.client.post("/reglages/site", {"name": "Atelier Lumière", **SETTLED})
    assert answer.status_code == 302, html.unescape(answer.content.decode())
    lumen.tenant.refresh_from_db()
    partnered.letters(nora)
    page = nora.page("/operations/recues")
    assert "Atelier Lumière" in page and "Maison Lumen" not in page


def test_a_widget_names_nobody_whom_the_organiser_has_not_confirmed(
    partnered: Partnered, lumen: Lumen, other_merchant: Tenant
) -> None:
    """D1: as the page that it leads to."""
    marins = open_for_yann(other_merchant)
    partnered.marin_joins(marins)
    [module] = partnered.office.modules()
    preview = f"/widgets/apercu?target={module.rpartition('/')[2]}"
    page = read(partnered.office.client, preview)
    assert '"BN"' not in page and '"AM"' not in page
    with enter(lumen.tenant):
        assert not Consent.objects.exists()
