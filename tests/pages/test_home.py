"""The first page, prizes and claims."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kernel.ledger.selectors import balance
from tenants.activity.types import RefundInput
from tenants.lookup import forget
from tenants.messaging.models import Email
from tenants.models import Tenant
from tenants.profiles.models import CustomerImport, Profile
from tenants.programme import checklist, conductor, services
from tenants.programme.models import ProgrammeVersion, Reward
from tenants.referrals.codes import code_for
from tenants.referrals.models import Click
from tenants.rewards.models import Claim, ClaimState, Prize
from tenants.rewards.services import save_prize
from tests.fixtures.programme import make_order
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import RULES, Story, asked, customer, new_key, text_of


@pytest.fixture
def claim(rules: ProgrammeVersion, camille: Profile) -> Claim:
    """Camille took a candle for 5,00 € of her 12,00 €."""
    now = timezone.now()
    services.adjust(
        profile=camille, amount=1200, reason="Bienvenue", key="k", author_id=None, now=now
    )
    candle = save_prize(now=now, unit="EUR", name="Bougie Aube", cost=500, stock=1)
    return services.claim_prize(profile=camille, prize_id=candle.id, key="c", now=now)


def test_o3_the_first_day_shows_steps_ticked_by_facts(
    claire: TenantClient, merchant: Tenant
) -> None:
    page = claire.get("/").content.decode()
    assert "Pour bien commencer" in page and page.count('class="tick"') == 6
    assert page.count('<span class="sr-only"> (fait)</span>') == 0
    claire.post("/reglages/programme", RULES)
    assert claire.get("/").content.decode().count('<span class="sr-only"> (fait)</span>') == 1


def test_o3_the_checklist_suits_a_shop_without_a_developer(
    claire: TenantClient, merchant: Tenant
) -> None:
    """The customer history is in it; one way of being connected is enough, and none is one."""
    titles = [step.title for step in checklist.steps(outside={"script_seen": False})]
    assert titles[2:4] == ["Importer vos clients", "Relier votre boutique"]
    for facts in ({"script_seen": True, "api_key": False}, {"script_seen": False, "api_key": True}):
        assert checklist.steps(outside=facts)[3].done
    Tenant.objects.filter(id=merchant.id).update(site_url="")
    claire.post("/mise-en-route/boutique", {"online": "no"})
    titles = [step.title for step in checklist.steps(outside={"script_seen": False})]
    assert len(titles) == 5 and "Relier votre boutique" not in titles


def test_after_publishing_the_home_leads_to_the_next_step_and_says_the_planned_cost(
    claire: TenantClient, merchant: Tenant
) -> None:
    claire.post("/mise-en-route/publier")
    response = claire.get("/")
    page = text_of(response)
    assert "Prochaine étape : Importer vos clients." in page
    assert "Un nouveau client vous coûtera environ 8,00 €." in page
    lead = re.search(r'<a href="([^"]+)" class="btn btn-primary', response.content.decode())
    assert lead and lead[1] == "/clients/importer"
    now = timezone.now()
    CustomerImport.objects.create(
        file_name="clients.csv", size=1, rows=1, state="applied", created_at=now, forget_at=now
    )
    assert "Prochaine étape : Relier votre boutique." in text_of(claire.get("/"))


def test_the_planned_cost_stands_until_a_new_customer_cost_something(
    claire: TenantClient, rules: ProgrammeVersion, camille: Profile
) -> None:
    now = timezone.now()
    conductor.order_received(order=make_order(camille.email, ordered_at=now), now=now)
    page = text_of(claire.get("/"))
    assert "Coût par nouveau client 10,40 €" in page and "prévu par vos règles" in page


def test_the_home_page_counts_what_referrals_brought_and_cost(
    claire: TenantClient, story: Story
) -> None:
    """One new customer for 8,00 € and 5,00 €; the total owed leads to its lines (B17)."""
    response = claire.get("/")
    page = text_of(response)
    assert "Nouveaux clients parrainés 1" in page
    assert "Coût par nouveau client 13,00 €" in page
    assert "et 13,00 € en attente" in page
    assert 'href="/cagnottes-dues"' in response.content.decode()
    assert "/cagnottes-dues/lignes" in claire.get("/cagnottes-dues").content.decode()


def test_the_home_page_asks_as_much_for_many_customers_as_for_few(
    claire: TenantClient, story: Story
) -> None:
    """Set-based: more rows, not more queries."""
    claire.get("/")
    few = asked(claire, "/")
    for number in range(8):
        friend = customer(f"Ami{number}", "Test")
        services.refer_by_hand(
            referrer=story.camille,
            referee=friend,
            author_id=None,
            at_once=False,
            now=timezone.now(),
        )
    assert len(asked(claire, "/")) <= len(few)


def test_validated_referrals_make_ambassadors(claire: TenantClient, story: Story) -> None:
    later = timezone.now() + timedelta(days=15)
    for reward in Reward.objects.all():
        conductor.post_due_reward(transfer_id=reward.transfer_id, now=later)
    page = text_of(claire.get("/"))
    assert "Camille Rouvière" in page and "62,40 €" in page and "Cagnotte due 13,00 €" in page


def test_a_claim_is_handed_over_once_and_undone(claire: TenantClient, claim: Claim) -> None:
    """B8."""
    assert "1 lot à préparer" in text_of(claire.get("/a-traiter")) or claim.code
    url = f"/recompenses/demandes/{claim.public_id}/remettre"
    for _ in range(2):
        assert claire.post(url).status_code == 302
    claim.refresh_from_db()
    assert claim.state == ClaimState.HANDED_OVER
    html = claire.get("/recompenses/demandes").content.decode()
    token = html.split('name="undo" value="')[1].split('"')[0]
    claire.post("/recompenses/demandes/annuler", {"undo": token})
    claim.refresh_from_db()
    assert claim.state == ClaimState.CLAIMED


def test_a_claim_whose_money_was_taken_back_says_so_and_asks(
    claire: TenantClient, story: Story
) -> None:
    """R4, B8: the reward paid for the prize, then the order was refunded; nothing is silent."""
    camille, now = story.camille, timezone.now()
    later = now + timedelta(days=15)
    for reward in Reward.objects.all():
        conductor.post_due_reward(transfer_id=reward.transfer_id, now=later)
    candle = save_prize(now=now, unit="EUR", name="Bougie Aube", cost=700)
    row = services.claim_prize(profile=camille, prize_id=candle.id, key="c", now=later)
    assert "doit" not in text_of(claire.get("/a-traiter"))
    conductor.refund_received(
        order_id="LUM-1", refund=RefundInput(external_id="R", amount=6240, refunded_at=now), now=now
    )
    assert "Sa cagnotte doit 7,00 €" in text_of(claire.get("/a-traiter"))
    assert "Camille Rouvière, 7,00 € à combler" in text_of(claire.get("/recompenses/demandes"))
    address = f"/recompenses/demandes/{row.public_id}/remettre"
    asked = text_of(claire.post(address, {"next": "/a-traiter"}))
    assert "Remettre « Bougie Aube » à Camille Rouvière ?" in asked
    assert "doit 7,00 €" in asked and "lui rendrait 7,00 €" in asked
    row.refresh_from_db()
    assert row.state == ClaimState.CLAIMED
    done = claire.post(address, {"next": "/a-traiter", "sure": "1"})
    assert done.status_code == 302 and done["Location"] == "/a-traiter"
    row.refresh_from_db()
    assert row.state == ClaimState.HANDED_OVER


def test_cancelling_a_claim_names_the_amount_and_gives_it_back_once(
    claire: TenantClient, claim: Claim, camille: Profile
) -> None:
    url = f"/recompenses/demandes/{claim.public_id}/refuser"
    assert "5,00 € reviennent dans sa cagnotte" in text_of(claire.get(url))
    for _ in range(2):
        assert claire.post(url).status_code == 302
    assert balance(owner_id=camille.id, unit="EUR").available == 1200
    assert Prize.objects.get().stock == 1
    told = Email.objects.filter(to=claim.profile.email, kind="claim_cancelled")
    assert [row.context["amount"] for row in told] == [500]


def test_a_claim_is_found_by_the_code_that_the_customer_shows(
    claire: TenantClient, claim: Claim
) -> None:
    spoken = f"{claim.code[:5]} {claim.code[5:]}".lower()
    assert "Bougie Aube" in text_of(claire.get("/recompenses/demandes", {"q": spoken}))


def test_sp15_prizes_are_added_changed_and_archived_with_undo(
    claire: TenantClient, claim: Claim
) -> None:
    """SP-15: what was claimed keeps its name and cost."""
    form = {"key": new_key(), "name": "Lampe", "kind": "gift", "cost": "60", "stock": ""}
    for _ in range(2):
        claire.post("/recompenses/ajouter", form)
    assert Prize.objects.count() == 2
    candle = Prize.objects.get(name="Bougie Aube")
    changed = {**form, "key": new_key(), "name": "Bougie Soir", "cost": "6,00", "stock": "4"}
    claire.post(f"/recompenses/{candle.public_id}", changed)
    claim.refresh_from_db()
    assert (claim.prize_name, claim.cost) == ("Bougie Aube", 500)
    claire.post(f"/recompenses/{candle.public_id}/archiver", {"active": "0"})
    html = claire.get("/recompenses").content.decode()
    candle.refresh_from_db()
    assert not candle.active and "«\u00a0Bougie Soir\u00a0» archivé" in html
    token = html.split('name="undo" value="')[1].split('"')[0]
    claire.post("/recompenses/annuler", {"undo": token})
    candle.refresh_from_db()
    assert candle.active


def test_a_claim_made_while_a_prize_is_edited_stays_counted(
    claire: TenantClient, rules: ProgrammeVersion
) -> None:
    """R1: the stock that the page showed is not written over what was taken since."""
    candle = save_prize(now=timezone.now(), unit="EUR", name="Bougie Aube", cost=500, stock=5)
    html = claire.get(f"/recompenses/{candle.public_id}").content.decode()
    assert 'name="stock_shown" value="5"' in html
    Prize.objects.update(stock=3)  # two customers choose it meanwhile
    form = {
        "key": new_key(), "name": "Bougie Soir", "kind": "gift", "cost": "5,00",
        "stock": "5", "stock_shown": "5",
    }  # fmt: skip
    claire.post(f"/recompenses/{candle.public_id}", form)
    candle.refresh_from_db()
    assert (candle.name, candle.stock) == ("Bougie Soir", 3)
    claire.post(f"/recompenses/{candle.public_id}", {**form, "stock": "8"})
    candle.refresh_from_db()
    assert candle.stock == 8


def test_every_page_leads_strangers_to_the_log_in(client_for, merchant: Tenant) -> None:
    stranger = client_for(merchant)
    for path in ("/", "/a-traiter", "/clients", "/commandes", "/parrainage", "/recompenses",
                 "/recompenses/demandes", "/reglages", "/reglages/programme", "/reglages/site",
                 "/reglages/trackers"):  # fmt: skip
        response = stranger.get(path)
        assert response.status_code == 302 and "/connexion" in response["Location"], path


def test_buttons_inside_a_list_carry_the_token_and_only_for_who_may_press_them(
    claire: TenantClient, louis: TenantClient, claim: Claim
) -> None:
    """R28: a form without our token would be refused by a real browser."""
    for path in ("/recompenses", "/recompenses/demandes"):
        html = claire.get(path).content.decode().split('id="table-region"')[1]
        forms = html.split("</table>")[0].split("<form ")[1:]
        forms = [form for form in forms if 'method="post"' in form.split(">")[0]]
        assert forms and all("csrfmiddlewaretoken" in form for form in forms), path
        seen = louis.get(path).content.decode().split("<tbody")[1].split("</table>")[0]
        assert "<form" not in seen, path


@pytest.mark.parametrize("address", ["/", "/clients/{customer}", "/clients/{customer}/cagnotte"])
def test_a_page_looks_for_the_rules_in_force_once(
    claire: TenantClient, story: Story, address: str
) -> None:
    """For the unit that amounts are in: every amount of the page used to ask again."""
    path = address.format(customer=story.camille.public_id)
    claire.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert claire.get(path).status_code == 200
    rules = [query for query in asked if "programme_version" in query["sql"]]
    in_force = [query for query in rules if "starts_at <=" in query["sql"]]
    assert len(in_force) <= 1


def test_links_that_lead_to_no_shop_are_told_with_how_many_came(
    claire: TenantClient, merchant: Tenant, rules: ProgrammeVersion, camille: Profile
) -> None:
    """Who sells online and has not said where: counted on the home page, said beside referrals."""
    Tenant.objects.filter(id=merchant.id).update(site_url="")
    forget(merchant)
    code = code_for(profile=camille, now=timezone.now())
    missing = "L’adresse de votre boutique manque"
    assert missing not in text_of(claire.get("/"))
    assert missing in text_of(claire.get("/parrainage"))
    for _visit in range(2):
        Click.objects.create(code=code, clicked_at=timezone.now())
    told = text_of(claire.get("/"))
    assert missing in told and "2 visites de liens de parrainage" in told
    # Who has no shop online has no address to give.
    claire.post("/mise-en-route/boutique", {"online": "no"})
    assert missing not in text_of(claire.get("/"))
    assert missing not in text_of(claire.get("/parrainage"))
