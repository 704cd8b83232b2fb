"""The owner's pages, from the first look to leaving and coming back."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test.client import FakePayload

from accounts.models import Role
from billing.models import Account, AccountState, Invoice
from tenants.models import Tenant
from tests.accounts.conftest import PASSWORD, member
from tests.billing.stripe.conftest import Shop
from tests.fixtures.tenants import TenantClient

HOME = "/reglages/abonnement"
PAGES = (HOME, f"{HOME}/formules", f"{HOME}/formules/growing/mensuel", f"{HOME}/factures")


@pytest.fixture
def owner(shop: Shop) -> TenantClient:
    return logged_in(shop.tenant, "Camille", Role.OWNER)


class MemberClient(TenantClient):
    """A member's browser: when weeks have passed, and its session with them, it logs in again."""

    def __init__(self, tenant: Tenant, email: str) -> None:
        super().__init__(tenant)
        self.email = email

    def request(self, **request: object) -> HttpResponse:
        response = super().request(**request)
        if response.headers.get("Location", "").startswith("/connexion?"):
            super().request(**self._log_in())
            response = super().request(**request)
        return response

    def _log_in(self) -> dict[str, object]:
        words = urlencode({"email": self.email, "password": PASSWORD}).encode()
        return {
            "PATH_INFO": "/connexion",
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(words)),
            "wsgi.input": FakePayload(words),
        }


def logged_in(tenant: Tenant, name: str, role: Role) -> TenantClient:
    return MemberClient(tenant, member(tenant, name, role).user.email)


def text(response: HttpResponse) -> str:
    """What a person reads, with plain spaces."""
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", unescape(words))


def press(client: TenantClient, path: str, **more: str) -> HttpResponse:
    """Look at a page, then send its own form."""
    page = client.get(path).content.decode()
    hidden = dict(
        re.findall(r'<input type="hidden" name="(attempt|as_of|due)" value="([^"]*)"', page)
    )
    return client.post(path, {**hidden, **more})


def buy(shop: Shop, owner: TenantClient, path: str = "growing/mensuel") -> HttpResponse:
    """All the way: the button, Stripe's page, and the page that one comes back to."""
    response = press(owner, f"{HOME}/formules/{path}")
    assert response.status_code == 302, text(response)
    session = response["Location"].rpartition("/")[2]
    done = shop.double.pay(session)["success_url"]
    return owner.get(done.partition(owner.host)[2], follow=True)


def test_only_owners_see_what_is_paid(shop: Shop) -> None:
    for name, role in (("Hugo", Role.MANAGER), ("Ines", Role.VIEWER)):
        client = logged_in(shop.tenant, name, role)
        for path in PAGES:
            assert client.get(path).status_code == 403, path
        assert client.post(f"{HOME}/formules/growing/mensuel").status_code == 403
        assert HOME not in client.get("/reglages").content.decode()
    assert shop.account.stripe_customer_id is None


def test_every_page_says_when_the_double_plays_stripe(
    shop: Shop, owner: TenantClient, settings: LazySettings
) -> None:
    buy(shop, owner)
    paths = (*PAGES, f"{HOME}/resilier", f"{HOME}/formules/scale/annuel")
    for path in paths:
        page = owner.get(path, follow=True)
        assert page.status_code == 200 and "Paiements simulés" in text(page), path
    settings.STRIPE_SECRET_KEY = "sk_test_real"
    for path in (HOME, f"{HOME}/formules", f"{HOME}/factures"):
        assert "Paiements simulés" not in text(owner.get(path)), path


def test_r16_the_forms_may_lead_to_stripe_alone_and_ask_for_no_card(
    shop: Shop, owner: TenantClient, settings: LazySettings
) -> None:
    """Redirect only: no page of ours has a field for a card, or a script of somebody else's."""
    page = owner.get(f"{HOME}/formules/growing/mensuel")
    policy = _policy(page)
    assert policy["form-action"] == f"'self' {shop.double.url}" and policy["script-src"] == "'self'"
    assert not re.search(r'name="(number|card|cvc|iban)"', page.content.decode())
    settings.STRIPE_SECRET_KEY = "sk_test_real"
    theirs = "https://checkout.stripe.com https://billing.stripe.com"
    assert _policy(owner.get(HOME))["form-action"] == f"'self' {theirs}"
    assert _policy(owner.get("/reglages"))["form-action"] == "'self'"


