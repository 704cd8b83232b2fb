"""Sessions that bring friends; referrals by hand; the record's two panels; the ladder."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.acceptance.conftest import Lumen, words
from tests.acceptance.referring import THOMAS, known, pending, publish


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
    assert "Personne ne l’a fait venir" in lumen.page(thomas)
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
