"""Who is owed a new customer, and who is nobody's referee."""

import re

from kernel.ids import uuid7
from tests.acceptance.conftest import Lumen


def refused(answer: dict, reason: str) -> str:
    """The merchant's sentence on a refusal; the order stands all the same."""
    assert answer["state"] == "confirmed"
    assert answer["rewards"] == []
    assert (answer["referral"]["state"], answer["referral"]["refusal"]) == ("refused", reason)
    sentence: str = answer["referral"]["explanation"]
    return re.sub(r"[\s\u00a0\u202f]+", " ", sentence)


def test_sp17_a_cookie_follows_the_referee_to_the_order(lumen: Lumen, camille: str) -> None:
    """SP-17: a cookie follows the referee to the order and attributes it to the right referrer.
    It may be anonymous, or bound to a known person; it may change, yet stays tied to the
    referrer."""
    code = lumen.code_of(camille)
    anonymous = lumen.cookie(code)
    lumen.later(days=29)
    answer = lumen.order("LUM-1", "thomas@exemple.fr", visitor=anonymous)
    assert answer["referral"]["state"] == "pending"
    assert answer["referral"]["referrer"] == lumen.order("LUM-0", camille)["customer"]["id"]
    # Bound to a person: Nadia has her own cagnotte open when she follows the link of Camille.
    lumen.call("accounts", {"customer": {"email": "nadia@exemple.fr"}})
    bound = lumen.cookie(code, lumen.space("nadia@exemple.fr"))
    assert bound != anonymous
    answer = lumen.order("LUM-2", "nadia@exemple.fr", visitor=bound)
    assert answer["referral"]["referrer"] == lumen.order("LUM-0", camille)["customer"]["id"]


def test_a_cookie_older_than_the_merchant_says_counts_no_more(lumen: Lumen, camille: str) -> None:
    """SP-17: the days of the cookie are the merchant's."""
    lumen.publish(cookie_days="5")
    cookie = lumen.cookie(lumen.code_of(camille))
    lumen.later(days=6)
    answer = lumen.order("LUM-1", "thomas@exemple.fr", visitor=cookie)
    assert answer["referral"] is None


def test_sp18_nobody_refers_themselves_by_email_alias_or_cookie(lumen: Lumen, camille: str) -> None:
    """SP-18: no self-referral, checked by email (its aliases too) and by cookie."""
    code = lumen.code_of(camille)
    refused(lumen.order("A", camille, referral_code=code), "own_code")
    words = refused(lumen.order("B", "camille+promo@exemple.fr", referral_code=code), "same_person")
    assert "alias compris" in words
    own = lumen.cookie(code, lumen.space(camille))
    words = refused(lumen.order("C", "autre@exemple.fr", visitor=own), "same_person")
    assert "depuis la page du parrain" in words
    assert "8,00" not in lumen.page("/espace", lumen.space(camille)).partition("Invitez")[0]


def test_sp19_who_bought_before_is_no_referee(lumen: Lumen, camille: str) -> None:
    """SP-19: the referee must not have bought on the site before."""
    lumen.order("LUM-1", "thomas@exemple.fr")
    lumen.later(days=3)
    code = lumen.code_of(camille)
    words = refused(lumen.order("LUM-2", "thomas@exemple.fr", referral_code=code), "already_bought")
    assert "3 mars 2026" in words
    assert "déjà cliente ou client depuis" in lumen.page(lumen.record("thomas@exemple.fr"))


def test_sp20_who_has_an_account_before_is_no_referee(lumen: Lumen, camille: str) -> None:
    """SP-20: the referee must not have an account on the site already."""
    opened = lumen.call("accounts", {"customer": {"email": "thomas@exemple.fr"}})
    assert opened.status_code == 201
    lumen.later(days=10)
    answer = lumen.order("LUM-1", "thomas@exemple.fr", referral_code=lumen.code_of(camille))
    assert "avait déjà un compte" in refused(answer, "already_has_account")


def test_sp21_who_was_referred_before_is_no_referee_again(lumen: Lumen, camille: str) -> None:
    """SP-21: the referee must not have been referred before."""
    lumen.order("LUM-N", "nadia@exemple.fr")
    lumen.call("accounts", {"customer": {"email": "thomas@exemple.fr", "first_name": "Thomas"}})
    thomas = lumen.record("thomas@exemple.fr")
    other = thomas.rpartition("/")[2]
    linked = lumen.send(
        f"{lumen.record(camille)}/rattacher/filleul/choisir", other=other, sure="1", award="now"
    )
    assert linked.status_code == 302
    code = lumen.code_of("nadia@exemple.fr")
    answer = lumen.order("LUM-1", "thomas@exemple.fr", referral_code=code)
    assert "déjà parrainé depuis le 3 mars 2026" in refused(answer, "already_referred")


def test_sp21_holds_by_hand_too_also_for_who_has_ordered(lumen: Lumen, camille: str) -> None:
    """SP-21: the merchant may link somebody who bought before, but not to a second referrer."""
    lumen.order("LUM-N", "nadia@exemple.fr")
    lumen.order("LUM-1", "thomas@exemple.fr", referral_code=lumen.code_of(camille))
    record = lumen.record("nadia@exemple.fr")
    other = lumen.record("thomas@exemple.fr").rpartition("/")[2]
    assert (
        lumen.send(f"{record}/rattacher/filleul/choisir", other=other, sure="1").status_code == 302
    )
    assert "Grâce à Camille" in lumen.page(lumen.record("thomas@exemple.fr"))
    assert "Nadia n’a encore invité personne" in lumen.page(record)


