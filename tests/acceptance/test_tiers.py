"""Tiers, rewards by hand, and gifts for referrers."""

import re
from typing import Any

import pytest

from tests.acceptance.conftest import Lumen, words


@pytest.fixture
def credit(lumen: Lumen) -> Any:
    """`credit(email, "12,00")`: what is added by hand counts as earned."""

    def add(who: str, amount: str, way: str = "credit") -> None:
        answer = lumen.send(
            f"{lumen.record(who)}/cagnotte/corriger",
            way=way, amount=amount, reason="Geste commercial", sure="1",
        )  # fmt: skip
        assert answer.status_code == 302, words(answer.content.decode())

    return add


def add_tier(lumen: Lumen, name: str, threshold: str, **more: str) -> None:
    fields = {"kind": "promo", "value": "10,00", "tells_by_email": "on", **more}
    answer = lumen.send("/recompenses/paliers/ajouter", name=name, threshold=threshold, **fields)
    assert answer.status_code == 302, words(answer.content.decode())


def tier_path(lumen: Lumen, name: str) -> str:
    html = lumen.office().get("/recompenses/paliers").content.decode()
    found = re.search(rf'href="(/recompenses/paliers/tir_\w+)">{name}<', html)
    assert found, words(html)
    return found[1]


def test_fs14_a_tier_unlocks_by_itself_at_its_threshold(
    lumen: Lumen, camille: str, credit: Any
) -> None:
    """FS-14: reward tiers unlock by themselves at a number of points."""
    add_tier(lumen, "Bronze", "20,00")
    credit(camille, "19,99")
    assert "Encore 0,01 € à gagner" in lumen.page("/espace", lumen.space(camille))
    credit(camille, "0,01")
    assert "Débloqué le 3 mars 2026" in lumen.page("/espace", lumen.space(camille))


def test_fs15_tiers_give_a_promo_code_a_gift_card_or_anything(
    lumen: Lumen, camille: str, credit: Any
) -> None:
    """FS-15: promo code (an amount in euros), gift card (an amount), custom (anything)."""
    add_tier(lumen, "Code", "10,00", kind="promo", value="5,00")
    add_tier(lumen, "Carte", "11,00", kind="gift_card", value="25,00")
    add_tier(lumen, "Visite de l’atelier", "12,00", kind="custom", value="")
    refused = lumen.send(
        "/recompenses/paliers/ajouter", name="Vide", threshold="5,00", kind="promo", value=""
    )
    assert "Indiquez combien vaut ce code ou ce bon" in words(refused.content.decode())
    credit(camille, "12,00")
    given = lumen.page("/recompenses/attribuees")
    for name, value in (("Code", "5,00 €"), ("Carte", "25,00 €"), ("Visite de l’atelier", "—")):
        assert re.search(rf"{name}.*?{value}", given), given


def test_fs16_a_tier_has_a_description_and_an_email_that_can_be_off(
    lumen: Lumen, camille: str, credit: Any
) -> None:
    """FS-16: name, type, value, threshold, description for the customer, optional email."""
    add_tier(lumen, "Bronze", "10,00", description="À valoir en boutique.")
    add_tier(lumen, "Discret", "11,00", tells_by_email="")
    same = lumen.send(
        "/recompenses/paliers/ajouter", name="bronze", threshold="5,00", kind="promo", value="1,00"
    )
    assert same.status_code == 422
    assert "Un palier s’appelle déjà « Bronze »" in words(same.content.decode())
    credit(camille, "12,00")
    subjects = [str(m["Subject"]) for m in lumen.inbox(camille)]
    assert len([s for s in subjects if "Bronze" in s]) == 1
    assert not [s for s in subjects if "Discret" in s]
    [letter] = [m for m in lumen.inbox(camille) if "Bronze" in str(m["Subject"])]
    assert "À valoir en boutique." in lumen.text_of(letter)


def test_fs17_fs03_a_reward_is_given_at_once_or_by_hand_before_its_threshold(
    lumen: Lumen, camille: str, credit: Any
) -> None:
    """FS-17, FS-03: as soon as the threshold is reached, or by hand from the record; not twice."""
    add_tier(lumen, "Bronze", "50,00")
    give = f"{lumen.record(camille)}/recompense"
    page = lumen.office().get(give).content.decode()
    assert "Encore 50,00 € avant 50,00 €" in words(page)
    tier = re.search(r'name="tier" value="(tir_\w+)"', page)
    assert tier
    assert lumen.send(give, tier=tier[1]).status_code == 302
    record = lumen.page(lumen.record(camille))
    assert re.search(r"Récompenses reçues.*Bronze À la main", record)
    credit(camille, "60,00")
    assert "1 à 1 sur 1 récompense" in lumen.page("/recompenses/attribuees?vue=toutes")


def test_fs23_raising_a_tier_takes_nothing_from_who_had_it(
    lumen: Lumen, camille: str, credit: Any
) -> None:
    """FS-23: raising a tier from 100 to 150: those who had it keep it, others need 150."""
    add_tier(lumen, "Argent", "100,00")
    lumen.order("LUM-9", "nadia@exemple.fr")
    credit(camille, "100,00")
    path = tier_path(lumen, "Argent")
    assert "1 client l’a déjà et le garde" in lumen.page(path)
    assert (
        lumen.send(
            path, name="Argent", threshold="150,00", kind="promo", value="10,00",
            tells_by_email="on", description="",
        ).status_code
        == 302
    )  # fmt: skip
    credit("nadia@exemple.fr", "120,00")
    assert "Débloqué le" in lumen.page("/espace", lumen.space(camille))
    assert "Encore 30,00 € à gagner" in lumen.page("/espace", lumen.space("nadia@exemple.fr"))
    credit("nadia@exemple.fr", "30,00")
    assert "Débloqué le" in lumen.page("/espace", lumen.space("nadia@exemple.fr"))


