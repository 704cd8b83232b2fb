"""Inviting: the link, the code, the named friend, and the emails that follow."""

import re
from urllib.parse import unquote

from tests.acceptance.conftest import SHOP, Lumen, words

FRIEND = {"first_name": "Thomas", "email": "thomas@exemple.fr"}


def invite(lumen: Lumen, camille: str) -> None:
    answer = lumen.space(camille).post("/espace/inviter", FRIEND)
    assert answer.status_code == 302


def test_sp01_a_referrer_invites_a_prospect_to_discover_the_shop(
    lumen: Lumen, camille: str
) -> None:
    """SP-01: a referrer invites prospects to discover the merchant's shop."""
    invite(lumen, camille)
    [message] = lumen.inbox("thomas@exemple.fr")
    found = re.search(r"http\S+?(/r/\S+)", lumen.text_of(message))
    assert found
    page = lumen.office().get(found[1]).content.decode()
    assert f'href="{SHOP}/?ref=' in page


def test_sp07_one_shares_by_social_post_message_email_link_and_code(
    lumen: Lumen, camille: str
) -> None:
    """SP-07: sharing by social post, by private message, by email to named friends, by link and
    by code."""
    html = lumen.space(camille).get("/espace").content.decode()
    code = lumen.code_of(camille)
    link = f"/r/{code}"
    shared = {
        "post": re.search(r'data-share="([^"]+)"', html),
        "WhatsApp": re.search(r'href="(https://wa\.me/\?text=[^"]+)"', html),
        "SMS": re.search(r'href="(sms:[^"]+)"', html),
        "Messenger": re.search(r'href="(fb-messenger:[^"]+)"', html),
        "Facebook": re.search(r'href="(https://www\.facebook\.com/sharer/[^"]+)"', html),
        "email": re.search(r'href="(mailto:[^"]+)"', html),
        "link": re.search(r'data-copy="(http[^"]+)"', html),
    }
    for way, found in shared.items():
        assert found, way
        assert link in unquote(found[1]), way
    assert f'data-copy="{code}"' in html
    assert code in lumen.page("/espace/qr", lumen.space(camille))
    # D7: one's own link stands before the addresses of others.
    assert 0 < html.index(shared["post"][0]) < html.index('name="email"')
    invite(lumen, camille)
    assert len(lumen.inbox("thomas@exemple.fr")) == 1


def test_sp07_several_named_friends_are_written_to_at_once(lumen: Lumen, camille: str) -> None:
    """SP-07, R33, R42: each gets one email that names them, and what fails is said by name."""
    lumen.order("LUM-N", "nadia@exemple.fr")
    space = lumen.space(camille)
    answer = space.post(
        "/espace/inviter",
        {
            "first_name": "Thomas",
            "email": "thomas@exemple.fr",
            "first_name_1": "Awa",
            "email_1": "awa@exemple",
            "pasted": "Karim <karim@exemple.fr>\nnadia@exemple.fr",
        },
    )
    assert answer.status_code == 422
    said = words(answer.content.decode())
    assert "2 invitations sont parties, à votre nom : Thomas, Karim." in said
    assert "nadia@exemple.fr : Cette adresse ne peut pas être invitée" in said
    for email in ("thomas@exemple.fr", "karim@exemple.fr"):
        [message] = lumen.inbox(email)
        assert f"Bonjour {email.partition('@')[0].title()}," in lumen.text_of(message)
    assert [m["Subject"] for m in lumen.inbox("nadia@exemple.fr") if "invite" in m["Subject"]] == []
    again = {"first_name": "Awa", "email": "awa@exemple.fr", "email_1": "thomas@exemple.fr"}
    answer = space.post("/espace/inviter", again)
    assert "Vous avez déjà invité cette adresse" in words(answer.content.decode())
    assert len(lumen.inbox("awa@exemple.fr")) == len(lumen.inbox("thomas@exemple.fr")) == 1


def test_the_way_a_link_was_passed_on_is_told_in_the_back_office(
    lumen: Lumen, camille: str
) -> None:
    """SP-07: what was sent by WhatsApp arrives as WhatsApp."""
    cookie = lumen.cookie(lumen.code_of(camille), s="whatsapp")
    lumen.order("LUM-1", "thomas@exemple.fr", visitor=cookie)
    assert "lien suivi (WhatsApp)" in lumen.page(lumen.record("thomas@exemple.fr"))


