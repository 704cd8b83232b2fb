"""What a customer sees and does in their space."""

import re
from datetime import UTC, datetime, timedelta

import time_machine
from django.utils import timezone

from tenants.activity.models import Source
from tenants.activity.types import OrderInput, RefundInput
from tenants.messaging.models import Email
from tenants.models import Tenant
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import conductor, services, versions
from tenants.referrals.models import Invitation
from tenants.rewards import services as rewards
from tests.fixtures.tenants import TenantClient
from tests.space.conftest import STARTED, Earns
from widgets.space.views import inviting

NB = "\u00a0"
NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def text_of(client: TenantClient, path: str = "/espace", *, status: int = 200) -> str:
    """What is read on a page: no markup, single spaces."""
    response = client.get(path)
    assert response.status_code == status
    return words(response.content.decode())


def words(html: str) -> str:
    body = re.sub(r"(?s)<(style|script|svg).*?</\1>|<[^>]+>", " ", html.partition("<main")[2])
    return re.sub(r"[ \n]+", " ", body)


def test_the_wallet_shows_what_is_there_and_what_is_coming(
    at_home: TenantClient, camille_earns: Earns
) -> None:
    """S5: available, pending with its date and reason, then the lines."""
    with time_machine.travel(NOW, tick=False):
        camille_earns("Thomas", at=NOW - timedelta(days=30))
        camille_earns("Inès", posted=False)
        text = text_of(at_home)
    assert f"Ma cagnotte 8,00{NB}€ 8,00{NB}€ arrivent bientôt" in text and "Bonjour Camille" in text
    assert f"8,00{NB}€ grâce à Inès Disponibles le 2{NB}déc. 2026" in text
    assert "une fois son délai de retour passé" in text
    assert "Parrainage de Thomas" in text
    assert "Délai de 14 jours passé" in text and "règle n°" not in text
    assert f"+8,00{NB}€" in text


def test_a_refund_is_a_line_and_never_silent(at_home: TenantClient, camille_earns: Earns) -> None:
    """S5."""
    camille_earns("Thomas")
    now = timezone.now()
    conductor.refund_received(
        order_id="LUM-Thomas",
        refund=RefundInput(external_id="R-1", amount=8400, refunded_at=now),
        now=now,
    )
    text = text_of(at_home)
    assert "Parrainage de Thomas annulé" in text
    assert f"−8,00{NB}€" in text
    assert "Sa commande a été remboursée." in text
    assert "Remboursé" in text


def test_a_referrer_learns_gently_why_a_friend_does_not_count(
    at_home: TenantClient, camille_earns: Earns
) -> None:
    """Neither dates nor purchases of somebody else."""
    conductor.order_received(
        order=OrderInput(
            external_id="LUM-1",
            amount=5000,
            currency="EUR",
            ordered_at=STARTED,
            customer=Identity(email="hugo@exemple.fr", first_name="Hugo"),
            source=Source.API,
        ),
        now=STARTED,
    )
    camille_earns("Hugo")
    text = text_of(at_home)
    assert "Hugo Cette personne connaissait déjà la boutique. Non compté" in text
    assert "janv." not in text


def test_sharing_works_without_scripts(at_home: TenantClient, code: str) -> None:
    """S3, S4: plain links for WhatsApp, SMS and email, each marked; the code in letters."""
    html = at_home.get("/espace").content.decode()
    for start, mark in (
        ("https://wa.me/?text=", "s%3Dwhatsapp"),
        ("sms:?&amp;body=", "s%3Dsms"),
        ("mailto:?subject=", "s%3Demail"),
    ):
        found = re.search(rf'href="({re.escape(start)}[^"]+)"', html)
        assert found
        assert mark in found[1]
        assert f"%2Fr%2F{code}" in found[1].replace("/r/", "%2Fr%2F")
    assert f'data-copy="{code}"' in html
    assert not set("0O1IL").intersection(code.rpartition("-")[2])


def test_the_own_link_comes_before_a_friends_address(at_home: TenantClient, code: str) -> None:
    """D7."""
    html = at_home.get("/espace").content.decode()
    assert 0 < html.index("wa.me") < html.index('action="/espace/inviter"')


def test_a_qr_code_has_its_text_beside_it(at_home: TenantClient, code: str) -> None:
    """S4."""
    html = at_home.get("/espace/qr").content.decode()
    assert "<svg" in html and 'class="qr"' in html
    assert code in words(html)
    assert f"/r/{code}" in words(html)
    assert "style=" not in html
    file = at_home.get("/espace/qr.svg")
    assert file["Content-Type"] == "image/svg+xml"
    assert file["Content-Disposition"] == f'attachment; filename="{code}.svg"'


def test_a_friend_is_invited_once_in_the_customers_name(
    at_home: TenantClient, camille: Profile
) -> None:
    """SP-01, SP-09, D7."""
    answer = at_home.post("/espace/inviter", {"email": "lea@exemple.fr", "first_name": "Léa"})
    assert answer["Location"] == "/espace?fait=invitation#inviter"
    assert Invitation.objects.get().referrer_id == camille.id
    letter = Email.objects.get(kind="invitation")
    assert letter.context["referrer"] == "Camille"
    assert "Léa invitation envoyée" in text_of(at_home)


def test_inviting_tells_nobody_who_is_a_customer(at_home: TenantClient) -> None:
    """R33, R42: a customer and somebody whom another invited before get the same answer."""
    profiles.create(now=STARTED, source="manual", email="cliente@exemple.fr")
    nadia = profiles.create(now=STARTED, source="manual", email="nadia@exemple.fr")
    services.invite_friend(referrer=nadia, email="lea@exemple.fr", first_name="", now=STARTED)
    answers = []
    for email in ("cliente@exemple.fr", "lea@exemple.fr"):
        answer = at_home.post("/espace/inviter", {"email": email})
        html = re.sub(r'nonce="[^"]*"|value="[^"]*"|Token": "[^"]*"', "", answer.content.decode())
        answers.append((answer.status_code, html))
    assert answers[0] == answers[1]
    assert answers[0][0] == 409
    assert Email.objects.filter(kind="invitation").count() == 1


