"""Prizes of every kind, from the page that offers them to the hand that receives them."""

import re

import pytest

from tests.acceptance.conftest import Lumen, hidden_in, words

HOME = {
    "name": "Camille Rouvière",
    "street": "12 rue des Lilas",
    "more": "",
    "postcode": "69007",
    "city": "Lyon",
    "country": "",
}


@pytest.fixture
def rich(lumen: Lumen, camille: str) -> str:
    """Camille, with 200 € in the cagnotte."""
    answer = lumen.send(
        f"{lumen.record(camille)}/cagnotte/corriger",
        way="credit", amount="200,00", reason="Geste commercial", sure="1",
    )  # fmt: skip
    assert answer.status_code == 302, words(answer.content.decode())
    return camille


def offer(lumen: Lumen, name: str, cost: str = "20,00", **more: str) -> None:
    lumen.add_prize(name, cost, **more)


def claim(lumen: Lumen, who: str, prize: str, **fields: str) -> str:
    """Choose a prize in the space; the words of the space afterwards."""
    client = lumen.space(who)
    html = client.get("/espace").content.decode()
    found = re.search(rf'href="(/espace/lots/[^"]+)"[^>]*>[^<]*<span[^>]*> {prize}<', html)
    assert found, f"{prize} cannot be chosen: {words(html)}"
    page = client.get(found[1]).content.decode()
    form = {"key": hidden_in(page, "key"), "cost": hidden_in(page, "cost"), **fields}
    answer = client.post(found[1], form)
    assert answer.status_code == 302, words(answer.content.decode())
    return lumen.page("/espace", client)


def test_sp03_prizes_linked_to_a_purchase_are_a_discount_a_voucher_or_a_gift_with_an_order(
    lumen: Lumen, rich: str
) -> None:
    """SP-03: rewards linked to a purchase: a discount or voucher, a gift added to an order."""
    offer(lumen, "Remise de printemps", kind="discount", value="5,00")
    offer(lumen, "Bon d’achat", kind="voucher", value="20,00", valid_days="30")
    offer(lumen, "Savon offert", kind="order")
    assert "utilisez ce code" in claim(lumen, rich, "Remise de printemps")
    assert "valable jusqu’au 2 avr. 2026" in claim(lumen, rich, "Bon d’achat")
    [letter] = [m for m in lumen.inbox(rich) if "Bon d’achat" in str(m["Subject"])]
    assert re.search(r"Votre code\s+[0-9A-Z]{10}", lumen.text_of(letter))
    assert "joint à votre prochaine commande" in claim(lumen, rich, "Savon offert")
    assert "Savon offert" not in lumen.page("/a-traiter")
    lumen.order("LUM-7", rich)
    assert "Savon offert" in lumen.page("/a-traiter")
    assert "À joindre à la commande LUM-7" in lumen.page("/a-traiter")
    # The codes are given: there is nothing to prepare for them.
    assert "Bon d’achat" not in lumen.page("/recompenses/demandes")


def test_sp04_prizes_not_linked_to_a_purchase_go_by_post_by_email_or_to_a_partner(
    lumen: Lumen, rich: str
) -> None:
    """SP-04: rewards not linked to a purchase: sent by post (cinema ticket) or by email (a voucher
    to use at a partner)."""
    offer(lumen, "Place de cinéma", kind="post")
    offer(lumen, "Visite privée", kind="email")
    offer(lumen, "Brunch", kind="partner", partner_name="Café Aurore", value="18,00")
    assert "bientôt envoyé par courrier" in claim(lumen, rich, "Place de cinéma", **HOME)
    claim(lumen, rich, "Visite privée")
    claim(lumen, rich, "Brunch")
    [letter] = [m for m in lumen.inbox(rich) if "Brunch" in str(m["Subject"])]
    assert "Il s’utilise chez Café Aurore." in lumen.text_of(letter).replace("\u00a0", " ")
    labels = lumen.page("/recompenses/demandes/etiquettes")
    assert "Camille Rouvière 12 rue des Lilas 69007 Lyon" in labels
    html = lumen.office().get("/recompenses/demandes?vue=a-envoyer").content.decode()
    sent = re.search(r"/recompenses/demandes/clm_\w+/envoyer", html)
    assert sent
    assert lumen.send(sent[0]).status_code == 302
    assert "est en route" in str(lumen.inbox(rich)[-1]["Subject"])
    assert "envoyé par courrier le 3 mars 2026" in lumen.page("/espace", lumen.space(rich))


