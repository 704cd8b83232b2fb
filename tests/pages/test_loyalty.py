"""The loyalty page: bad input each with its words, who may publish, and what a preview says."""

import re
from typing import Any

import pytest
from django.utils import timezone

from tenants.activity.models import Session, SessionType
from tenants.loyalty.models import LoyaltyVersion
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme import versions
from tests.fixtures.loyalty import invoice, make_type, pay
from tests.fixtures.programme import NOW
from tests.fixtures.tenants import TenantClient

RULES = {
    "active": "on",
    "payments_on": "on",
    "way": "per_euro",
    "rate": "2",
    "membership": "everyone",
    "expiry_months": "",
}


@pytest.fixture(autouse=True)
def in_points(merchant: Tenant) -> None:
    versions.publish(now=NOW, unit="PTS")


def words(answer: Any) -> str:
    text = re.sub(r"(?s)<(style|script|svg).*?</\1>|<[^>]+>", " ", answer.content.decode())
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def send(client: TenantClient, step: str = "preview", **changes: str) -> Any:
    fields = {name: value for name, value in {**RULES, **changes}.items() if value is not None}
    return client.post("/fidelite", {"step": step, **fields})


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"rate": "0"}, "Un taux de zéro ne donnerait rien"),
        ({"rate": "-1"}, "Un taux négatif reprendrait des points"),
        ({"rate": "0,33333"}, "trop de décimales"),
        ({"rate": "100 000"}, "trop grand"),
        ({"rate": "beaucoup"}, "Indiquez un nombre, par exemple 8,00"),
        ({"rate": ""}, "ou coupez les gains sur les paiements"),
        ({"way": "every", "every": "0"}, "n’aurait pas de fin"),
        ({"way": "every", "every": "200 000"}, "au plus 100 000,00"),
        ({"expiry_months": "0"}, "entre 1 mois et 120 mois|entre 1 et 120"),
    ],
)
def test_each_bad_ratio_has_its_own_words_and_nothing_is_published(
    claire: TenantClient, typed: dict[str, str], said: str
) -> None:
    for step in ("preview", "publish"):
        answer = send(claire, step, **typed)
        assert answer.status_code == 422
        assert re.search(said, words(answer)), words(answer)[:3000]
        assert "Erreur" in answer.content.decode().partition("</title>")[0]
    assert not LoyaltyVersion.objects.exists()


def test_a_type_that_is_on_needs_its_number(claire: TenantClient) -> None:
    field = f"session_{make_type().id.hex}"
    answer = send(claire, sessions_on="on", **{field: "", f"{field}_on": "on"})
    assert answer.status_code == 422
    assert "Indiquez ce que rapporte cette séance" in words(answer)


def test_the_preview_says_who_would_have_earned_what_and_publishes_nothing(
    claire: TenantClient,
) -> None:
    now = timezone.now()
    person = invoice(issued_at=now, now=now).invoice.profile
    pay(20_000, at=now)
    answer = send(claire, months="3")
    text = words(answer)
    assert answer.status_code == 200 and not LoyaltyVersion.objects.exists()
    assert "Auraient gagné 1 client" in text
    assert "Points gagnés 400" in text
    assert "Coût au plus haut 4,00 € soit 2 % des 200,00 € payés" in text
    assert f"{person.name} 200,00 € 400 points" in text
    published = send(claire, "publish")
    assert published.status_code == 302
    made = LoyaltyVersion.objects.get()
    assert (made.number, made.rate, made.per, made.unit) == (1, 2, 100, "PTS")
    again = send(claire, "publish")
    assert again.status_code == 302 and LoyaltyVersion.objects.count() == 1
    assert "Avec les règles d’aujourd’hui 400" in words(send(claire, rate="3"))


def test_edit_gives_the_typed_rules_back(claire: TenantClient) -> None:
    answer = send(claire, "edit", rate="7,5")
    assert answer.status_code == 200
    assert 'value="7,5"' in answer.content.decode()


def test_a_viewer_reads_the_rules_and_changes_none(
    claire: TenantClient, louis: TenantClient
) -> None:
    assert send(claire, "publish").status_code == 302
    page = louis.get("/fidelite")
    assert "2 points par euro" in words(page)
    assert 'name="rate"' not in page.content.decode()
    assert send(louis, "publish", rate="9").status_code == 403
    assert louis.post("/reglages/seances", {"name": "Mariage"}).status_code == 403
    assert LoyaltyVersion.objects.count() == 1 and not SessionType.objects.exists()


def test_types_of_session_are_made_renamed_archived_and_brought_back(claire: TenantClient) -> None:
    assert claire.post("/reglages/seances", {"name": "Nouveau-né"}).status_code == 302
    made = SessionType.objects.get()
    assert made.key == "nouveau-ne"
    taken = claire.post("/reglages/seances", {"name": "nouveau-NÉ"})
    assert taken.status_code == 422 and "porte déjà ce nom" in words(taken)
    path = f"/reglages/seances/{made.public_id}"
    assert claire.post(path, {"name": "Naissance"}).status_code == 302
    assert claire.post(f"{path}/proposer", {"active": "0"}).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.key, made.active) == ("Naissance", "nouveau-ne", False)
    assert claire.post(f"{path}/proposer", {"active": "1"}).status_code == 302
    made.refresh_from_db()
    assert made.active


def test_a_session_to_come_cannot_have_taken_place(claire: TenantClient) -> None:
    make_type()
    profile = invoice().invoice.profile
    path = f"/clients/{profile.public_id}/seance"
    key = re.search(r'name="key" value="([^"]+)"', claire.get(path).content.decode())
    assert key
    fields = {"key": key[1], "kind": "portrait", "on": "01/01/2090", "validated": "on"}
    answer = claire.post(path, fields)
    assert answer.status_code == 422
    assert "n’a pas encore eu lieu" in words(answer)
    fields["on"] = "01/01/2026"
    assert claire.post(path, fields).status_code == 302
    assert claire.post(path, fields).status_code == 302, "sent twice"
    assert Session.objects.count() == 1


def test_a_settled_invoice_is_a_purchase_of_the_customer(claire: TenantClient) -> None:
    profile = invoice().invoice.profile
    pay(20_000)
    profile = Profile.objects.get(id=profile.id)
    assert (profile.order_count, profile.order_total) == (1, 20_000)
    assert "1 achat depuis le" in words(claire.get(f"/clients/{profile.public_id}"))