def test_sp08_after_inviting_the_referrer_receives_an_email_that_opens_the_cagnotte(
    lumen: Lumen, camille: str
) -> None:
    """SP-08: after inviting, the referrer receives an email that opens their cagnotte."""
    invite(lumen, camille)
    message = lumen.inbox(camille)[-1]
    assert "cagnotte" in str(message["Subject"])
    from tests.fixtures.tenants import TenantClient

    client = lumen.enter_by(message, TenantClient(lumen.tenant))
    assert "Bonjour Camille" in lumen.page("/espace", client)


def test_sp09_the_referee_receives_a_personal_email_that_names_the_referrer(
    lumen: Lumen, camille: str
) -> None:
    """SP-09: the referee receives a personalised email that names the referrer."""
    invite(lumen, camille)
    [message] = lumen.inbox("thomas@exemple.fr")
    assert str(message["Subject"]).startswith("Camille vous invite chez Maison Lumen")
    text = lumen.text_of(message)
    assert "Bonjour Thomas," in text
    assert "Camille a pensé à vous" in text


def test_the_invitation_leads_to_the_shop(lumen: Lumen, camille: str) -> None:
    """SP-10, of its two variants the link that discovers the shop: what is ordered there counts,
    also without the code."""
    invite(lumen, camille)
    [message] = lumen.inbox("thomas@exemple.fr")
    found = re.search(r"http\S+?/r/([A-Z0-9-]+)\?(\S+)", lumen.text_of(message))
    assert found
    marks = dict(part.split("=") for part in found[2].split("&"))
    cookie = lumen.cookie(found[1], **marks)
    answer = lumen.order("LUM-1", "someone.else@exemple.fr", visitor=cookie)
    assert answer["referral"]["state"] == "pending"
    assert "(E-mail)" in lumen.page(lumen.record("someone.else@exemple.fr"))


def test_an_invited_address_that_orders_without_following_anything_counts(
    lumen: Lumen, camille: str
) -> None:
    """SP-09, SP-17: the last rung of the ladder."""
    invite(lumen, camille)
    answer = lumen.order("LUM-1", "thomas@exemple.fr")
    assert answer["referral"]["state"] == "pending"


def test_fs09_every_customer_has_a_code_from_their_name_that_the_merchant_can_change(
    lumen: Lumen, camille: str
) -> None:
    """FS-09: every customer has a unique referral code made from their name, editable by hand,
    still unique."""
    code = lumen.code_of(camille)
    assert code.startswith("CAMILLE-")
    lumen.order("LUM-N", "nadia@exemple.fr")
    assert lumen.code_of("nadia@exemple.fr").startswith("NADIA-")
    record = lumen.record(camille)
    assert lumen.send(f"{record}/code", code="Cam du Soir").status_code == 302
    assert lumen.code_of(camille) == "CAM-DU-SOIR"
    taken = lumen.send(f"{lumen.record('nadia@exemple.fr')}/code", code="cam-du-soir")
    assert taken.status_code == 422
    assert "déjà pris" in taken.content.decode()
    assert lumen.code_of("nadia@exemple.fr").startswith("NADIA-")
    answer = lumen.order("LUM-1", "thomas@exemple.fr", referral_code="cam du soir")
    assert answer["referral"]["state"] == "pending"


def test_fs13_a_link_with_the_code_applies_it_by_itself(lumen: Lumen, camille: str) -> None:
    """FS-13: a link with the code (`…?ref=CODE`) applies the code by itself; influencers and
    partners can have one. The script keeps a bare code as `.CODE`."""
    code = lumen.code_of(camille)
    reported = lumen.report(
        "orders",
        id="LUM-1",
        amount=6000,
        currency="EUR",
        email="thomas@exemple.fr",
        visitor=f".{code}",
    )
    assert reported.status_code == 202
    answer = lumen.order("LUM-1", "thomas@exemple.fr")
    assert answer["referral"]["state"] == "pending"
    assert "Thomas" in lumen.page("/espace", lumen.space(camille))