def test_a_posted_prize_without_a_whole_address_is_not_taken(lumen: Lumen, rich: str) -> None:
    """B2, B4: what was typed stays, and the sentence says what to write."""
    offer(lumen, "Place de cinéma", kind="post")
    client = lumen.space(rich)
    html = client.get("/espace").content.decode()
    path = re.search(r'href="(/espace/lots/[^"]+)"', html)
    assert path
    key = hidden_in(client.get(path[1]).content.decode(), "key")
    answer = client.post(path[1], {**HOME, "city": "", "key": key})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Indiquez la ville, par exemple Lyon." in page
    assert 'value="12 rue des Lilas"' in page
    assert "200,00 €" in lumen.page("/espace", client)


def test_sp12_prizes_are_defined_on_their_page(lumen: Lumen, rich: str) -> None:
    """SP-12, its prizes: each kind asks for what it needs, and says so."""
    path = "/recompenses/ajouter"
    for kind, missing in (
        ("voucher", "Indiquez combien vaut cette remise ou ce bon"),
        ("partner", "Indiquez chez qui ce bon s’utilise"),
    ):
        answer = lumen.send(path, name="Bon", cost="10,00", kind=kind)
        assert answer.status_code == 422
        assert missing in words(answer.content.decode())
    answer = lumen.send(path, name="Bon", cost="10,00", kind="gift", stock="0")
    assert "Un lot proposé sans stock ne peut pas être choisi" in words(answer.content.decode())
    answer = lumen.send(
        path, name="Bon", cost="10,00", kind="gift", starts_on="31/12/2026", ends_on="01/12/2026"
    )
    assert "La saison se termine avant de commencer" in words(answer.content.decode())
    offer(lumen, "Bougie", stock="2", per_person="1")
    claim(lumen, rich, "Bougie")
    assert "Déjà choisi" in lumen.page("/espace", lumen.space(rich))


def test_sp15_prizes_change_with_the_season_without_touching_what_was_claimed(
    lumen: Lumen, rich: str
) -> None:
    """SP-15: prizes can be changed at any moment and by season, without touching what was already
    earned or claimed."""
    offer(lumen, "Coffret de printemps", starts_on="01/03/2026", ends_on="31/03/2026")
    offer(lumen, "Coffret de Noël", starts_on="01/12/2026", ends_on="31/12/2026")
    shelf = lumen.page("/recompenses")
    assert "Du 1er au 31 mars" in shelf
    assert re.search(r"Coffret de Noël.*À venir", shelf)
    before = lumen.page("/espace", lumen.space(rich))
    assert "Du 1er au 31 mars" in before
    assert "Coffret de Noël" not in before
    claim(lumen, rich, "Coffret de printemps")
    html = lumen.office().get("/recompenses").content.decode()
    edit = re.search(
        r'href="(/recompenses/prz_\w+)">(?:(?!</a>).)*Coffret de printemps', html, re.S
    )
    assert edit
    changed = {"name": "Coffret d’été", "cost": "90,00", "kind": "gift", "starts_on": "",
               "ends_on": "", "stock": "", "stock_shown": ""}  # fmt: skip
    assert lumen.send(edit[1], **changed).status_code == 302
    lumen.later(days=45)
    kept = lumen.page("/espace", lumen.space(rich))
    assert re.search(r"À récupérer Coffret de printemps", kept)
    assert "180,00 €" in kept
    assert re.search(r"Coffret de printemps.*20,00 €", lumen.page("/recompenses/demandes"))
