"""Who is rewarded, for what and how; referrals by hand; the record's two panels."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.acceptance.conftest import Lumen, words
from tests.fixtures.tenants import TenantClient

THOMAS = "thomas@exemple.fr"
NOTHING = {"referrer_amount": "0,00", "referee_amount": "0,00"}
_AXES = {
    "who": "both",
    "what": "fact",
    "qualifying": "order",
    "leads_to": "shop",
}


def publish(lumen: Lumen, **changes: str) -> None:
    lumen.publish(**{**_AXES, **changes})


def known(lumen: Lumen, email: str) -> str:
    """A customer with an account; the path of their record."""
    name = email.partition("@")[0].title()
    assert (
        lumen.call("accounts", {"customer": {"email": email, "first_name": name}}).status_code
        == 201
    )
    return lumen.record(email)


def account(lumen: Lumen, email: str, **clues: str) -> None:
    person = {"email": email, "first_name": email.partition("@")[0].title()}
    body: dict[str, Any] = {"customer": person}
    assert lumen.call("accounts", {**body, **clues}).status_code == 201


def text(message: Any, lumen: Lumen) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", lumen.text_of(message))


def pending(lumen: Lumen, email: str) -> int:
    found = lumen.read(f"customers/{lumen.record(email).rpartition('/')[2]}")
    return int(found["balance"]["pending"])


@pytest.mark.parametrize(
    ("who", "what", "expected"),
    [
        ("both", "fact", (0, 0, 800, 500)),
        ("referrer", "fact", (0, 0, 800, 0)),
        ("referee", "fact", (0, 0, 0, 500)),
        ("both", "account", (200, 100, 200, 100)),
        ("referrer", "both", (200, 0, 1000, 0)),
        ("both", "both", (200, 100, 1000, 600)),
    ],
)
def test_sp02_the_reward_is_set_on_three_axes(
    lumen: Lumen, camille: str, who: str, what: str, expected: tuple[int, ...]
) -> None:
    """SP-02: the reward is configurable on three axes: who (referrer, referee, both), for what
    (account creation, order, both), how (points or euros in a cagnotte)."""
    publish(
        lumen, who=who, what=what, referrer_account_amount="2,00", referee_account_amount="1,00"
    )
    account(lumen, THOMAS, referral_code=lumen.code_of(camille))
    at_account = (pending(lumen, camille), pending(lumen, THOMAS))
    lumen.order("LUM-1", THOMAS, referral_code=lumen.code_of(camille))
    assert (*at_account, pending(lumen, camille), pending(lumen, THOMAS)) == expected


def test_sp13_the_referrer_is_rewarded_for_an_account_or_for_an_order(
    lumen: Lumen, camille: str
) -> None:
    """SP-13: the referrer is rewarded either because the referee created an account or because
    the referee ordered."""
    publish(lumen, what="account", referrer_account_amount="2,00")
    cookie = lumen.cookie(lumen.code_of(camille))
    account(lumen, THOMAS, visitor=cookie)
    assert pending(lumen, camille) == 200
    assert "a ouvert un compte" in text(lumen.inbox(camille)[-1], lumen)
    publish(lumen, what="fact")
    lumen.order("LUM-2", "lea@exemple.fr", referral_code=lumen.code_of(camille))
    assert pending(lumen, camille) == 1000


COUPON = {
    "leads_to": "coupon",
    "gift_referee_invitation_kind": "promo",
    "gift_referee_invitation_name": "10 € offerts",
    "gift_referee_invitation_value": "10,00",
    "gift_referee_invitation_days": "30",
}


def test_sp14_the_referee_is_rewarded_for_the_invitation_the_account_or_the_order(
    lumen: Lumen, camille: str
) -> None:
    """SP-14: the referee may be rewarded as soon as the referrer has entered their email (a
    coupon is sent), because they created an account, or because they ordered."""
    publish(lumen, what="both", referee_account_amount="1,00", **COUPON)
    sent = lumen.space(camille).post("/espace/inviter", {"email": THOMAS, "first_name": "Thomas"})
    assert sent.status_code == 302
    letter = text(lumen.inbox(THOMAS)[-1], lumen)
    assert "Voici 10 € offerts" in letter and "jusqu’au" in letter
    account(lumen, THOMAS)
    assert pending(lumen, THOMAS) == 100
    lumen.order("LUM-1", THOMAS)
    assert pending(lumen, THOMAS) == 600
    assert "10 € offerts" in lumen.page("/espace", lumen.space(THOMAS))


def test_sp10_the_email_leads_to_the_coupon_or_to_the_shop(lumen: Lumen, camille: str) -> None:
    """SP-10: that email leads, as configured, to a coupon distribution (a discount for a first
    order) or to a link that discovers the shop."""
    publish(lumen)
    lumen.space(camille).post("/espace/inviter", {"email": "lea@exemple.fr", "first_name": "Léa"})
    letter = text(lumen.inbox("lea@exemple.fr")[-1], lumen)
    assert "cadeau" not in letter
    publish(lumen, **COUPON)
    lumen.space(camille).post("/espace/inviter", {"email": THOMAS, "first_name": "Thomas"})
    letter = text(lumen.inbox(THOMAS)[-1], lumen)
    code = re.search(r"Votre code cadeau\W+([A-Z0-9]{10})", letter)
    link = re.search(r"http\S+(/r/\S+)", letter)
    assert code and link
    shown = TenantClient(lumen.tenant).get(link[1])
    assert code[1] in words(shown.content.decode())
    # A link that was shared without an invitation: the coupon goes to the address that is given.
    plain = f"/r/{lumen.code_of(camille)}"
    visitor = TenantClient(lumen.tenant)
    assert code[1] not in visitor.get(plain).content.decode()
    form = f"/espace/cadeau/{lumen.code_of(camille)}"
    for _ in range(2):
        answer = visitor.post(form, {"email": "zoe@exemple.fr"})
        assert "votre code y arrive dans un instant" in words(answer.content.decode())
    assert len(lumen.inbox("zoe@exemple.fr")) == 1
    assert "Votre code cadeau" in text(lumen.inbox("zoe@exemple.fr")[0], lumen)
    same = words(visitor.post(form, {"email": camille}).content.decode())
    assert "votre code y arrive dans un instant" in same  # R33
    assert not any("code cadeau" in text(m, lumen) for m in lumen.inbox(camille))


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("promo", "10 € de remise"),
        ("gift_card", "Carte de 10 €"),
        ("product", "Bougie Aube 190 g"),
        ("custom", "Une visite de l’atelier"),
    ],
)
def test_of01_rewards_of_every_kind_go_to_referrers_and_referees(
    lumen: Lumen, camille: str, kind: str, name: str
) -> None:
    """OF-01: a merchant defines the rewards that referrers and referees receive when they meet
    the programme's conditions: loyalty points, discount vouchers, free products, or anything else
    with a name."""
    gift = {
        f"gift_{side}_order_{part}": value
        for side in ("referrer", "referee")
        for part, value in (("kind", kind), ("name", name), ("value", "10,00"))
    }
    publish(lumen, **NOTHING, **gift)
    lumen.order("LUM-1", THOMAS, referral_code=lumen.code_of(camille))
    for email in (camille, THOMAS):
        assert name in text(lumen.inbox(email)[-1], lumen)
    lumen.later(days=15)
    for email in (camille, THOMAS):
        letter = text(lumen.inbox(email)[-1], lumen)
        assert name in letter and ("Votre code" in letter) == (kind in ("promo", "gift_card"))
        assert name in lumen.page("/espace", lumen.space(email))
    lumen.refund("LUM-1", 6000)
    assert "n’est plus disponible" in text(lumen.inbox(camille)[-1], lumen)


def test_points_serve_as_well_as_euros(lumen: Lumen) -> None:
    """OF-01, SP-02: loyalty points, chosen before the first gain."""
    points = {**NOTHING, "unit": "PTS", "referrer_amount": "50", "referee_amount": "20"}
    publish(lumen, **points)
    lumen.order("LUM-0", "camille@exemple.fr")
    lumen.order("LUM-1", THOMAS, referral_code=lumen.code_of("camille@exemple.fr"))
    lumen.later(days=15)
    assert "50 points" in lumen.page("/espace", lumen.space("camille@exemple.fr"))
    refused = lumen.send("/reglages/programme", **{**_RULES, **_AXES, "unit": "EUR"})
    assert refused.status_code in (302, 422)
    assert "50 points" in lumen.page("/espace", lumen.space("camille@exemple.fr"))


_RULES = {
    "active": "on",
    "name": "Cagnotte Lumen",
    "referrer_amount": "8",
    "referee_amount": "5",
    "minimum_order": "30,00",
    "pending_days": "14",
    "cookie_days": "30",
    "expiry_months": "",
    "referrals_a_year": "",
}


def test_rules_that_give_nothing_are_refused_with_words(lumen: Lumen) -> None:
    """OF-01."""
    answer = lumen.send("/reglages/programme", **{**_RULES, **_AXES, **NOTHING})
    assert answer.status_code == 422
    assert "ne donnent rien à personne" in words(answer.content.decode())
    half = {**_RULES, **_AXES, "gift_referee_order_kind": "promo"}
    answer = lumen.send("/reglages/programme", **half)
    assert answer.status_code == 422
    assert "Donnez un nom au cadeau" in words(answer.content.decode())


def test_the_rules_are_told_as_a_story_and_each_version_says_what_it_changed(lumen: Lumen) -> None:
    publish(lumen)
    publish(lumen, referrer_amount="10,00")
    page = lumen.page("/reglages/programme")
    assert "Camille reçoit 10,00 € et Thomas 5,00 €" in page
    assert "Pour le parrain : 8,00 € → 10,00 €" in page
    drawn = lumen.send("/reglages/programme/apercu", **{**_RULES, **_AXES, "who": "referrer"})
    assert "Camille reçoit 8,00 €." in re.sub(r"[\s\u00a0\u202f]+", " ", drawn.content.decode())


# ------------------------------------------------------------------------ sessions
def booked(lumen: Lumen, number: str, email: str, **more: Any) -> dict[str, Any]:
    customer = {"email": email, "first_name": email.split("@", maxsplit=1)[0].title()}
    answer = lumen.call(
        "sessions", {"id": number, "type": "portrait", "customer": customer, **more}
    )
    assert answer.status_code in (200, 201), answer.content
    found: dict[str, Any] = answer.json()
    return found


def studio(lumen: Lumen, **changes: str) -> None:
    assert lumen.send("/reglages/seances", name="Portrait").status_code == 302
    publish(lumen, minimum_order="0,00", **changes)


@pytest.mark.parametrize("when", ["booked", "validated"])
def test_fs10_the_first_session_rewards_both_when_booked_or_validated(
    lumen: Lumen, when: str
) -> None:
    """FS-10: when the referee's first session is booked or validated (as set), the referrer
    earns the set points and the referee, if enabled, a welcome bonus."""
    studio(lumen, qualifying=when)
    known(lumen, "camille@exemple.fr")
    code = lumen.code_of("camille@exemple.fr")
    booked(lumen, "S1", THOMAS, referral_code=code)
    both = ("camille@exemple.fr", THOMAS)
    expected = [800, 500] if when == "booked" else [0, 0]
    assert [pending(lumen, email) for email in both] == expected
    assert lumen.call("sessions/S1/validate", {}).status_code in (200, 201)
    assert [pending(lumen, email) for email in both] == [800, 500]
    booked(lumen, "S2", THOMAS, referral_code=code)
    lumen.call("sessions/S2/validate", {})
    assert [pending(lumen, email) for email in both] == [800, 500]
    lumen.call("sessions/S1/cancel", {})
    assert [pending(lumen, email) for email in both] == [0, 0]


def test_fs12_points_come_with_the_session_or_at_once_by_hand(lumen: Lumen) -> None:
    """FS-12: points come when the referee validates the first session; for a referee added by
    hand, the merchant may award at once."""
    studio(lumen, qualifying="validated")
    record = known(lumen, "camille@exemple.fr")
    path = f"{record}/rattacher/filleul/choisir"
    for email, award, available in (("lea@exemple.fr", "now", 800), (THOMAS, "wait", 800)):
        other = known(lumen, email).rpartition("/")[2]
        assert "Accorder tout de suite" in words(lumen.send(path, other=other).content.decode())
        assert lumen.send(path, other=other, sure="1", award=award).status_code == 302
        found = lumen.read(f"customers/{record.rpartition('/')[2]}")
        assert found["balance"]["available"] == available
    assert pending(lumen, "camille@exemple.fr") == 0
    booked(lumen, "S1", THOMAS)
    lumen.call("sessions/S1/validate", {})
    assert pending(lumen, "camille@exemple.fr") == 800


# ------------------------------------------------------------------------ the record
def test_of02_the_referee_panel_is_filled_in_by_hand(lumen: Lumen, camille: str) -> None:
    """OF-02: a customer's record has a "referee" panel: referred by (any customer of this
    merchant, shown as "name - shop" and found by name, shop, email or phone), referral date, free
    notes, closed or not. All can be filled in by hand; a referrer needs a date and a date a
    referrer, and the date defaults to today."""
    record = lumen.record(camille)
    person = {"first_name": "Camille", "last_name": "Rouvière", "email": camille}
    lumen.send(f"{record}/modifier", **person, phone="0612345678", shop="Atelier Bleu")
    thomas = known(lumen, THOMAS)
    for query in ("rouvière", "atelier bleu", camille, "06 12 34 56 78"):
        found = lumen.page(f"{thomas}/rattacher/parrain?q={query}")
        assert "Camille Rouvière - Atelier Bleu" in found, query
    path, other = f"{thomas}/rattacher/parrain/choisir", record.rpartition("/")[2]
    # A date without a referrer, and a referrer without a date.
    assert lumen.send(path, referred_on="01/03/2026", sure="1").status_code == 302
    form = {"other": other, "sure": "1", "award": "wait"}
    answer = lumen.send(path, **form, referred_on="")
    assert answer.status_code == 422
    assert "Un parrainage a une date" in words(answer.content.decode())
    assert "Personne ne l’a parrainé" in lumen.page(thomas)
    asked = lumen.send(path, other=other).content.decode()
    assert 'value="03/03/2026"' in asked  # today
    sent = lumen.send(path, **form, referred_on="01/03/2026", notes="Rencontrée au salon")
    assert sent.status_code == 302
    panel = lumen.page(thomas)
    assert "Camille Rouvière - Atelier Bleu · le 1 er mars 2026" in panel.replace("1er", "1 er")
    assert "Rencontrée au salon" in panel
    page = re.search(r"/parrainages/ref_\w+", lumen.office().get(thomas).content.decode())
    assert page
    lumen.send(page[0], referred_on="02/03/2026", notes="Rencontrée à l’atelier")
    panel = lumen.page(thomas)
    assert "le 2 mars 2026" in panel and "à l’atelier" in panel
    assert lumen.send(f"{page[0]}/clore").status_code == 302
    assert "Clos le 3 mars 2026" in lumen.page(thomas)


def test_of04_closing_corrects_the_count_and_the_date_and_can_be_undone(
    lumen: Lumen, camille: str
) -> None:
    """OF-04: removing or closing it corrects both."""
    lumen.order("LUM-1", THOMAS, referral_code=lumen.code_of(camille))
    record = lumen.record(camille)
    before = lumen.page(record)
    assert "Filleuls qui comptent 1" in before and "Dernier parrainage 3 mars 2026" in before
    thomas = lumen.record(THOMAS)
    page = re.search(r"/parrainages/ref_\w+", lumen.office().get(thomas).content.decode())
    assert page
    office = lumen.office()
    office.post(f"{page[0]}/clore")
    html = office.get(page[0]).content.decode()
    after = lumen.page(record)
    assert "Filleuls qui comptent 0" in after and "Dernier parrainage" not in after
    assert pending(lumen, camille) == 0
    token = html.split('name="undo" value="')[1].split('"')[0]
    office.post("/parrainages/annuler", {"undo": token})
    again = lumen.page(record)
    assert "Filleuls qui comptent 1" in again and "Dernier parrainage 3 mars 2026" in again
    assert pending(lumen, camille) == 800


def test_the_order_shows_how_its_referrer_was_found(lumen: Lumen, camille: str) -> None:
    """The ladder: by hand, code, cookie, signed link, email; the first valid one wins."""
    code = lumen.code_of(camille)
    marks = lumen.follow(code)
    link = f"https://boutique-lumen.example/?ref={code}&rc={marks['rc']}&rs={marks['rs']}"
    answer = lumen.order("LUM-1", THOMAS, referral_code="NOBODY-12", referral_link=link)
    assert answer["referral"]["state"] == "pending"
    page = lumen.page(f"/commandes/{answer['id']}")
    order = [page.index(words) for words in ("Code saisi", "cookie", "Lien signé", "Adresse")]
    assert order == sorted(order)
    assert "Aucun parrain n’a ce code." in page and f"A désigné le parrain : {code}." in page
    assert "Pas regardé" in page


def test_a_circle_is_refused_and_said(lumen: Lumen, camille: str) -> None:
    """A referral that would make a circle."""
    lumen.order("LUM-1", THOMAS, referral_code=lumen.code_of(camille))
    record = lumen.record(camille)
    other = lumen.record(THOMAS).rpartition("/")[2]
    office = lumen.office()
    path = f"{record}/rattacher/parrain/choisir"
    office.post(path, {"other": other, "sure": "1", "award": "now"})
    said = words(office.get(f"{record}/rattacher/parrain").content.decode())
    assert "l’inverse est impossible" in said
    assert "Filleuls qui comptent 0" in lumen.page(lumen.record(THOMAS))


def test_nothing_of_a_time_to_come_is_a_referral(lumen: Lumen, camille: str) -> None:
    """OF-02: a date is not in the future."""
    thomas = known(lumen, THOMAS)
    tomorrow = (timezone.localdate() + timedelta(days=1)).strftime("%d/%m/%Y")
    form = {"other": lumen.record(camille).rpartition("/")[2], "sure": "1", "award": "wait"}
    answer = lumen.send(f"{thomas}/rattacher/parrain/choisir", **form, referred_on=tomorrow)
    assert answer.status_code == 422
    assert "au plus tard aujourd’hui" in words(answer.content.decode())
