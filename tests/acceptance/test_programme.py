"""What a referral brings, to whom and when, as the merchant sets it."""

import re

from tests.acceptance.conftest import RULES, Lumen, words


def refer(lumen: Lumen, camille: str, number: str, friend: str, **more: object) -> dict:
    """A friend's first order with Camille's code."""
    return lumen.order(number, friend, referral_code=lumen.code_of(camille), **more)


def amounts(answer: dict) -> dict[str, int]:
    return {reward["side"]: reward["amount"] for reward in answer["rewards"]}


def test_who_is_rewarded_and_with_how_much_is_set_on_the_page(lumen: Lumen, camille: str) -> None:
    """SP-02, of its three axes who (referrer, referee, both) and how much, in euros."""
    assert amounts(refer(lumen, camille, "A", "a@exemple.fr")) == {"referrer": 800, "referee": 500}
    lumen.publish(referee_amount="0")
    assert amounts(refer(lumen, camille, "B", "b@exemple.fr")) == {"referrer": 800}
    lumen.publish(referrer_amount="0", referee_amount="12,50")
    assert amounts(refer(lumen, camille, "C", "c@exemple.fr")) == {"referee": 1250}


def test_the_referrer_is_rewarded_because_the_referee_ordered(lumen: Lumen, camille: str) -> None:
    """SP-13, of its two causes the order: pending with its date, then in the cagnotte."""
    refer(lumen, camille, "LUM-1", "thomas@exemple.fr")
    waiting = lumen.page("/espace", lumen.space(camille))
    assert "8,00 € grâce à Thomas Disponibles le 17 mars 2026" in waiting
    assert "une fois son délai de retour passé" in waiting
    lumen.later(days=15)
    there = lumen.page("/espace", lumen.space(camille))
    assert "Cagnotte Lumen 8,00 €" in there
    assert "Parrainage de Thomas" in there
    assert "sont disponibles dans votre cagnotte" in str(lumen.inbox(camille)[-2]["Subject"])


def test_the_referee_is_rewarded_because_they_ordered(lumen: Lumen, camille: str) -> None:
    """SP-14, of its three causes the order."""
    refer(lumen, camille, "LUM-1", "thomas@exemple.fr")
    lumen.later(days=15)
    assert "Cagnotte Lumen 5,00 €" in lumen.page("/espace", lumen.space("thomas@exemple.fr"))


def test_sp11_the_cagnotte_shows_everything_and_prizes_are_claimed_there(
    lumen: Lumen, camille: str
) -> None:
    """SP-11: the referrer sees balance, history, referees and their status, and the prizes within
    reach, and claims them there."""
    lumen.add_prize("Bougie Aube 190 g", "6,00", stock="3")
    lumen.add_prize("Atelier du soir", "40,00")
    refer(lumen, camille, "LUM-1", "thomas@exemple.fr")
    lumen.later(days=15)
    client = lumen.space(camille)
    text = lumen.page("/espace", client)
    assert "Cagnotte Lumen 8,00 €" in text
    assert re.search(r"Vos filleuls.*Thomas", text)
    assert re.search(r"L’historique.*Parrainage de Thomas.*\+8,00 €", text)
    assert re.search(r"Bougie Aube 190 g.*Vous pouvez l’avoir", text)
    assert re.search(r"Atelier du soir.*Encore 32,00 €", text)
    _claim(client)
    text = lumen.page("/espace", client)
    assert "Cagnotte Lumen 2,00 €" in text
    code = re.search(r"présentez ce code ([A-Z0-9 ]+?) ", text)
    assert code
    assert "Bougie Aube 190 g" in str(lumen.inbox(camille)[-1]["Subject"])
    waiting = lumen.page("/recompenses/demandes")
    assert "Bougie Aube 190 g" in waiting
    assert "À préparer" in waiting


def _claim(client: object) -> None:
    """Choose the first prize within reach, as the page leads one."""
    html = client.get("/espace").content.decode()
    [path, *_] = re.findall(r'href="(/espace/lots/prz_\w+)"', html)
    question = client.get(path).content.decode()
    assert "Il vous restera" in question
    key = re.search(r'name="key" value="(\w+)"', question)
    assert client.post(path, {"key": key[1]}).status_code == 302
    assert client.post(path, {"key": key[1]}).status_code == 302  # a double click


