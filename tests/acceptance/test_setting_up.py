"""The guided set-up, as a merchant goes through it."""

import itertools
import re

from django.urls import reverse

from accounts.models import Membership, Role
from tenants.features import Feature, is_on, switch
from tenants.models import Tenant
from tenants.programme import setting_up, trades
from tenants.programme.models import Preferences, ProgrammeVersion
from tenants.rewards.models import Prize
from tests.acceptance.conftest import RULES
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import text_of

STEPS = ("cagnotte", "recompenses", "lots", "messages", "boutique", "historique", "apercu")
PHOTOGRAPHER = {"trade": "photo", "average_basket": "220", "margin": "60", "ready_to_spend": ""}


REWARDS = {
    "who": "both",
    "qualifying": "order",
    "referrer_amount": "8,00",
    "referee_amount": "6,24",
    "pending_days": "14",
}


def values_in(page: str) -> dict[str, list[str]]:
    """What the form on a page would send if nobody touched it."""
    found: dict[str, list[str]] = {}
    form = page[page.index('id="setup-form"') : page.index("setup-foot")]
    for tag in re.findall(r"<input [^>]*>", form):
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="([^"]+)"', tag)
        if name is None or name[1].startswith("csrf"):
            continue
        if kind and kind[1] in ("radio", "checkbox") and " checked" not in tag:
            continue
        found.setdefault(name[1], []).append(value[1] if value else "on")
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)"\s+selected', options)
        found[name] = [chosen[1] if chosen else ""]
    return found


def next_next_done(browser: TenantClient, first: dict[str, str]) -> None:
    """Answer the three questions, then go on without a word to the end."""
    answer = browser.post("/mise-en-route/objectif", first)
    for step in STEPS:
        assert answer["Location"] == f"/mise-en-route/{step}", step
        page = browser.get(answer["Location"]).content.decode()
        if step != "apercu":
            answer = browser.post(f"/mise-en-route/{step}", values_in(page))
    answer = browser.post("/mise-en-route/publier")
    assert answer["Location"] == reverse("programme:home", urlconf="config.urls_tenant")


def test_sp05_every_step_says_what_a_new_customer_costs(
    claire: TenantClient,
    merchant: Tenant,
) -> None:
    """Beside what the merchant is ready to spend, rewritten at each input."""
    question = {"trade": "home", "average_basket": "62,40", "margin": "44"}
    claire.post("/mise-en-route/objectif", question | {"ready_to_spend": "6"})
    over = "de plus que ce que vous êtes prêt à dépenser."
    for step in STEPS:
        page = text_of(claire.get(f"/mise-en-route/{step}"))
        assert "Coût d’un nouveau client" in page
        assert over not in page, step
    claire.post("/mise-en-route/recompenses", REWARDS)
    for step in STEPS:
        assert over in text_of(claire.get(f"/mise-en-route/{step}")), step
    typed = {"unit": "EUR", "who": "both", "referrer_amount": "8,00", "referee_amount": "6,24"}
    found = text_of(claire.get("/mise-en-route/estimation", typed | {"sim_used": "72"}))
    assert "10,25 €" in found and "5,76 €" in found and "4,49 €" in found
    alone = text_of(claire.get("/mise-en-route/estimation", typed | {"who": "referrer"}))
    assert "10,25 €" not in alone
    half_typed = typed | {"referrer_amount": "8,", "sim_margin": "beaucoup"}
    assert claire.get("/mise-en-route/estimation", half_typed).status_code == 200


def test_sp05_what_is_proposed_never_exceeds_the_budget(merchant: Tenant) -> None:
    """Were every point of it spent, and whatever is cheapest is within the first reward."""
    budgets = (1, 30, 99, 100, 250, 599, 1234, 4999, 100_000)
    for usual, budget, unit in itertools.product(trades.TRADES.values(), budgets, ("EUR", "PTS")):
        answers = {"trade": usual.key, "average_basket": usual.basket, "margin": usual.margin}
        plan = setting_up.draft({**answers, "ready_to_spend": budget, "draft": {"unit": unit}})
        rules = setting_up.rules_of(plan)
        worth = setting_up.POINT_VALUE if unit == "PTS" else 1
        case = (usual.key, budget, unit)
        assert (rules["referrer_amount"] + rules["referee_amount"]) * worth <= budget, case
        assert rules["referrer_amount"] > 0 or budget < worth, case
        cheapest = min(prize.cost for prize in setting_up.planned_prizes(plan))
        assert cheapest <= plan.first_reward or not plan.first_reward, case