def test_what_one_did_oneself_is_no_secret(at_home: TenantClient) -> None:
    """SP-07: their own friend of yesterday is not "an address that cannot be invited"."""
    at_home.post("/espace/inviter", {"email": "lea@exemple.fr"})
    again = at_home.post("/espace/inviter", {"email": "LEA@exemple.fr"})
    assert again.status_code == 409 and "Vous avez déjà invité cette adresse" in words(
        again.content.decode()
    )
    assert Email.objects.filter(kind="invitation").count() == 1


def test_a_failed_invitation_keeps_what_was_typed(at_home: TenantClient) -> None:
    """B2, R42: no address in a name."""
    answer = at_home.post("/espace/inviter", {"email": "lea@", "first_name": "www.evil.example"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="lea@"' in html and 'value="www.evil.example"' in html
    assert "<title>Erreur" in html
    named = at_home.post(
        "/espace/inviter", {"email": "lea@exemple.fr", "first_name": "www.evil.example"}
    )
    assert "sans adresse ni lien" in named.content.decode()
    assert Invitation.objects.count() == 0


def test_ten_invitations_a_day(at_home: TenantClient) -> None:
    """R42."""
    codes = [
        at_home.post("/espace/inviter", {"email": f"ami{n}@exemple.fr"}).status_code
        for n in range(11)
    ]
    assert codes == [302] * 10 + [429]


def test_whoever_tries_addresses_out_is_stopped(at_home: TenantClient) -> None:
    """R33: a refusal says little, and only so often."""
    profiles.create(now=STARTED, source="manual", email="cliente@exemple.fr")
    codes = [
        at_home.post("/espace/inviter", {"email": "cliente@exemple.fr"}).status_code
        for _ in range(inviting.INVITATION_TRIES + 1)
    ]
    assert codes == [409] * inviting.INVITATION_TRIES + [429]


def test_the_rings_spread_once_when_the_cagnotte_grew(
    at_home: TenantClient, camille_earns: Earns
) -> None:
    def spreads() -> bool:
        return "wallet-credited" in at_home.get("/espace").content.decode()

    assert not spreads()
    camille_earns("Thomas")
    assert spreads()
    assert not spreads()


def test_the_rules_are_open_to_all_and_made_from_the_version(visitor: TenantClient) -> None:
    text = text_of(visitor, "/espace/regles")
    assert f"Le parrain reçoit 8,00{NB}€" in text
    assert f"La commande atteint au moins 30,00{NB}€." in text
    versions.publish(now=timezone.now(), terms="Nos <b>conditions</b> & cie")
    assert "Nos &lt;b&gt;conditions&lt;/b&gt; &amp; cie" in text_of(visitor, "/espace/regles")


def test_a_closed_programme_keeps_the_cagnotte(at_home: TenantClient, camille_earns: Earns) -> None:
    camille_earns("Thomas")
    versions.publish(now=timezone.now(), active=False)
    text = text_of(at_home)
    assert "Le parrainage est en pause" in text
    assert f"Votre cagnotte 8,00{NB}€" in text
    assert "wa.me" not in text


def test_language_and_emails_are_the_customers_choice(
    at_home: TenantClient, camille: Profile
) -> None:
    at_home.post("/espace/choix", {"language": "en"})
    camille.refresh_from_db()
    assert (camille.unsubscribed_at, camille.consented_at) == (None, None)
    at_home.post("/espace/choix", {"language": "en", "choix": "1"})
    camille.refresh_from_db()
    assert camille.language == "en"
    assert camille.unsubscribed_at is not None
    assert '<html lang="en"' in at_home.get("/espace").content.decode()
    at_home.post("/espace/choix", {"language": "xx", "choix": "1", "sujets": ["reminders", "x"]})
    camille.refresh_from_db()
    assert (camille.language, camille.unsubscribed_at) == ("en", None)
    page = at_home.get("/espace").content.decode()
    assert re.findall(r'name="sujets" value="(\w+)" checked', page) == ["reminders"]


def test_names_never_run_in_the_space(
    at_home: TenantClient, lumen: Tenant, camille_earns: Earns
) -> None:
    """R34: of friends, of prizes, of the merchant."""
    nasty = "<img src=x onerror=alert(1)>"
    lumen.name = nasty
    lumen.save(update_fields=["name"])
    from tenants import lookup

    lookup.forget_locally()
    rewards.save_prize(now=STARTED, unit="EUR", name=nasty, cost=100)
    at_home.post("/espace/inviter", {"email": "lea@exemple.fr", "first_name": nasty})
    camille_earns("Thomas")
    Profile.objects.filter(first_name="Thomas").update(first_name=nasty)
    html = at_home.get("/espace").content.decode()
    assert "<img" not in html
    assert html.count("&lt;img src=x") >= 4
    assert "style=" not in html


def test_another_persons_space_is_never_shown(
    at_home: TenantClient, camille: Profile, camille_earns: Earns
) -> None:
    """R23: what is shown comes from the session alone, whatever the address says."""
    camille_earns("Thomas")
    thomas = Profile.objects.get(first_name="Thomas")
    text = text_of(at_home, f"/espace?profile={thomas.public_id}&id={thomas.id}")
    assert "Bonjour Camille" in text
    assert f"8,00{NB}€" in text