def test_the_merchant_sets_the_cagnotte_up_and_defines_its_prizes(lumen: Lumen) -> None:
    """SP-12 but for the unit: name, rules, look and prizes."""
    lumen.publish(name="Les Galets", minimum_order="45", pending_days="7")
    answer = lumen.send(
        "/reglages/site",
        name="Maison Lumen",
        kind="Boutique en ligne",
        site_url="https://boutique-lumen.example",
        color="#1F5C43",
    )
    assert answer.status_code == 302, words(answer.content.decode())
    lumen.add_prize("Bougie", "6,00")
    lumen.order("LUM-0", "camille@exemple.fr")
    client = lumen.space("camille@exemple.fr")
    text = lumen.page("/espace", client)
    assert "Les Galets 0,00 €" in text
    assert "dès 45,00 €" in text
    assert "Bougie 6,00 €" in text
    assert "1f5c43" in client.get("/espace").content.decode().lower()
    small = lumen.order(
        "LUM-1",
        "a@exemple.fr",
        amount=4499,
        referral_code=lumen.code_of("camille@exemple.fr"),
    )
    assert small["referral"]["refusal"] == "order_too_small"


def test_rules_that_make_no_sense_are_refused_in_place(lumen: Lumen) -> None:
    """SP-12: the form says what to do, and nothing is published."""
    answer = lumen.send("/reglages/programme", **{**RULES, "referrer_amount": "-3", "name": ""})
    assert answer.status_code == 422
    assert "Indiquez une valeur entre" in words(answer.content.decode())
    assert lumen.order("LUM-0", "camille@exemple.fr")["referral"] is None


def test_sp15_prizes_change_at_any_moment_and_claims_stay(lumen: Lumen, camille: str) -> None:
    """SP-15: prizes can be changed at any moment and by season, without touching what was already
    earned or claimed."""
    lumen.add_prize("Bougie d’hiver", "6,00")
    refer(lumen, camille, "LUM-1", "thomas@exemple.fr")
    lumen.later(days=15)
    client = lumen.space(camille)
    _claim(client)
    html = lumen.office().get("/recompenses").content.decode()
    path = re.search(r"/recompenses/prz_\w+", html)
    assert path
    changed = lumen.send(path[0], name="Bougie d’été", cost="7,50", kind="gift")
    assert changed.status_code == 302
    text = lumen.page("/espace", client)
    assert re.search(r"À récupérer Bougie d’hiver", text)
    assert "Cagnotte Lumen 2,00 €" in text
    assert "Bougie d’été 7,50 €" in text
    assert lumen.office().post(f"{path[0]}/archiver").status_code == 302
    text = lumen.page("/espace", client)
    assert "Bougie d’été" not in text
    assert "Bougie d’hiver" in text
    assert "Cagnotte Lumen 2,00 €" in text


def test_fs21_a_new_rule_never_changes_what_was_earned(lumen: Lumen, camille: str) -> None:
    """FS-21: changing a rule never changes points already earned or rewards already claimed; new
    rules apply to later actions only."""
    refer(lumen, camille, "LUM-1", "thomas@exemple.fr")
    lumen.publish(referrer_amount="16,00", pending_days="30")
    refer(lumen, camille, "LUM-2", "lea@exemple.fr")
    lumen.later(days=14, hours=1)
    assert "Cagnotte Lumen 8,00 €" in lumen.page("/espace", lumen.space(camille))
    lumen.later(days=16)
    assert "Cagnotte Lumen 24,00 €" in lumen.page("/espace", lumen.space(camille))
    lines = lumen.page(f"{lumen.record(camille)}/cagnotte")
    assert re.search(r"\+16,00 €.*\+8,00 €", lines)


def test_a_refund_takes_back_what_the_order_brought_and_says_so(lumen: Lumen, camille: str) -> None:
    """Settled in the requirements: the referral reward is reversed, also when it was spent."""
    lumen.add_prize("Bougie", "6,00")
    refer(lumen, camille, "LUM-1", "thomas@exemple.fr")
    lumen.later(days=15)
    client = lumen.space(camille)
    _claim(client)
    lumen.refund("LUM-1", 6000)
    text = lumen.page("/espace", client)
    assert "6,00 € à compenser par vos prochains gains" in text
    assert re.search(r"Parrainage de Thomas annulé.*−8,00 €", text)
    assert "repris" in lumen.page(f"{lumen.record(camille)}/cagnotte") or "annulé" in text
    assert "repris sur votre cagnotte" in str(lumen.inbox(camille)[-1]["Subject"])
