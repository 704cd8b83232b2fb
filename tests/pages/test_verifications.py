"""The queue of referrals that look odd: read, accepted, refused, undone, changed (R43, B7, B8)."""

import re

import pytest
from django.utils import timezone

from kernel.jobs import outbox as jobs_outbox
from kernel.outbox.relay import relay
from tenants.activity.models import Source
from tenants.activity.types import OrderInput
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import conductor
from tenants.referrals import codes, suspicion
from tenants.referrals.models import Referral
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import customer, text_of

QUEUE = "/parrainage/verifications"


def order(email: str, number: str, **fields: str) -> None:
    now = timezone.now()
    conductor.order_received(
        order=OrderInput(
            external_id=number,
            amount=6240,
            currency="EUR",
            ordered_at=now,
            customer=Identity(email=email),
            source=Source.API,
            shipping_address="12 rue des Lilas, 75011 Paris",
            **fields,  # type: ignore[arg-type]
        ),
        now=now,
    )


@pytest.fixture
def held(camille: Profile) -> Referral:
    """Thomas's order goes to Camille's address."""
    order(camille.email, "OWN")
    thomas = customer("Thomas", "Guérin")
    code = codes.code_for(profile=camille, now=timezone.now()).code
    order(thomas.email, "LUM-1", referral_code=code)
    return Referral.objects.get(state="held")


def undo_of(html: str) -> tuple[str, str]:
    action = re.search(r'action="([^"]*verifications/annuler)"', html)
    token = re.search(r'name="undo" value="([^"]+)"', html)
    assert action
    assert token
    return action.group(1), token.group(1)


def test_the_queue_says_who_why_and_what_is_blocked(claire: TenantClient, held: Referral) -> None:
    words = text_of(claire.get(QUEUE))
    for part in (
        "Camille Rouvière a fait venir Thomas Guérin",
        "camille@exemple.fr",
        "thomas@exemple.fr",
        "livrée à une adresse du parrain",
        "13,00 € en attente de votre décision",
    ):
        assert part in words
    assert "1 parrainage attend votre décision" in words


def test_work_to_do_leads_there(claire: TenantClient, held: Referral) -> None:
    response = claire.get("/a-traiter")
    assert f"{QUEUE}#{held.public_id}" in response.content.decode()
    assert "Parrainages à vérifier" in text_of(response)
    assert "13,00 € sont bloqués" in text_of(claire.get("/"))


@pytest.mark.parametrize(("answer", "state"), [("accepter", "pending"), ("refuser", "refused")])
def test_an_answer_is_taken_at_once_and_undone(
    claire: TenantClient, held: Referral, answer: str, state: str
) -> None:
    response = claire.post(f"{QUEUE}/{held.public_id}/{answer}", follow=True)
    held.refresh_from_db()
    assert held.state == state
    action, token = undo_of(response.content.decode())
    response = claire.post(action, {"undo": token}, follow=True)
    assert "de nouveau à vérifier" in text_of(response)
    held.refresh_from_db()
    assert held.state == "held"


def test_an_answer_is_changed_later_with_a_reason(claire: TenantClient, held: Referral) -> None:
    claire.post(f"{QUEUE}/{held.public_id}/refuser")
    assert "Changer : accepter…" in text_of(claire.get(f"{QUEUE}?vue=decides"))
    address = f"{QUEUE}/{held.public_id}/accepter"
    response = claire.post(address, {"reason": ""})
    assert "Dites pourquoi" in text_of(response)
    held.refresh_from_db()
    assert held.state == "refused"
    claire.post(address, {"reason": "Voisins, vus en magasin"})
    held.refresh_from_db()
    assert held.state == "pending"
    page = text_of(claire.get(f"/parrainages/{held.public_id}"))
    assert "Voisins, vus en magasin" in page


def test_many_are_answered_after_a_question(claire: TenantClient, held: Referral) -> None:
    """B7: the question names how many; the work runs behind."""
    response = claire.post(
        f"{QUEUE}/plusieurs", {"pick": [held.public_id, "ref_nothing"], "answer": "refuser"}
    )
    question = response["Location"]
    assert "Refuser 1 parrainage ?" in text_of(claire.get(question))
    held.refresh_from_db()
    assert held.state == "held"
    claire.post(question)
    relay(handlers=jobs_outbox.HANDLERS, clock=timezone.now)
    held.refresh_from_db()
    assert held.state == "refused"


def test_who_may_only_look_decides_nothing(louis: TenantClient, held: Referral) -> None:
    page = louis.get(QUEUE).content.decode()
    assert "data-key" not in page
    assert louis.post(f"{QUEUE}/{held.public_id}/accepter").status_code == 403
    held.refresh_from_db()
    assert held.state == "held"


def test_the_merchant_says_what_counts(claire: TenantClient, camille: Profile) -> None:
    response = claire.post(
        f"{QUEUE}/reglages", {"signals": ["device", "many"], "most": "3", "days": "2"}
    )
    assert response.status_code == 302
    rules = suspicion.rules()
    assert (rules.most, rules.days) == (3, 2)
    assert set(rules.off) == {"address", "surname", "alias", "disposable", "ring"}
    order(camille.email, "OWN")
    code = codes.code_for(profile=camille, now=timezone.now()).code
    order("luc@exemple.fr", "LUM-2", referral_code=code)
    assert Referral.objects.get().state == "pending"


def test_nothing_waits_where_nothing_is_odd(claire: TenantClient, camille: Profile) -> None:
    assert "Tout est vérifié" in text_of(claire.get(QUEUE))