def test_sp05_another_budget_proposes_anew_and_what_was_typed_stays(
    claire: TenantClient, merchant: Tenant
) -> None:
    question = {"trade": "home", "average_basket": "65", "margin": "45"}
    claire.post("/mise-en-route/objectif", question | {"ready_to_spend": ""})
    page = claire.get("/mise-en-route/recompenses").content.decode()
    claire.post("/mise-en-route/recompenses", values_in(page))  # as proposed
    claire.post("/mise-en-route/objectif", question | {"ready_to_spend": "5"})
    plan = setting_up.draft()
    assert (plan.referrer_amount, plan.referee_amount) == (300, 200)
    claire.post("/mise-en-route/recompenses", REWARDS)
    claire.post("/mise-en-route/objectif", question | {"ready_to_spend": "9"})
    assert setting_up.draft().referrer_amount == 800
    # Eight euros are not eight hundred points.
    claire.post("/mise-en-route/cagnotte", {"unit": "PTS", "name": "Mes points"})
    assert setting_up.draft().referrer_amount == 100


def test_sp05_the_first_step_answers_what_is_typed_before_it_is_sent(
    claire: TenantClient, merchant: Tenant
) -> None:
    """The panel is asked at each input; without scripts a button asks."""
    page = text_of(claire.get("/mise-en-route/objectif"))
    assert "votre saisie" not in page and "Panier : hypothèse, à ajuster." in page
    usual = {"trade": "other", "average_basket": "60,00", "margin": "40"}
    shown = text_of(claire.get("/mise-en-route/estimation", usual | {"ready_to_spend": ""}))
    assert "votre saisie" not in shown
    typed = usual | {"average_basket": "200", "ready_to_spend": "2"}
    shown = text_of(claire.get("/mise-en-route/estimation", typed))
    assert "Panier : votre saisie." in shown and "Marge : hypothèse" in shown
    assert "Parrain, 1,00 €" in shown and "de plus que" not in shown
    answer = claire.post("/mise-en-route/objectif", typed | {"estimate": "1"})
    assert answer.status_code == 200 and "Parrain, 1,00 €" in text_of(answer)
    assert setting_up.preferences().average_basket is None


def test_sp12_the_first_prizes_are_renamed_priced_and_within_reach(
    claire: TenantClient, merchant: Tenant
) -> None:
    claire.post("/mise-en-route/objectif", PHOTOGRAPHER)
    page = claire.get("/mise-en-route/lots").content.decode()
    typed = {name: value[0] for name, value in values_in(page).items()}
    dear = typed | {f"cost_{key}": "90,00" for key in ("session", "print", "voucher")}
    answer = claire.post("/mise-en-route/lots", dear)
    assert answer.status_code == 422
    assert "Mettez ce lot à 22,00 € au plus" in text_of(answer)
    own = typed | {"name_print": "Tirage 20 × 30", "cost_print": "18,00"}
    del own["want_voucher"]
    assert claire.post("/mise-en-route/lots", own).status_code == 302
    claire.post("/mise-en-route/publier")
    made = {(prize.name, prize.cost, prize.value) for prize in Prize.objects.all()}
    assert made == {
        ("Remise sur votre prochaine séance", 2200, 2200),
        ("Tirage 20 × 30", 1800, None),
    }


def test_o8_who_has_no_shop_says_so_and_goes_on(claire: TenantClient, merchant: Tenant) -> None:
    page = claire.get("/mise-en-route/boutique").content.decode()
    assert re.search(r'<button[^>]*name="online" value="no"', page)
    answer = claire.post("/mise-en-route/boutique", {"online": "no"})
    assert answer["Location"] == "/mise-en-route/historique"
    assert setting_up.draft().online is False
    assert "Choisi" in text_of(claire.get("/mise-en-route/boutique"))


def test_sp05_the_rules_page_says_what_a_new_customer_costs_at_each_input(
    claire: TenantClient, merchant: Tenant
) -> None:
    """The same simulator beside the rules: amount, named parts that add up, verdict, sliders, and
    where the assumptions come from. It is asked at each input, and half-typed figures count as
    none; without scripts a button asks."""
    rules = RULES | {"referrer_amount": "8,00", "referee_amount": "6,24", "unit": "EUR"}
    sliders = {"sim_basket": "62", "sim_margin": "44", "sim_used": "72"}
    page = claire.get("/reglages/programme").content.decode()
    for name in sliders:
        assert re.search(rf'<input type="range"[^>]*name="{name}"[^>]*form="rules-form"', page), (
            name
        )
    assert "Panier : hypothèse, à ajuster." in text_of(claire.get("/reglages/programme"))
    found = text_of(claire.post("/reglages/programme/apercu", rules | sliders))
    assert "10,25 €" in found, found
    assert "Parrain, 8,00 € × 72 % 5,76 €" in found and "Filleul, 6,24 € × 72 % 4,49 €" in found
    assert "Marge restante 17,03 €" in found, "44 % of 62,00 €, less 10,25 €"
    assert "Rentable dès le premier achat." in found
    assert "Panier : votre saisie." in found
    dear = text_of(
        claire.post("/reglages/programme/apercu", rules | sliders | {"sim_margin": "10"})
    )
    assert "Rentable au 2e achat de ce client." in dear and "Manque sur le premier achat" in dear
    half = claire.post("/reglages/programme/apercu", rules | sliders | {"referrer_amount": "8,0,"})
    assert half.status_code == 200 and "Parrain 0,00 €" in text_of(half)
    # Without scripts: the page again, with what was typed, the cost, and nothing published.
    asked = claire.post("/reglages/programme", rules | sliders | {"estimate": "1"})
    assert asked.status_code == 200 and "10,25 €" in text_of(asked)
    assert 'value="6,24"' in asked.content.decode()
    assert not ProgrammeVersion.objects.exists()
    assert "<noscript><button" in page.replace("\n", "") and "Recalculer le coût" in page


