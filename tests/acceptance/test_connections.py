"""Orders that wait for ever, and connections that fall silent: pointed out (O6, O7)."""

import re
from typing import Any

from config.tasks import check_connections
from tests.acceptance.conftest import OWNER, Lumen, words
from tests.acceptance.referring import publish

FRIEND = "lea@exemple.fr"


def reported(lumen: Lumen, *numbers: str) -> None:
    """Orders of which only the script on the shop's page speaks."""
    for number in numbers:
        email = f"{number.lower()}@exemple.fr"
        answer = lumen.report("orders", id=number, amount=6000, currency="EUR", email=email)
        assert answer.status_code == 202


def test_o6_orders_in_a_state_that_nobody_uses_are_pointed_out(lumen: Lumen, camille: str) -> None:
    """O6: on the home page and in the work to do, with the list and what to do about it."""
    reported(lumen, "NAV-1", "NAV-2")
    assert "statut que vous n’utilisez pas" not in lumen.page("/"), "they may still be confirmed"
    lumen.later(days=3)
    for place in ("/", "/a-traiter"):
        page = lumen.page(place)
        assert "2 commandes attendent un statut que vous n’utilisez pas" in page, place
        assert "rien ne les confirme chez vous" in page, place
        assert 'href="/commandes?vue=a-confirmer"' in lumen.office().get(place).content.decode()
    listed = lumen.page("/commandes?vue=a-confirmer")
    assert "NAV-1" in listed and "NAV-2" in listed and "LUM-0" not in listed
    lumen.order("NAV-1", "nav-1@exemple.fr")
    page = lumen.page("/")
    assert "1 commande à confirmer" in page, "confirming is in use: this one is merely late"
    assert "statut que vous n’utilisez pas" not in page


def test_o6_sessions_that_are_never_validated_are_pointed_out(lumen: Lumen) -> None:
    """Only where the rules wait for a validated session."""
    assert lumen.send("/reglages/seances", name="Portrait").status_code == 302
    publish(lumen, qualifying="validated", minimum_order="0,00")
    lumen.order("LUM-0", "hugo@exemple.fr")
    for number in ("S-1", "S-2"):
        body: dict[str, Any] = {
            "id": number,
            "type": "portrait",
            "takes_place_at": "2026-03-03T10:00:00Z",
            "customer": {"email": f"{number.lower()}@exemple.fr"},
        }
        assert lumen.call("sessions", body).status_code == 201
    lumen.later(days=4)
    page = lumen.page("/a-traiter")
    assert "2 séances attendent un statut que vous n’utilisez pas" in page
    assert 'href="/seances?vue=a-valider"' in lumen.office().get("/a-traiter").content.decode()
    assert lumen.call("sessions/S-1/validate", {}).status_code == 200
    assert "1 séance à valider" in lumen.page("/a-traiter")
    publish(lumen, qualifying="order")
    assert "séance" not in lumen.page("/a-traiter"), "the rules wait for none"


def habit(lumen: Lumen, days: int = 14) -> None:
    """An order a day, as a rule."""
    for day in range(days):
        lumen.order(f"J-{day}", FRIEND)
        lumen.clock.shift(86_400)


def silent_emails(lumen: Lumen) -> list[str]:
    check_connections()
    return [m["Subject"] for m in lumen.inbox(OWNER) if "Plus rien n’arrive" in m["Subject"]]


def card(lumen: Lumen, name: str) -> str:
    """The words on the health card of a connection."""
    page = lumen.page("/reglages/trackers")
    found = re.search(rf"{re.escape(name)} (.*?)(?=Ouvrir les réglages|Voir |Rien à faire)", page)
    assert found, page
    return found[1]


def test_o7_each_connection_has_a_health_card(lumen: Lumen, camille: str) -> None:
    """O7: last order received, failures in 24 hours, what to do."""
    assert "Active" in card(lumen, "Boutique") and "Refusées en 24 h 0" in card(lumen, "Boutique")
    silent = card(lumen, "boutique-lumen.example")
    assert "Rien reçu" in silent and "Posez le script" in silent
    reported(lumen, "NAV-1")
    assert "Active" in card(lumen, "boutique-lumen.example")
    bad = {"id": "X", "amount": 1, "currency": "USD", "customer": {"email": FRIEND}}
    assert lumen.call("orders", bad).status_code == 400
    broken = card(lumen, "Boutique")
    assert "À corriger" in broken and "Refusées en 24 h 1" in broken
    assert 'href="/commandes/refusees"' in lumen.office().get("/reglages/trackers").content.decode()
    lumen.later(days=2)
    assert "Refusées en 24 h 0" in card(lumen, "Boutique")


def test_o7_the_owners_are_told_once_when_a_connection_falls_silent(
    lumen: Lumen, camille: str
) -> None:
    """O7: compared with its own rhythm; it is work to do; and it ends by itself."""
    habit(lumen)
    assert silent_emails(lumen) == [], "a day without an order is usual here"
    lumen.later(days=2)
    assert len(silent_emails(lumen)) == 1
    assert len(silent_emails(lumen)) == 1, "told once"
    lumen.later(days=2)
    assert len(silent_emails(lumen)) == 1, "told once, however long it lasts"
    for place in ("/", "/a-traiter"):
        page = lumen.page(place)
        assert "1 connexion silencieuse" in page and "Boutique : plus rien" in page, place
    assert "Silencieuse" in card(lumen, "Boutique")
    lumen.order("J-99", FRIEND)
    assert "connexion silencieuse" not in lumen.page("/"), "recovered at once"
    assert "Active" in card(lumen, "Boutique")
    assert len(silent_emails(lumen)) == 1
    lumen.later(days=6)
    assert len(silent_emails(lumen)) == 2, "another silence is told again"


def test_o7_who_never_had_a_rhythm_is_not_missed(lumen: Lumen, camille: str) -> None:
    """A few orders in one afternoon make no habit; nor does a key that was closed."""
    for number in range(12):
        lumen.order(f"K-{number}", FRIEND)
        lumen.clock.shift(600)
    lumen.later(days=20)
    assert silent_emails(lumen) == []
    habit(lumen)
    html = lumen.office().get("/reglages/cles").content.decode()
    revoke = re.search(r"/reglages/cles/key_\w+/revoquer", html)
    assert revoke
    closed = lumen.office().post(revoke[0], {"confirm": "Boutique"})
    assert closed.status_code in (200, 302), words(closed.content.decode())
    lumen.later(days=20)
    assert silent_emails(lumen) == []
