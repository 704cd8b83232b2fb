"""Links whose clicks count: they lead where the merchant said, and nowhere else (R31)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tenants.context import enter
from tenants.messaging import clicking, kinds
from tenants.messaging.kinds import KINDS, Kind
from tenants.messaging.models import Click, Email, EmailLink
from tenants.messaging.render import render
from tenants.messaging.writing.texts import Text
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tests.fixtures.tenants import TenantClient
from tests.messaging.conftest import NOW
from tests.messaging.samples import SAMPLES

BODY = (
    "[boutique](https://maisonlumen.fr/promo?a=1) [ailleurs](https://instagram.example/lumen) "
    "[cagnotte]({{ space_url }})"
)


class Campaigns:
    """A provider of kinds, as campaigns will be one."""

    def kind(self, name: str) -> Kind | None:
        return (
            None
            if name.endswith("gone")
            else replace(KINDS["reward_posted"], name=name, tracked=True, marketing=True)
        )

    def text(self, name: str, language: str) -> Text | None:
        return Text(subject="Promo", body=BODY, button="La boutique", target="shop_url")


provider = Campaigns()


@pytest.fixture
def campaign(settings: object, merchant: Tenant) -> str:
    settings.EMAIL_KIND_PROVIDERS = {  # type: ignore[attr-defined]
        "campaign": "tests.messaging.test_clicking.provider"
    }
    merchant.site_url = "https://maisonlumen.fr"
    return "campaign:0193f0a0"


@pytest.fixture
def email(campaign: str, queued: Callable[..., Email], camille: Profile) -> Email:
    return queued(campaign, profile=camille, **SAMPLES["reward_posted"])


def hrefs(email: Email, tenant: Tenant) -> list[str]:
    follow = clicking.follow_for(email=email, tenant=tenant)
    text = render(email=email, tenant=tenant, follow=follow).text
    return [word.rstrip(".") for word in text.split() if word.startswith("http")]


def test_a_kind_with_a_prefix_is_its_providers(campaign: str) -> None:
    assert kinds.kind_of(campaign) is not None
    assert kinds.kind_of("campaign:gone") is None
    assert kinds.kind_of("nobody:1") is None


def test_only_the_merchants_own_addresses_pass_by_us(email: Email, merchant: Tenant) -> None:
    shop, elsewhere, space, button, _stop = hrefs(email, merchant)
    assert elsewhere == "https://instagram.example/lumen"
    assert [("/e/" in link) for link in (shop, space, button)] == [True, True, True]
    targets = sorted(EmailLink.objects.values_list("target", flat=True))
    assert targets == ["https://maisonlumen.fr", "https://maisonlumen.fr/promo?a=1", "space_url"]


def test_a_click_is_counted_and_leads_on(email: Email, merchant: Tenant) -> None:
    client = TenantClient(merchant)
    merchant.save(update_fields=["site_url"])
    path = "/e/" + hrefs(email, merchant)[0].rpartition("/e/")[2]
    for _twice in range(2):
        response = client.get(path)
        assert (response.status_code, response["Location"]) == (
            302,
            "https://maisonlumen.fr/promo?a=1",
        )
    assert Click.objects.get().count == 2
    client.get(path, headers={"User-Agent": "Microsoft SafeLinks"})
    client.head(path)
    assert Click.objects.get().count == 2
    assert not response.cookies


def test_no_token_of_the_space_is_stored(email: Email, merchant: Tenant) -> None:
    space = hrefs(email, merchant)[2]
    token = space.rpartition("/e/")[2]
    target = clicking.clicked(token=token, tenant=merchant, now=NOW)
    assert target is not None
    assert "/espace/entrer/" in target
    assert not EmailLink.objects.filter(target__contains="/espace/").exists()


def test_a_forged_or_foreign_token_leads_nowhere(
    email: Email, merchant: Tenant, other_merchant: Tenant
) -> None:
    token = hrefs(email, merchant)[0].rpartition("/e/")[2]
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    for bad in (forged, "x", token[:44], "https://evil.example"):
        assert clicking.clicked(token=bad, tenant=merchant, now=NOW) is None
    with enter(other_merchant):
        assert clicking.clicked(token=token, tenant=other_merchant, now=NOW) is None
    assert Click.objects.count() == 0


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example",
        "https://maisonlumen.fr.evil.example",
        "https://maisonlumen.fr@evil.example",
        "//maisonlumen.fr",
        "javascript:alert(1)",
        "https://maisonlumen.fr:8443/x",
        "http://[::1",
    ],
)
def test_nothing_near_the_merchants_address_is_the_merchants(
    campaign: str, merchant: Tenant, address: str
) -> None:
    assert not clicking.may_lead_to(address, tenant=merchant)


def test_a_site_that_was_taken_away_is_led_to_no_more(email: Email, merchant: Tenant) -> None:
    token = hrefs(email, merchant)[0].rpartition("/e/")[2]
    merchant.site_url = "https://autre.example"
    assert clicking.clicked(token=token, tenant=merchant, now=NOW) is None