def test_sp05_gifts_in_kind_are_a_part_of_their_own(claire: TenantClient, merchant: Tenant) -> None:
    gift = {
        "gift_referrer_order_kind": "custom",
        "gift_referrer_order_name": "Bougie Aube",
        "gift_referrer_order_value": "12,00",
    }
    rules = RULES | {"referrer_amount": "", "referee_amount": "5,00"} | gift
    found = text_of(claire.post("/reglages/programme/apercu", rules | {"sim_used": "100"}))
    assert "Cadeaux, à leur valeur 12,00 €" in found and "17,00 €" in found


def test_sp05_who_may_only_look_sees_the_cost_too(claire: TenantClient, merchant: Tenant) -> None:
    answer = claire.post("/reglages/programme", RULES)
    assert answer.status_code == 302
    Membership.objects.filter(tenant_id=merchant.id).update(role=Role.VIEWER)
    page = claire.get("/reglages/programme").content.decode()
    assert "data-estimate-cost" in page and "rules-form" not in page


def test_o2_next_next_done_publishes_a_good_programme(
    claire: TenantClient,
    merchant: Tenant,
) -> None:
    switch(tenant_id=merchant.id, off=Feature)
    next_next_done(claire, PHOTOGRAPHER)
    version = ProgrammeVersion.objects.get()
    assert (version.unit, version.qualifying, version.pending_days) == ("EUR", "validated", 0)
    assert version.referrer_amount == 3300 and version.referee_amount == 2200
    assert [prize.cost for prize in Prize.objects.all()] == [2200, 3300, 5500]
    merchant.refresh_from_db()
    assert is_on(Feature.REFERRAL, tenant=merchant)
    assert Preferences.objects.get().set_up_at is not None


def test_nothing_is_published_before_the_last_step_and_it_can_be_left(
    claire: TenantClient,
    merchant: Tenant,
) -> None:
    claire.post("/mise-en-route/objectif", PHOTOGRAPHER)
    claire.post("/mise-en-route/cagnotte", {"unit": "PTS", "name": "Mes points"})
    assert not ProgrammeVersion.objects.exists() and not Prize.objects.exists()
    assert claire.get("/mise-en-route")["Location"] == "/mise-en-route/recompenses"
    page = text_of(claire.get("/mise-en-route/recompenses"))
    assert "points" in page


def test_publishing_twice_makes_each_prize_once(
    claire: TenantClient,
    merchant: Tenant,
) -> None:
    next_next_done(claire, PHOTOGRAPHER)
    claire.post("/mise-en-route/publier")
    assert Prize.objects.count() == 3


def test_bad_answers_stay_on_their_step_with_their_words(
    claire: TenantClient,
    merchant: Tenant,
) -> None:
    answer = claire.post("/mise-en-route/objectif", PHOTOGRAPHER | {"margin": "140"})
    assert answer.status_code == 422 and "95" in text_of(answer)
    rewards = {
        "who": "both",
        "qualifying": "order",
        "referrer_amount": "0",
        "referee_amount": "5",
        "pending_days": "14",
    }
    answer = claire.post("/mise-en-route/recompenses", rewards)
    assert answer.status_code == 422
    assert "Indiquez un montant, ou choisissez de ne pas l’offrir." in text_of(answer)
    assert claire.get("/mise-en-route/casino").status_code == 404


def test_the_last_step_shows_the_real_page_of_a_customer(
    claire: TenantClient,
    merchant: Tenant,
) -> None:
    claire.post("/mise-en-route/objectif", PHOTOGRAPHER)
    page = claire.get("/mise-en-route/apercu").content.decode()
    assert 'src="/espace/apercu"' in page
    shown = claire.get("/espace/apercu")
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    text = text_of(shown)
    assert "Camille" in text and "Thomas" in text and "66,00 €" in text
