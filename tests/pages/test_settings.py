"""The settings: the programme's rules, the brand, and what their forms keep and say."""

import re

import pytest

from tenants.models import Tenant
from tenants.programme.models import ProgrammeVersion
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import RULES, new_key, text_of


def test_fs21_new_rules_are_a_new_version_and_the_same_rules_are_none(
    claire: TenantClient, louis: TenantClient, rules: ProgrammeVersion
) -> None:
    claire.post("/reglages/programme", RULES)
    assert ProgrammeVersion.objects.count() == 1
    claire.post("/reglages/programme", {**RULES, "referrer_amount": "10,00 €"})
    latest = ProgrammeVersion.objects.first()
    assert latest is not None and (latest.number, latest.referrer_amount) == (2, 1000)
    page = text_of(claire.get("/reglages/programme"))
    assert "Camille reçoit 10,00 € et Thomas 5,00 €" in page and "Claire Test" in page
    assert louis.post("/reglages/programme", RULES).status_code == 403
    assert "Publier ces règles" not in text_of(louis.get("/reglages/programme"))
    assert ProgrammeVersion.objects.count() == 2


def test_a_rule_out_of_its_limits_is_said_at_its_field(
    claire: TenantClient, rules: ProgrammeVersion
) -> None:
    """B4: what to write, with both limits."""
    response = claire.post("/reglages/programme", {**RULES, "pending_days": "400"})
    assert response.status_code == 422
    assert "Indiquez une valeur entre 0 et 365." in text_of(response)
    assert ProgrammeVersion.objects.count() == 1


def test_the_brand_is_kept_and_the_merchant_told_what_was_adjusted(
    claire: TenantClient, merchant: Tenant
) -> None:
    form = {"name": "Maison Lumen", "site_url": "https://lumen.example", "color": "E5A83B"}
    claire.post("/reglages/site", form)
    page = claire.get("/reglages/site").content.decode()
    merchant.refresh_from_db()
    assert merchant.brand_color == "#E5A83B" and merchant.brand_tokens["brand"] == "#e5a83b"
    assert "est trop clair pour du texte" in page
    assert "data-key=&quot;pk_live_" in page
    bad = claire.post("/reglages/site", {**form, "color": "bleu"})
    assert bad.status_code == 422 and "par exemple #E5A83B" in text_of(bad)


def test_a_draft_is_kept_until_it_is_saved(claire: TenantClient, rules: ProgrammeVersion) -> None:
    """B14: the form keeps a draft; the page after saving lets it go and is not given it back."""
    assert 'data-draft="rules"' in claire.get("/reglages/programme").content.decode()
    claire.post("/reglages/programme", {**RULES, "referrer_amount": "9"})
    saved = claire.get("/reglages/programme").content.decode()
    assert 'data-draft-saved="rules"' in saved and 'data-draft="rules"' not in saved
    form = {"key": new_key(), "first_name": "Awa", "last_name": "Diallo"}
    record = claire.post("/clients/ajouter", form)["Location"]
    assert 'data-draft-saved="customer"' in claire.get(record).content.decode()


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("/recompenses/ajouter", {"name": "", "cost": "x", "stock": "x", "kind": "x"}),
        ("/reglages/programme", dict.fromkeys(RULES, "x")),
    ],
)
def test_the_summary_of_errors_reads_in_the_order_of_the_screen(
    claire: TenantClient, rules: ProgrammeVersion, address: str, wrong: dict[str, str]
) -> None:
    """B2."""
    html = claire.post(address, {"key": new_key(), **wrong}).content.decode()
    summary, fields = html[html.index("error-summary") :].split("</ul>", 1)
    links = re.findall(r'href="#(id_\w+)"', summary)
    assert len(links) >= 4
    places = [fields.index(f'id="{link}"') for link in links]
    assert places == sorted(places)
