"""Why no reward? Answered for any order, in one sentence, with the step that decided (O5)."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance.conftest import Lumen, words
from tests.acceptance.referring import THOMAS, publish

NB = re.compile(r"[\s\u00a0\u202f]+")


def asked(lumen: Lumen, number: str) -> tuple[str, str]:
    """The sentence and the step on the page to which the order's number leads."""
    answer = lumen.office().get("/commandes/pourquoi", {"numero": number}, follow=True)
    assert answer.status_code == 200, number
    page = NB.sub(" ", words(answer.content.decode()))
    found = re.search(
        r"(?:Pourquoi pas de récompense \?|Ce qu’il en est advenu) (.*?)"
        r" L’étape qui a décidé : ([^.]+)\.",
        page,
    )
    assert found, page
    return found[1], found[2]


def own_code(lumen: Lumen, code: str) -> None:
    lumen.order("CAS-1", "camille@exemple.fr", referral_code=code)


def unknown(lumen: Lumen, code: str) -> None:
    lumen.order("CAS-1", THOMAS, referral_code="INCONNU-0000")


def nothing(lumen: Lumen, code: str) -> None:
    lumen.order("CAS-1", THOMAS)


def again(lumen: Lumen, code: str) -> None:
    lumen.order("W", THOMAS)
    lumen.later(days=2)
    lumen.order("CAS-1", THOMAS, referral_code=code)


def small(lumen: Lumen, code: str) -> None:
    lumen.order("CAS-1", THOMAS, referral_code=code, amount=2000)


def waits(lumen: Lumen, code: str) -> None:
    lumen.order("CAS-1", THOMAS, referral_code=code)


def granted(lumen: Lumen, code: str) -> None:
    waits(lumen, code)
    lumen.later(days=15)


def given_back(lumen: Lumen, code: str) -> None:
    waits(lumen, code)
    lumen.refund("CAS-1", 6000)


def only_a_browser(lumen: Lumen, code: str) -> None:
    lumen.report("orders", id="CAS-1", amount=6000, currency="EUR", email=THOMAS, code=code)


def closed(lumen: Lumen, code: str) -> None:
    lumen.publish(active="")
    lumen.order("CAS-1", THOMAS, referral_code=code)


def a_session_counts(lumen: Lumen, code: str) -> None:
    publish(lumen, qualifying="validated")
    lumen.order("CAS-1", THOMAS)


def over_the_limit(lumen: Lumen, code: str) -> None:
    publish(lumen, referrals_a_year="1")
    lumen.order("W", "louise@exemple.fr", referral_code=code)
    lumen.order("CAS-1", THOMAS, referral_code=code)


@pytest.mark.parametrize(
    ("story", "step", "said"),
    [
        (own_code, "Recherche d’un parrain", "c’est son propre code"),
        (unknown, "Recherche d’un parrain", "aucun parrain n’a le code INCONNU-0000"),
        (nothing, "Recherche d’un parrain", "Rien ne relie cette commande à un parrain"),
        (again, "Filleul", "déjà cliente ou client depuis le"),
        (small, "Montant", "n’atteint pas le minimum de 30,00 €"),
        (waits, "Délai", "disponibles le 17 mars 2026"),
        (granted, "Récompense", "8,00 € disponibles depuis le 18 mars 2026"),
        (given_back, "Reprise", "la commande a été remboursée"),
        (only_a_browser, "Confirmation", "doit encore confirmer la commande"),
        (closed, "Programme", "le parrainage était fermé ce jour-là"),
        (a_session_counts, "Ce qui compte", "une première séance qui compte"),
        (over_the_limit, "Limite", "1"),
    ],
)
def test_o5_any_order_says_why_it_granted_nothing_and_which_step_decided(
    lumen: Lumen,
    camille: str,
    story: Callable[[Lumen, str], Any],
    step: str,
    said: str,
) -> None:
    """O5: on the order's page, in the list, and by its number from the search."""
    story(lumen, lumen.code_of(camille))
    sentence, decided = asked(lumen, "cas-1")
    assert decided == step, sentence
    assert said in sentence, sentence
    listed = NB.sub(" ", lumen.page("/commandes?q=CAS-1"))
    assert sentence in listed and f"Étape : {step}" in listed
    hits = NB.sub(" ", lumen.office().get("/search", {"q": "CAS-1"}).content.decode())
    assert sentence.split("’")[0] in hits


def test_o5_a_number_that_never_came_in_is_answered_too(lumen: Lumen, camille: str) -> None:
    """With what to do; and where the order was refused at the door, with why."""
    office = lumen.office()
    never = office.get("/commandes/pourquoi", {"numero": "PERDUE-1"})
    assert never.status_code == 404
    assert "Aucune commande n° PERDUE-1 n’est arrivée" in words(never.content.decode())
    assert 'href="/reglages/trackers"' in never.content.decode()
    body = {"id": "FAUSSE-1", "amount": 6000, "currency": "USD", "customer": {"email": THOMAS}}
    assert lumen.call("orders", body).status_code == 400
    refused = words(office.get("/commandes/pourquoi", {"numero": "fausse-1"}).content.decode())
    assert "refusée à l’entrée" in refused
    assert "Sa devise n’est pas celle de votre programme" in refused
    assert office.get("/commandes/pourquoi").status_code == 200