def test_of04_a_referee_added_by_hand_counts_at_once_and_removing_corrects_it(
    lumen: Lumen, camille: str
) -> None:
    """OF-04: recording a referee by hand raises the referrer's count and last referral date at
    once, with no further action. Removing or closing it corrects both."""
    lumen.call("accounts", {"customer": {"email": "thomas@exemple.fr", "first_name": "Thomas"}})
    record, thomas = lumen.record(camille), lumen.record("thomas@exemple.fr")
    assert "Camille n’a encore invité personne" in lumen.page(record)
    found = lumen.page(f"{record}/rattacher/filleul?q=thomas")
    assert "Thomas" in found
    other = thomas.rpartition("/")[2]
    asked = lumen.send(f"{record}/rattacher/filleul/choisir", other=other)
    assert "8,00" in asked.content.decode()
    sent = lumen.send(f"{record}/rattacher/filleul/choisir", other=other, sure="1")
    assert sent.status_code == 302
    text = lumen.page(record)
    assert "1 invitation" in text
    assert re.search(r"Dernier parrainage.*3 mars 2026", text), text
    assert "il attend sa première commande" in text
    assert "saisi à la main" in lumen.page(thomas)
    html = lumen.office().get(thomas).content.decode()
    removal = re.search(r"/clients/cus_\w+/parrainages/ref_\w+/retirer", html)
    assert removal
    assert lumen.send(removal[0]).status_code == 302
    text = lumen.page(record)
    assert "Dernier parrainage" not in text
    assert "en attente" not in text


def test_the_record_counts_referees_and_dates_the_last(lumen: Lumen, camille: str) -> None:
    """OF-03 without its gifts: number of referees and date of the last referral."""
    code = lumen.code_of(camille)
    for number in range(3):
        lumen.order(f"LUM-{number + 1}", f"ami{number}@exemple.fr", referral_code=code)
        lumen.later(days=1)
    text = lumen.page(lumen.record(camille))
    assert "3 invitations" in text
    assert "Dernier parrainage 5 mars 2026" in text


def test_fs11_the_code_is_typed_at_checkout_or_the_merchant_adds_the_referee(
    lumen: Lumen, camille: str
) -> None:
    """FS-11: a new customer enters the referral code when booking online; or the merchant adds
    the referee by hand on the referrer's record."""
    code = lumen.code_of(camille)
    typed = lumen.order("LUM-1", "thomas@exemple.fr", referral_code=code.lower().replace("-", " "))
    assert typed["referral"]["state"] == "pending"
    assert f"Code utilisé {code}" in lumen.page(lumen.record("thomas@exemple.fr"))
    lumen.call("accounts", {"customer": {"email": "lea@exemple.fr", "first_name": "Lea"}})
    other = lumen.record("lea@exemple.fr").rpartition("/")[2]
    path = f"{lumen.record(camille)}/rattacher/filleul/choisir"
    assert lumen.send(path, other=other, sure="1").status_code == 302
    text = lumen.page("/espace", lumen.space(camille))
    assert re.search(r"Vos filleuls.*Lea", text)
    assert re.search(r"Vos filleuls.*Thomas", text)


def test_an_order_entered_by_hand_takes_the_same_road(lumen: Lumen, camille: str) -> None:
    """By hand, the third door: the code that the customer gave counts."""
    lumen.call("accounts", {"customer": {"email": "thomas@exemple.fr", "first_name": "Thomas"}})
    lumen.send(
        f"{lumen.record('thomas@exemple.fr')}/commande",
        key=str(uuid7()),
        number="PAPIER-1",
        amount="60",
        ordered_on="03/03/2026",
        code=lumen.code_of(camille),
    )
    assert lumen.read("orders/PAPIER-1")["referral"]["state"] == "pending"


def test_sp23_the_merchant_checks_that_orders_arrive(lumen: Lumen, camille: str) -> None:
    """SP-23: Settings > Trackers > "check incoming orders" shows the last 200, each with its
    source, state and what became of it."""
    code = lumen.code_of(camille)
    lumen.order("LUM-1", "thomas@exemple.fr", referral_code=code)
    lumen.order("LUM-2", "lea@exemple.fr", referral_code="INCONNU-0000")
    lumen.report("orders", id="LUM-3", amount=6000, currency="EUR", email="ines@exemple.fr")
    bad = lumen.call("orders", {"id": "LUM-4", "amount": 1, "currency": "USD",
                                "customer": {"email": "x@exemple.fr"}})  # fmt: skip
    assert bad.status_code == 400
    text = lumen.page("/reglages/trackers")
    assert re.search(r"LUM-3.*LUM-2.*LUM-1.*LUM-0", text)
    for word in ("Script du site", "Boutique (API)", "INCONNU-0000"):
        assert word in text, word
    assert "LUM-4" in lumen.page("/commandes/refusees")


def test_sp23_shows_the_last_two_hundred(lumen: Lumen) -> None:
    """SP-23: two hundred, and no more."""
    for number in range(203):
        lumen.order(f"N{number:03}", "camille@exemple.fr")
    html = "".join(
        lumen.office().get(f"/reglages/trackers?page={page}").content.decode()
        for page in range(1, 22)
    )
    shown = set(re.findall(r"\bN\d{3}\b", html))
    assert shown == {f"N{number:03}" for number in range(3, 203)}
