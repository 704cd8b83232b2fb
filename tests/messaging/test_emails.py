"""Each email as it arrives: two parts, a language, our own links, nothing fetched from afar."""

import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from tenants.messaging.kinds import KINDS, Audience
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tests.messaging.samples import SAMPLES

HOST = "http://maison-lumen.ricochet.localhost"


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body(preferencelist=(kind,))
    assert body is not None
    return str(body.get_content())


def links(html: str) -> list[str]:
    return re.findall(r'href="([^"]+)"', html)


@pytest.fixture
def letter(delivered: Callable[..., EmailMessage], camille: Profile) -> Callable[..., EmailMessage]:
    """`letter("reward_posted")`: the sample of that kind, as it arrived."""

    def make(kind: str, language: str = "fr", **changes: object) -> EmailMessage:
        to_friend = KINDS[kind].audience == Audience.FRIEND and KINDS[kind].marketing
        person = None if to_friend else camille
        # Reminders go to customers only.
        Profile.objects.filter(id=camille.id).update(order_count=1)
        return delivered(kind, profile=person, language=language, **(SAMPLES[kind] | changes))

    return make


def test_every_kind_has_a_sample() -> None:
    assert set(SAMPLES) == set(KINDS)


@pytest.mark.parametrize("kind", sorted(SAMPLES))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_email_reads_without_images_in_both_parts(
    letter: Callable[..., EmailMessage], kind: str, language: str
) -> None:
    """S8: under 102 KB, a text part, `lang`, dark mode, and nothing loaded from anywhere."""
    message = letter(kind, language)
    html, text = part(message, "html"), part(message, "plain")
    assert len(message.as_bytes()) < 102 * 1024
    assert f'<html lang="{language}"' in html
    assert "prefers-color-scheme: dark" in html
    assert not re.search(r"<img|<link|@import|url\(|<script|src=", html)
    assert len(text) > 120
    assert "{{" not in html + text
    assert "None" not in html + text


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_every_link_leads_to_the_tenants_own_domain(
    letter: Callable[..., EmailMessage], kind: str
) -> None:
    """R30: links come from the stored domain; both parts lead to the same places."""
    message = letter(kind)
    html, text = part(message, "html"), part(message, "plain")
    found = links(html)
    assert found
    for link in found:
        assert link.startswith(f"{HOST}/"), link
        assert link.replace("&amp;", "&") in text


GOLDEN_SUBJECTS = {
    "invitation": "Camille Rouvière vous invite chez Maison Lumen",
    "cagnotte_opened": "Votre cagnotte chez Maison Lumen est ouverte",
    "reward_promised_referrer": "8,00\u00a0€ grâce à Thomas\u00a0: ils arrivent bientôt",
    "reward_promised_referee": "5,00\u00a0€ pour vous, grâce à Camille",
    "reward_posted": "8,00\u00a0€ sont disponibles dans votre cagnotte",
    "reward_reversed": "8,00\u00a0€ repris sur votre cagnotte",
    "prize_claimed": "Votre lot chez Maison Lumen\u00a0: Bougie Aube 190 g",
    "claim_cancelled": "20,00\u00a0€ rendus à votre cagnotte",
}


@pytest.mark.parametrize("kind", sorted(GOLDEN_SUBJECTS))
def test_subjects_say_the_amount_or_the_act_first(
    letter: Callable[..., EmailMessage], kind: str
) -> None:
    assert str(letter(kind)["Subject"]).strip() == GOLDEN_SUBJECTS[kind]


def test_a_promise_says_when_and_why(letter: Callable[..., EmailMessage]) -> None:
    text = part(letter("reward_promised_referrer"), "plain")
    assert "disponibles le 2\u00a0décembre 2026, une fois le délai de retour passé" in text
    unconfirmed = part(letter("reward_promised_referee"), "plain")
    assert "quand Maison Lumen aura confirmé la commande" in unconfirmed


