"""Trying a referral out before anybody is invited (O4)."""

import re

import pytest
from django.http import HttpResponse

from tests.acceptance.conftest import OWNER, Lumen
from tests.acceptance.referring import publish
from tests.isolation.snapshot import PERSONAL, Watch

STEPS = (
    "1. Camille invite Thomas par e-mail",
    "2. Thomas suit le lien",
    "3. Thomas passe sa première commande",
    "4. Le délai est passé",
    "5. La commande est remboursée",
)
# Whoever looks is logged in, and counted where tries are limited: nothing of the merchant's.
NOTED = PERSONAL | {"accounts_user", "axes_accesslog", "axes_accessattempt", "django_session"}


def said(answer: HttpResponse) -> str:
    text = re.sub(r"(?s)<(style|script|svg).*?</\1>|<[^>]+>", " ", answer.content.decode())
    return re.sub(r"[\s\u00a0\u202f]+", " ", text).replace("&#x27;", "'")


def test_o4_a_referral_is_simulated_from_click_to_refund_by_the_engine_itself(
    lumen: Lumen,
) -> None:
    """O4: click, order, reward and refund with each decision's sentence and each email, and
    nothing of it stays: no customer, order, amount, stock or email."""
    publish(lumen)
    office = lumen.office()
    watch = Watch([lumen.tenant.schema_name, "public"])
    with watch.nothing_happens("simulating", but=NOTED):
        first = said(office.post("/parrainage/simulation"))
        again = said(office.post("/parrainage/simulation"))
    places = [first.index(step) for step in STEPS]
    assert places == sorted(places)
    order, reward, refund = (first[place:] for place in places[2:])
    assert "et 8,00 € en attente" in order[:400], order[:600]
    assert "Cagnotte de Camille 8,00 €" in reward[:600], reward[:600]
    assert "Cagnotte de Thomas 5,00 €" in reward[:600]
    assert "Cagnotte de Camille 0,00 €" in refund, refund[:600]
    for words in ("[TEST]", "À Thomas", "arrivent bientôt", "sont disponibles"):
        assert words in first, words
    assert first.count("TEST") >= len(STEPS), "each step bears the mark (B16)"
    assert "Rien n’est enregistré" in first
    assert [again.index(step) > 0 for step in STEPS] == [True] * len(STEPS)
    assert not [m for m in lumen.mail.messages if "simulation.test" in m["X-Envelope-To"]]


def test_o4_the_emails_can_go_to_the_merchants_own_address_once(lumen: Lumen) -> None:
    publish(lumen)
    office = lumen.office()
    page = office.post("/parrainage/simulation").content.decode()
    key = re.search(r'name="key" value="(\w+)"', page)
    assert key
    for _ in range(2):  # a double click
        sent = office.post("/parrainage/simulation", {"send": "1", "key": key[1]})
        assert f"à {OWNER}" in said(sent)
    got = lumen.inbox(OWNER)
    # The invitation, the opened cagnotte, and for each side: promised, there, taken back.
    assert len(got) == 8, [message["Subject"] for message in got]


@pytest.mark.parametrize("qualifying", ["validated", "booked"])
def test_o4_a_session_is_simulated_where_a_session_counts(lumen: Lumen, qualifying: str) -> None:
    publish(lumen, qualifying=qualifying, minimum_order="0,00")
    shown = said(lumen.office().post("/parrainage/simulation"))
    assert "Thomas vient à sa première séance" in shown
    assert "La séance est annulée après coup" in shown
    assert "Cagnotte de Camille 8,00 €" in shown


def test_o4_the_set_up_simulates_rules_that_are_not_published(lumen: Lumen) -> None:
    """Also while the module is off: publishing the set-up would switch it on."""
    office = lumen.office()
    office.post("/reglages/modules/referral", {"on": "0"})
    office.post(
        "/mise-en-route/objectif",
        {"trade": "home", "average_basket": "62,40", "margin": "44", "ready_to_spend": ""},
    )
    assert (
        'href="/mise-en-route/simulation"' in office.get("/mise-en-route/apercu").content.decode()
    )
    watch = Watch([lumen.tenant.schema_name, "public"])
    with watch.nothing_happens("simulating a draft", but=NOTED):
        shown = said(office.post("/mise-en-route/simulation"))
    assert "Avec les règles de votre brouillon" in shown and STEPS[4] in shown
    assert office.get("/parrainage/simulation").status_code == 404, "still off"


def test_o4_a_closed_programme_says_so(lumen: Lumen) -> None:
    lumen.publish(active="")
    answer = lumen.office().post("/parrainage/simulation")
    assert answer.status_code == 422
    assert "Le parrainage n’est pas ouvert en ce moment." in said(answer)