def _policy(page: Any) -> dict[str, str]:
    """What a page allows, by directive: they stand in no order."""
    parts = (one.strip().partition(" ") for one in page["Content-Security-Policy"].split(";"))
    return {name: allowed for name, _space, allowed in parts}


def test_an_owner_subscribes_within_the_trial(shop: Shop, owner: TenantClient) -> None:
    assert "Essai gratuit jusqu’au 1er avr. 2026, sans carte." in text(owner.get(HOME))
    assert "rien n’est débité d’ici là" in text(owner.get(PAGES[2]))
    page = text(buy(shop, owner))
    assert "Votre abonnement à la formule Growing a commencé." in page
    assert "Premier paiement ce jour-là : 79,00 € HT par mois." in page
    assert shop.account.state == AccountState.TRIALING
    assert "Choisir Growing" not in text(owner.get(f"{HOME}/formules"))


def test_an_upgrade_says_its_price_and_bills_just_that(shop: Shop, owner: TenantClient) -> None:
    shop.advance(days=40)
    buy(shop, owner)
    shop.advance(days=10)
    said = text(owner.get(f"{HOME}/formules/scale/mensuel"))
    due = re.search(r"([\d, ]+) € seront débités aujourd’hui", said).group(1)
    assert "Temps non utilisé de la formule Growing" in said and "TVA" in said
    response = press(owner, f"{HOME}/formules/scale/mensuel")
    assert response.status_code == 302
    assert "Vous avez maintenant la formule Scale." in text(owner.get(HOME))
    total = Invoice.objects.latest("created_at").total
    assert f"{total / 100:.2f}".replace(".", ",") == due.strip().replace(" ", "")


@pytest.mark.parametrize("as_of", ["", "nonsense", "0", "later"])
def test_r26_the_buyer_does_not_set_the_moment_that_is_counted_from(
    shop: Shop, owner: TenantClient, as_of: str
) -> None:
    """A second just before the period's end would have cost next to nothing."""
    shop.advance(days=40)
    buy(shop, owner)
    if as_of == "later":
        as_of = str(int(shop.account.period_ends_at.timestamp()) - 1)
    response = press(owner, f"{HOME}/formules/scale/mensuel", as_of=as_of)
    assert response.status_code == 409
    assert "Le montant a changé depuis l’ouverture de cette page." in text(response)
    assert shop.account.plan == "growing" and Invoice.objects.count() == 1
    response = press(owner, f"{HOME}/formules/scale/mensuel", due="1")
    assert response.status_code == 409 and Invoice.objects.count() == 1
    assert press(owner, f"{HOME}/formules/scale/mensuel").status_code == 302


def test_paying_the_same_plan_by_the_year_is_said_as_such(shop: Shop, owner: TenantClient) -> None:
    shop.advance(days=40)
    buy(shop, owner)
    said = text(owner.get(f"{HOME}/formules/growing/annuel"))
    assert "Payer la formule Growing par an ?" in said.replace("\u202f", " ")
    assert "Formule Growing pour un an" in said and "fin de la période" not in said
    assert "À débiter aujourd’hui" in said
    press(owner, f"{HOME}/formules/growing/annuel")
    said = text(owner.get(f"{HOME}/formules/growing/mensuel"))
    assert "Payer la formule Growing par mois" in said and "gelé" not in said
    press(owner, f"{HOME}/formules/growing/mensuel")
    said = text(owner.get(f"{HOME}/revenir"))
    assert "Garder votre rythme de paiement" in said and "Passer quand même" not in said


def test_a_price_that_is_not_known_can_be_left_for_another(shop: Shop, owner: TenantClient) -> None:
    shop.advance(days=40)
    buy(shop, owner)
    Account.objects.update(interval="")
    assert owner.get(f"{HOME}/formules").status_code == 200
    assert owner.get(f"{HOME}/formules/scale/mensuel").status_code == 200


def test_a_declined_card_says_so_and_offers_to_change_it(shop: Shop, owner: TenantClient) -> None:
    shop.advance(days=40)
    buy(shop, owner)
    shop.script_card(fails=[1])
    response = press(owner, f"{HOME}/formules/scale/mensuel")
    assert response.status_code == 402
    assert "La carte a été refusée : rien n’a changé." in text(response)
    assert "Changer de carte" in text(response) and shop.account.plan == "growing"


