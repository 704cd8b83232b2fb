"""An instant win in words: what can be won at once, what came of it, and what happens next."""

from datetime import timedelta

import time_machine

from operations import counting, links, withdrawing
from operations.links import Purpose
from operations.models import OperationModule, Participation, WinningMoment
from tenants.messaging.models import Email
from tenants.models import Tenant
from tenants.profiles.models import Consent
from tests.fixtures.mechanics import make_live
from tests.fixtures.operations import BEGINS, NOW, take
from tests.fixtures.tenants import TenantClient
from tests.operations.mechanics.test_playing import (  # noqa: F401 - fixtures
    PAGE,
    clock,
    seal_on,
    send,
    shopper,
)
from tests.pages.conftest import text_of


def test_the_page_says_that_one_can_win_at_once_and_the_proof_leads_back(
    shopper: TenantClient,  # noqa: F811
) -> None:
    make_live("instant_win")
    page = shopper.get(PAGE)
    assert "On peut gagner tout de suite" in text_of(page)
    proof = page.content.decode().split('href="/o/instants/')[1].split('"')[0]
    answer = shopper.get(f"/o/instants/{proof}")
    text = text_of(answer)
    plain = text.index("Chaque lot a son moment")
    assert plain < text.index("SHA-256")
    assert f'href="{PAGE}"' in answer.content.decode()


def test_who_does_not_win_reads_when_they_may_come_back(
    shopper: TenantClient,  # noqa: F811
    clock: time_machine.Traveller,  # noqa: F811
) -> None:
    make_live("instant_win", rule="daily")
    WinningMoment.objects.update(at=NOW + timedelta(days=1))
    _response, text = send(shopper, clock)
    assert "Ce n’était pas un moment gagnant" in text
    assert "rejouer une fois par jour, jusqu’au 30 novembre 2026" in text
    told = Email.objects.get(kind="operation_receipt").context["result"]
    assert told.startswith("Ce n’était pas un moment gagnant") and "une fois par jour" in told
    OperationModule.objects.update(rule="once")
    _response, text = send(shopper, clock, email="zoe@exemple.fr")
    assert "une fois par jour" not in text


def test_who_wins_reads_how_the_prize_comes_and_whom_to_write_to(
    lumen: Tenant,
    shopper: TenantClient,  # noqa: F811
    clock: time_machine.Traveller,  # noqa: F811
) -> None:
    Tenant.objects.filter(id=lumen.id).update(public_email="bonjour@lumen.example")
    make_live("instant_win")
    WinningMoment.objects.update(at=BEGINS)
    response, text = send(shopper, clock)
    assert "Vous avez gagné" in text and "La suite" in text
    page = response.content.decode()
    assert 'class="won"' in page and "<script" not in page
    assert "prefers-reduced-motion:reduce" in page


def test_a_form_that_comes_too_fast_is_told_why_and_keeps_what_was_typed(
    shopper: TenantClient,  # noqa: F811
) -> None:
    make_live("instant_win")
    form = {"form": seal_on(shopper.get(PAGE)), "first_name": "Thomas", "email": "t@exemple.fr"}
    answer = shopper.post(PAGE, form)
    assert answer.status_code == 422 and 'value="t@exemple.fr"' in answer.content.decode()
    assert "Le formulaire a été envoyé très vite" in text_of(answer)
    assert not Participation.objects.exists()


def test_d4_the_page_of_choices_names_the_operation_and_when_a_yes_ended(
    lumen: Tenant,
    shopper: TenantClient,  # noqa: F811
) -> None:
    module = make_live("instant_win", asks_optin=True)
    taken = take(module, boxes=frozenset({"own"})).participation
    token = links.token_for(purpose=Purpose.CHOICES, row_id=taken.id)
    page = text_of(shopper.get(f"/o/choix/{token}"))
    assert "« Un automne à la maison »" in page
    assert "ne change rien à votre participation, ni à un lot gagné" in page
    withdrawing.withdraw(consent=Consent.objects.get(), how="link", now=NOW)
    answer = shopper.get(f"/o/choix/{token}")
    assert "Accord retiré le " in text_of(answer)
    assert f'href="{PAGE}/donnees"' in answer.content.decode()
    assert counting.agreed_with(taken)


def test_d5_what_becomes_of_data_names_whom_to_write_to_and_the_organisers_policy(
    lumen: Tenant,
    shopper: TenantClient,  # noqa: F811
) -> None:
    make_live("instant_win")
    policy = "https://lumen.example/confidentialite"
    Tenant.objects.filter(id=lumen.id).update(policy_url=policy, contact_email="a@lumen.example")
    answer = shopper.get(f"{PAGE}/donnees")
    assert f'href="{policy}"' in answer.content.decode()
    assert "répondez à l’e-mail qui suit votre participation" in text_of(answer)
