"""The recalculation's pages: count, look, confirm, follow, look back (FS-19, FS-20)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from kernel.jobs import outbox as jobs_outbox
from kernel.ledger.selectors import balance
from kernel.outbox.relay import relay
from tenants.activity.models import Order, OrderState, Source
from tenants.loyalty.models import Earning, LoyaltyVersion
from tenants.loyalty.recalculation.models import Run, RunKind, RunState
from tenants.profiles.models import Profile
from tenants.programme import by_hand
from tenants.programme.models import ProgrammeVersion
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import customer, text_of


def work() -> None:
    while relay(handlers=jobs_outbox.HANDLERS, clock=timezone.now):
        pass


@pytest.fixture
def loyalty(rules: ProgrammeVersion) -> LoyaltyVersion:
    return LoyaltyVersion.objects.create(
        number=1,
        starts_at=timezone.now() - timedelta(days=400),
        unit="EUR",
        rate=Decimal(5),
        per=100,
    )


@pytest.fixture
def ana(loyalty: LoyaltyVersion) -> Profile:
    """5 % of her 62,40 € are not in her cagnotte yet."""
    profile = customer("Ana", "Martin")
    at = timezone.now() - timedelta(days=40)
    Order.objects.create(
        external_id="LUM-1",
        profile=profile,
        amount=6240,
        currency="EUR",
        ordered_at=at,
        received_at=at,
        source=Source.API,
        state=OrderState.CONFIRMED,
    )
    return profile


def held(profile: Profile) -> int:
    return balance(owner_id=profile.id, unit="EUR").posted


def count(client: TenantClient, **form: str) -> str:
    """Ask for a count; the address of its page."""
    answer = client.post("/fidelite/recalcul", {"months": "3", **form})
    assert answer.status_code == 302, answer.content
    work()
    return str(answer["Location"])


def test_it_is_counted_shown_confirmed_and_done(claire: TenantClient, ana: Profile) -> None:
    """FS-19: what is shown is what is done."""
    answer = claire.post("/fidelite/recalcul", {"months": "3"})
    page = str(answer["Location"])
    counting = claire.get(page)
    assert "Décompte en cours" in text_of(counting)
    assert "hx-trigger" in counting.content.decode()
    work()
    counted = text_of(claire.get(page))
    assert "Gagneraient 1" in counted and "3,12 € en tout" in counted
    assert "Ana Martin" in counted and "+3,12 €" in counted
    assert held(ana) == 0
    claire.post(f"{page}/lancer")
    assert "En cours" in text_of(claire.get(page))
    work()
    done = text_of(claire.get(page))
    assert "Cagnottes changées 1 comme annoncé" in done and "Ajouté 3,12 €" in done
    assert held(ana) == 312
    index = text_of(claire.get("/fidelite/recalcul"))
    assert "Recalcul de la fidélité" in index and "Claire Test" in index and "Terminé" in index
    history = text_of(claire.get(f"/clients/{ana.public_id}/cagnotte"))
    assert "Recalcul du" in history and "+3,12 €" in history


def test_what_a_recalculation_gave_and_a_refund_takes_back_says_why(
    claire: TenantClient, ana: Profile
) -> None:
    """S5, B17: the line names the order, and leads to it."""
    page = count(claire)
    claire.post(f"{page}/lancer")
    work()
    order = Order.objects.get()
    by_hand.refund(order=order, amount=6240, key="R-1", now=timezone.now())
    assert held(ana) == 0
    history = claire.get(f"/clients/{ana.public_id}/cagnotte")
    assert "Gain repris La commande n° LUM-1 a été remboursée. −3,12 €" in text_of(history)
    assert f"/commandes/{order.public_id}" in history.content.decode()


def test_an_earning_of_the_period_only(claire: TenantClient, ana: Profile) -> None:
    Order.objects.update(ordered_at=timezone.now() - timedelta(days=150))
    page = count(claire)
    assert "Rien ne changerait" in text_of(claire.get(page))
    assert "Gagneraient 1" in text_of(claire.get(count(claire, months="12")))


def test_a_reset_wants_its_words(claire: TenantClient, ana: Profile) -> None:
    """FS-20, B8: typed confirmation."""
    page = count(claire)
    claire.post(f"{page}/lancer")
    work()
    page = count(claire, kind="reset")
    assert "Perdraient 1" in text_of(claire.get(page))
    refused = claire.post(f"{page}/lancer", {"confirm": "oui"}, follow=True)
    assert "Pour confirmer, écrivez REMETTRE À ZÉRO" in text_of(refused)
    assert Run.objects.filter(state=RunState.COUNTED).exists()
    claire.post(f"{page}/lancer", {"confirm": "remettre  à zéro"})
    work()
    assert held(ana) == 0
    assert Earning.objects.get().amount == 0


def test_a_second_one_is_refused_while_one_runs(claire: TenantClient, ana: Profile) -> None:
    page = count(claire)
    claire.post(f"{page}/lancer")
    answer = claire.post("/fidelite/recalcul", {"months": "6"})
    assert answer.status_code == 422
    assert "Un recalcul est déjà en cours" in text_of(answer)
    assert "Suivre son avancement" in text_of(claire.get("/fidelite/recalcul"))


def test_a_count_can_be_given_up(claire: TenantClient, ana: Profile) -> None:
    page = count(claire)
    answer = claire.post(f"{page}/abandonner", follow=True)
    assert "Décompte abandonné" in text_of(answer)
    claire.post(f"{page}/lancer")
    work()
    assert held(ana) == 0


def test_the_part_that_moves_reloads_the_page_at_the_end(
    claire: TenantClient, ana: Profile
) -> None:
    answer = claire.post("/fidelite/recalcul", {"months": "3"})
    part = f"{answer['Location']}/etat"
    assert "Décompte" in text_of(claire.get(part))
    work()
    assert claire.get(part).headers["HX-Refresh"] == "true"


def test_a_viewer_sees_the_past_ones_and_starts_none(
    claire: TenantClient, louis: TenantClient, ana: Profile
) -> None:
    page = count(claire)
    seen = louis.get(page).content.decode()
    assert "Ana Martin" in seen and "Lancer le recalcul" not in seen
    assert louis.post(f"{page}/lancer").status_code == 403
    assert louis.post("/fidelite/recalcul", {"months": "3"}).status_code == 403
    assert Run.objects.get().kind == RunKind.RECALCULATE


def test_a_period_that_is_not_offered_is_refused_in_words(
    claire: TenantClient, ana: Profile
) -> None:
    answer = claire.post("/fidelite/recalcul", {"months": "5"})
    assert answer.status_code == 422
    assert not Run.objects.exists()


def test_without_rules_it_says_what_to_do_first(
    claire: TenantClient, rules: ProgrammeVersion
) -> None:
    assert "Publiez d’abord vos règles" in text_of(claire.get("/fidelite/recalcul"))
    assert claire.post("/fidelite/recalcul", {"months": "3"}).status_code == 422