def test_a_downgrade_leaving_and_coming_back_ask_first(shop: Shop, owner: TenantClient) -> None:
    shop.advance(days=40)
    buy(shop, owner)
    asked = text(owner.get(f"{HOME}/formules/starter/mensuel"))
    assert "Rien n’est débité ni remboursé aujourd’hui." in asked
    press(owner, f"{HOME}/formules/starter/mensuel")
    assert "Vous passez à la formule Starter le 11 mai 2026" in text(owner.get(HOME))
    press(owner, f"{HOME}/resilier")
    page = text(owner.get(HOME))
    assert "L’abonnement s’arrête le 11 mai 2026." in page and "Résilier" not in page
    press(owner, f"{HOME}/revenir")
    assert "Prochain paiement le 11 mai 2026" in text(owner.get(HOME))
    assert owner.get(f"{HOME}/revenir").status_code == 302, "nothing is left to take back"


def test_the_portal_is_stripes_and_what_was_done_there_shows_at_once(
    shop: Shop, owner: TenantClient
) -> None:
    shop.advance(days=40)
    buy(shop, owner)
    response = owner.post(f"{HOME}/portail")
    assert response["Location"].startswith(f"{shop.double.url}/portal/bps_")
    subscription = shop.account.stripe_subscription_id
    shop.double.client.v1.subscriptions.update(subscription, {"cancel_at": "min_period_end"})
    page = owner.get(f"{HOME}/retour", follow=True)
    assert "L’abonnement s’arrête le" in text(page)


def test_an_unpaid_invoice_is_shown_with_its_way_out(shop: Shop, owner: TenantClient) -> None:
    shop.advance(days=40)
    buy(shop, owner)
    shop.script_card(fails=[1, 2, 3, 4])
    shop.advance(days=31)
    shop.hear()
    page = owner.get(HOME)
    assert "Sans paiement avant le" in text(page) and "94,80 € à payer" in text(page)
    assert f'href="{Invoice.objects.get(state="open").hosted_url}"' in page.content.decode()


def test_invoices_are_listed_searched_and_exported(shop: Shop, owner: TenantClient) -> None:
    empty = owner.get(f"{HOME}/factures")
    assert "Aucune facture pour l’instant" in text(empty)
    shop.advance(days=40)
    buy(shop, owner)
    number = Invoice.objects.get().number
    page = owner.get(f"{HOME}/factures?q={number}")
    assert number in text(page) and "94,80 €" in text(page) and "15,80 €" in text(page)
    exported = owner.get(f"{HOME}/factures?export=csv")
    assert number.encode() in b"".join(exported)


def test_coming_back_from_the_checkout_without_paying_says_so(
    shop: Shop, owner: TenantClient
) -> None:
    press(owner, f"{HOME}/formules/growing/mensuel")
    page = text(owner.get(f"{HOME}/merci", follow=True))
    assert "Aucun paiement n’a été fait : rien n’a changé." in page


def test_while_stripe_is_away_pages_are_read_and_acts_say_so(
    shop: Shop, owner: TenantClient, settings: LazySettings
) -> None:
    settings.STRIPE_API_URL = "http://127.0.0.1:1"
    for path in PAGES:
        assert owner.get(path).status_code == 200, path
    page = owner.post(f"{HOME}/formules/growing/mensuel", follow=True)
    assert "Le service de paiement ne répond pas." in text(page)
    assert shop.account.stripe_customer_id is None


@pytest.mark.parametrize("path", ["platinum/mensuel", "partner/mensuel", "growing/hebdomadaire"])
def test_a_plan_that_does_not_exist_is_not_found(
    shop: Shop, owner: TenantClient, path: str
) -> None:
    assert owner.get(f"{HOME}/formules/{path}").status_code == 404
    assert owner.post(f"{HOME}/formules/{path}").status_code == 404


def test_r26_the_price_is_the_plans_whatever_a_form_says(shop: Shop, owner: TenantClient) -> None:
    response = press(
        owner,
        f"{HOME}/formules/growing/mensuel",
        price="1", unit_amount="1", trial_end="4102444800", account_id="x", plan="scale",
    )  # fmt: skip
    session = response["Location"].rpartition("/")[2]
    line = shop.double.world.store.secret(session)["line_items"]["data"][0]
    assert line["price"]["lookup_key"] == "ricochet_growing_month"
    assert line["amount_total"] == 7_900