@pytest.mark.parametrize(
    ("side", "language", "why"),
    [
        ("referrer", "fr", "Thomas a suivi votre invitation. 8,00\u00a0€ ont rejoint"),
        ("referee", "fr", "Vous venez de la part de Camille. 8,00\u00a0€ ont rejoint"),
        ("referrer", "en", "Thomas took up your invitation. €8.00 have joined"),
        ("referee", "en", "Camille sent you. €8.00 have joined"),
    ],
)
def test_what_has_no_delay_speaks_of_none(
    letter: Callable[..., EmailMessage], side: str, language: str, why: str
) -> None:
    """S8: the reason always, and the true one."""
    known = {"side": side, "at_once": True, "referrer": "Camille"}
    text = " ".join(part(letter("reward_posted", language, **known), "plain").split(" "))
    assert why in " ".join(text.split("\n"))
    assert "délai" not in text and "period" not in text


def test_a_cancelled_prize_says_what_came_back(letter: Callable[..., EmailMessage]) -> None:
    text = part(letter("claim_cancelled"), "plain")
    assert "a annulé votre demande\u00a0: Bougie Aube 190 g." in text
    assert "Vous n’avez rien à faire." in text


def test_the_invitation_names_the_referrer_and_can_be_ended_in_one_click(
    letter: Callable[..., EmailMessage],
) -> None:
    """D7, D10, S8: RFC 8058 headers on marketing."""
    message = letter("invitation")
    assert "Camille Rouvière nous a confié votre adresse" in part(message, "plain")
    address = str(message["List-Unsubscribe"]).strip()
    assert re.fullmatch(rf"<{re.escape(HOST)}(:\d+)?/desabonnement/[\w-]{{65}}>", address)
    assert str(message["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    assert f"{HOST}/r/CAMILLE-7Q3X?s=email" in part(message, "plain")


@pytest.mark.parametrize("kind", sorted(name for name in SAMPLES if not KINDS[name].marketing))
def test_money_emails_carry_no_unsubscribing(
    letter: Callable[..., EmailMessage], kind: str
) -> None:
    """S8: money emails are separate."""
    message = letter(kind)
    assert message["List-Unsubscribe"] is None
    assert "/desabonnement/" not in part(message, "html")


def test_names_never_become_markup(letter: Callable[..., EmailMessage]) -> None:
    """R34."""
    html = part(letter("reward_posted", referee="<img src=x onerror=alert(1)>"), "html")
    assert "<img" not in html
    assert "&lt;img src=x" in html


def test_no_line_break_reaches_a_header(
    letter: Callable[..., EmailMessage], merchant: Tenant
) -> None:
    """R41: neither from a referrer's name nor from a merchant's."""
    merchant.name = "Maison\r\nBcc: tous@exemple.fr"
    merchant.contact_email = "bonjour@maisonlumen.fr"
    message = letter("invitation", referrer="Camille\r\nX-Evil: oui\x1f")
    assert message["Bcc"] is None
    assert message["X-Evil"] is None
    assert str(message["Subject"]).strip() == (
        "Camille X-Evil: oui vous invite chez Maison Bcc: tous@exemple.fr"
    )
    assert message["From"].addresses[0].display_name == ("Maison Bcc: tous@exemple.fr via Ricochet")
    assert str(message["Reply-To"]) == "bonjour@maisonlumen.fr"


@pytest.mark.parametrize(("language", "hello"), [("fr", "Bonjour"), ("en", "Hello")])
@pytest.mark.parametrize("kind", ["partner_accepted", "partner_operation_over", "cagnotte_opened"])
def test_whoever_gave_no_name_is_greeted_without_one(
    letter: Callable[..., EmailMessage], kind: str, language: str, hello: str
) -> None:
    message = letter(kind, language, first_name="")
    for text in (part(message, "plain"), part(message, "html")):
        assert f"{hello}," in text
        assert f"{hello} ," not in text and ",," not in text
