"""Influencers and partners: a code of the merchant's choice, and what it brought (FS-13)."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from tenants import lookup
from tenants.activity.models import Order
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme.models import ProgrammeVersion
from tenants.referrals.models import Referral
from tenants.referrals.services import record_click
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import customer, text_of

LIST = "/parrainage/ambassadeurs"
NINA = {"kind": "influencer", "name": "Nina", "code": "nina 10", "email": "nina@exemple.fr"}


@pytest.fixture
def nina(claire: TenantClient, rules: ProgrammeVersion) -> Profile:
    assert claire.post(f"{LIST}/ajouter", NINA).status_code == 302
    return Profile.objects.get(first_name="Nina")


def test_one_is_added_with_the_code_that_the_merchant_chose(nina: Profile) -> None:
    assert nina.kind == "influencer"
    assert nina.referral_code.code == "NINA-10"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"code": "NINA-10"}, "déjà pris"),
        ({"code": "é"}, "de 4 à 32 caractères"),
        ({"code": "AUTRE", "email": "nina@exemple.fr"}, "a déjà cette adresse"),
    ],
)
def test_a_refused_one_leaves_nothing_behind(
    claire: TenantClient, nina: Profile, change: dict[str, str], words: str
) -> None:
    answer = claire.post(
        f"{LIST}/ajouter", {**NINA, "email": "zoe@exemple.fr", "name": "Zoé", **change}
    )
    assert words in text_of(answer)
    assert not Profile.objects.filter(first_name="Zoé").exists()


def test_the_list_counts_what_each_brought(
    claire: TenantClient, merchant: Tenant, nina: Profile, buy: Callable[..., Order]
) -> None:
    """Visits, friends, orders and what they earned; the link is the shop's with the code."""
    merchant.site_url = "https://boutique.example"
    merchant.save(update_fields=["site_url"])
    lookup.forget(merchant)
    record_click(code="NINA-10", channel="link", now=timezone.now())
    buy(customer("Thomas", "Guérin"), "LUM-1", code="nina-10")
    words = text_of(claire.get(LIST))
    assert "https://boutique.example/?ref=NINA-10" in words
    assert "Influenceur" in words
    assert "NINA-10" in words
    assert "62,40 €" in words
    assert "8,00 €" in words
    assert "Aucun" not in text_of(claire.get(f"{LIST}?q=nina-10"))


def test_an_influencer_may_bring_many_without_being_suspected(
    nina: Profile, buy: Callable[..., Order]
) -> None:
    for number in range(10):
        buy(
            customer("Ami", str(number), email=f"ami{number}@exemple.fr"),
            f"N{number}",
            code="NINA-10",
        )
    assert set(Referral.objects.values_list("state", flat=True)) == {"pending"}


def test_who_may_only_look_adds_nobody(louis: TenantClient, rules: ProgrammeVersion) -> None:
    assert louis.post(f"{LIST}/ajouter", NINA).status_code == 403
    assert not Profile.objects.exists()