def test_fs24_a_new_tier_is_claimed_at_once_by_those_already_there(
    lumen: Lumen, camille: str, credit: Any
) -> None:
    """FS-24: adding a tier at 750: every customer who already has 750 or more can claim it."""
    credit(camille, "800,00")
    credit(camille, "700,00", way="debit")
    credit(camille, "700,00")
    lumen.order("LUM-9", "nadia@exemple.fr")
    credit("nadia@exemple.fr", "749,99")
    add_tier(lumen, "Or", "750,00")
    assert "1 client y est déjà" in lumen.page("/recompenses/paliers")
    told = lumen.send(f"{tier_path(lumen, 'Or')}/prevenir")
    assert told.status_code == 302
    assert "Or vous attend" in str(lumen.inbox(camille)[-1]["Subject"])
    assert "1 client prévenu." in lumen.page(told["Location"])
    client = lumen.space(camille)
    take = re.search(r'action="(/espace/paliers/tir_\w+)"', client.get("/espace").content.decode())
    assert take
    for _ in range(2):
        assert client.post(take[1]).status_code == 302
    short = lumen.space("nadia@exemple.fr")
    short.post(take[1])  # a cent is missing
    assert "Encore 0,01 € à gagner" in lumen.page("/espace", short)
    there = lumen.page("/espace", client)
    assert re.search(r"Vos récompenses Or.*[0-9A-Z]{10}", there)
    assert "1 à 1 sur 1 récompense" in lumen.page("/recompenses/attribuees?vue=toutes")


def test_of05_a_gift_is_attached_to_a_referrer_with_its_day_and_all_are_kept(
    lumen: Lumen, camille: str
) -> None:
    """OF-05: after a number of referrals, a gift from the merchant's own list, its hand-over date
    (default today), all of them kept."""
    for name, value in (("Ramonage offert", ""), ("Chèque", "50,00")):
        sent = lumen.send("/recompenses/cadeaux/ajouter", name=name, value=value)
        assert sent.status_code == 302
    html = lumen.office().get("/recompenses/cadeaux").content.decode()
    second = re.findall(r"/recompenses/cadeaux/gft_\w+/deplacer", html)[1]
    lumen.send(second, way="up")
    shelf = lumen.page("/recompenses/cadeaux")
    assert shelf.index("Chèque") < shelf.index("Ramonage offert"), shelf
    assert lumen.send("/recompenses/cadeaux", gift_after="1").status_code == 302
    lumen.order("A", "thomas@exemple.fr", referral_code=lumen.code_of(camille))
    assert "a atteint 1 filleul" not in lumen.page("/a-traiter")
    lumen.later(days=15)
    assert "Camille a atteint 1 filleul" in lumen.page("/a-traiter")
    give = f"{lumen.record(camille)}/recompense"
    page = lumen.office().get(give).content.decode()
    assert 'value="18/03/2026"' in page
    options = dict(re.findall(r'<option value="(gft_\w+)"[^>]*>([^<]+)', page))
    by_name = {name: key for key, name in options.items()}
    for name, day in (("Ramonage offert", "02/03/2026"), ("Chèque", "18/03/2026")):
        assert lumen.send(give, gift=by_name[name], handed_on=day).status_code == 302
    assert "a atteint" not in lumen.page("/a-traiter")
    record = lumen.page(lumen.record(camille))
    assert re.search(r"Dernier cadeau Chèque.*18 mars 2026", record)
    assert "Ramonage offert" in record


def test_own_codes_are_imported_given_in_turn_and_warned_about(
    lumen: Lumen, camille: str, credit: Any
) -> None:
    """Codes imported from the merchant's own list, with a warning before it runs out."""
    pasted = "code\nAURORE-1\nAURORE-2\nAURORE-1\ndeux mots\n=CMD()\n"
    sent = lumen.send(
        "/recompenses/codes/importer", name="Café Aurore", warn_below="1", pasted=pasted
    )
    text = words(sent.content.decode())
    assert "2 codes importés" in text
    assert "En double dans votre envoi 1" in text
    assert re.search(r"5 deux mots contient un espace 6 =CMD\(\) commence comme une formule", text)
    listed = lumen.office().get("/recompenses/codes").content.decode()
    shelf = re.search(r"cdl_\w+", listed)
    assert shelf
    lumen.add_prize("Brunch", "5,00", kind="partner", partner_name="Café Aurore",
                    code_list=shelf[0])  # fmt: skip
    credit(camille, "10,00")
    client = lumen.space(camille)
    path = re.search(r'href="(/espace/lots/[^"]+)"', client.get("/espace").content.decode())
    assert path
    for number in range(2):
        assert client.post(path[1], {"key": f"{number}" * 32}).status_code == 302
    shown = lumen.page("/espace", client)
    assert "AURORE-1" in shown
    assert "AURORE-2" in shown
    assert "/espace/lots/" not in client.get("/espace").content.decode()
    assert "Café Aurore Il n’en reste aucun" in lumen.page("/a-traiter")
    warnings = [m for m in lumen.inbox("claire@maison-lumen.fr") if "codes" in str(m["Subject"])]
    assert len(warnings) == 1
