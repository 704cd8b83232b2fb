"""Who is rewarded, for what and how (SP-02)."""

import re

import pytest

from tests.acceptance.conftest import Lumen, words
from tests.acceptance.referring import AXES, NOTHING, THOMAS, account, pending, publish, text
from tests.fixtures.tenants import TenantClient


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
    refused = lumen.send("/reglages/programme", **{**_RULES, **AXES, "unit": "EUR"})
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
    answer = lumen.send("/reglages/programme", **{**_RULES, **AXES, **NOTHING})
    assert answer.status_code == 422
    assert "ne donnent rien à personne" in words(answer.content.decode())
    half = {**_RULES, **AXES, "gift_referee_order_kind": "promo"}
    answer = lumen.send("/reglages/programme", **half)
    assert answer.status_code == 422
    assert "Donnez un nom au cadeau" in words(answer.content.decode())


def test_the_rules_are_told_as_a_story_and_each_version_says_what_it_changed(lumen: Lumen) -> None:
    publish(lumen)
    publish(lumen, referrer_amount="10,00")
    page = lumen.page("/reglages/programme")
    assert "Camille reçoit 10,00 € et Thomas 5,00 €" in page
    assert "Pour le parrain : 8,00 € → 10,00 €" in page
    drawn = lumen.send("/reglages/programme/apercu", **{**_RULES, **AXES, "who": "referrer"})
    assert "Camille reçoit 8,00 €." in re.sub(r"[\s\u00a0\u202f]+", " ", drawn.content.decode())
