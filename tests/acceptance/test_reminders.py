"""Reminders to referrers and referees (SP-16): delays, stop conditions, what the pages say."""

import pytest

from tests.acceptance.conftest import Lumen
from tests.acceptance.mailing import (
    button_of,
    figure,
    html_of,
    letters,
    look,
    one_click,
    pass_days,
    plain,
    refusable,
    switch_on,
    unsubscribe_path,
)
from tests.fixtures.tenants import TenantClient

LEA = "lea@exemple.fr"
FIRST = "8,00 € pour vous, et un cadeau pour un proche"
SECOND = "Votre lien de parrainage vous attend"
CLOSED = "Camille vous recommande Maison Lumen"
CAME = "Toujours envie de découvrir Maison Lumen"


def delays(lumen: Lumen, scenario: str, *days: int) -> None:
    fields = {f"days_{n}": str(value) for n, value in enumerate(days, start=1)}
    assert lumen.send(f"/relances/{scenario}", **fields).status_code == 302


def invite(lumen: Lumen, camille: str, email: str = LEA) -> str:
    """Camille invites a friend in her space; the link that the friend got."""
    answer = lumen.space(camille).post("/espace/inviter", {"email": email, "first_name": "Léa"})
    assert answer.status_code == 302
    text = lumen.text_of(lumen.inbox(email)[-1])
    return next(word for word in text.split() if "/r/" in word).rstrip(".")


def test_sp16_a_referrer_is_reminded_at_the_merchants_own_delays_and_no_more(
    lumen: Lumen, camille: str
) -> None:
    """SP-16: two steps after a purchase, each at its delay, drawn as a timeline with its counts."""
    switch_on(lumen, "share")
    delays(lumen, "share", 6, 20)
    page = lumen.page("/relances/share")
    assert "6 jours après : premier message" in page
    assert "20 jours plus tard : message suivant" in page
    pass_days(lumen, 4)
    assert letters(lumen, camille) == []
    pass_days(lumen, 2)
    assert letters(lumen, camille) == [FIRST]
    assert "1 personne attend ce message · 0 envoyé" in lumen.page("/relances/share")
    pass_days(lumen, 18)
    assert letters(lumen, camille) == [FIRST]
    pass_days(lumen, 40)
    assert letters(lumen, camille) == [FIRST, SECOND]
    assert figure(lumen, "/relances/share", "Messages envoyés") == "2"


@pytest.mark.parametrize(
    ("how", "word"),
    [
        ("invites", "Ont invité"),
        ("shares", "Ont invité"),
        ("one click", "Désinscrits"),
        ("keeps the rest", "Ne veulent pas de rappels"),
        ("erased", None),
        ("bounces", "Adresse refusée"),
        ("off", "Relance éteinte"),
    ],
)
def test_sp16_a_referrer_who_has_a_reason_is_reminded_no_more(
    lumen: Lumen, camille: str, how: str, word: str | None
) -> None:
    """SP-16: each stop condition ends it between two steps, and the page counts it."""
    switch_on(lumen, "share")
    record = lumen.record(camille)
    if how == "bounces":
        lumen.mail.recipients[camille] = "550 5.1.1 Nobody here"
    pass_days(lumen, 11)
    if how == "invites":
        invite(lumen, camille)
    elif how == "shares":
        lumen.follow(lumen.code_of(camille))
    elif how == "one click":
        one_click(lumen, refusable(lumen, camille)[-1])
    elif how == "keeps the rest":
        path = unsubscribe_path(refusable(lumen, camille)[-1])
        kept = {"choix": "1", "sujets": ["campaigns", "news", "invitations"]}
        assert TenantClient(lumen.tenant).post(path, kept).status_code == 200
        assert "Ne veut pas de ces e-mails" in lumen.page(record)
    elif how == "erased":
        confirmed = lumen.send(f"{record}/effacer", confirm="effacer")
        assert confirmed.status_code == 302
    elif how == "off":
        lumen.send("/relances/share/etat")
    lumen.mail.recipients.clear()
    before = len(lumen.mail.messages)
    pass_days(lumen, 90)
    assert len(refusable(lumen, camille)) == (0 if how == "bounces" else 1)
    assert len(lumen.mail.messages) == before
    if word is not None:
        assert figure(lumen, "/relances/share", word) == "1"


def test_sp16_a_friend_who_did_not_come_is_reminded_once(lumen: Lumen, camille: str) -> None:
    """SP-16, D7: it says who invited, leads where the invitation led, and is the only one."""
    switch_on(lumen, "invited", "clicked")
    invite(lumen, camille)
    assert "un rappel au plus" in plain(lumen.text_of(lumen.inbox(LEA)[-1]))
    pass_days(lumen, 6)
    assert len(letters(lumen, LEA)) == 1
    pass_days(lumen, 1)
    assert letters(lumen, LEA)[1:] == [CLOSED]
    reminder = refusable(lumen, LEA)[-1]
    assert "Camille" in plain(lumen.text_of(reminder))
    answer = TenantClient(lumen.tenant).get(button_of(reminder))
    assert answer.status_code == 302
    assert "/r/" in answer["Location"] and "s=email" in answer["Location"]
    # She comes by it: the other scenario would be a second reminder.
    TenantClient(lumen.tenant).get("/r/" + answer["Location"].partition("/r/")[2])
    pass_days(lumen, 60)
    assert len(letters(lumen, LEA)) == 2


@pytest.mark.parametrize("how", ["orders", "one click", "declined by the shop", "erased referrer"])
def test_sp16_a_friend_who_has_a_reason_is_not_reminded(
    lumen: Lumen, camille: str, how: str
) -> None:
    """SP-16: it stops when the friend orders, unsubscribes, or is known already."""
    switch_on(lumen, "invited", "clicked")
    invite(lumen, camille)
    pass_days(lumen, 2)
    if how == "orders":
        lumen.order("LUM-9", LEA)
    elif how == "one click":
        one_click(lumen, refusable(lumen, LEA)[0])
    elif how == "declined by the shop":
        # She has an account there: nobody brought her.
        lumen.call("accounts", {"customer": {"email": LEA, "first_name": "Léa"}})
    else:
        lumen.send(f"{lumen.record(camille)}/effacer", confirm="effacer")
    pass_days(lumen, 60)
    assert len(letters(lumen, LEA)) == 1
    assert figure(lumen, "/relances/invited", "Messages envoyés") == "0"


def test_sp16_a_friend_who_came_and_left_is_reminded_of_that_instead(
    lumen: Lumen, camille: str
) -> None:
    switch_on(lumen, "invited", "clicked")
    link = invite(lumen, camille)
    pass_days(lumen, 1)
    browser = TenantClient(lumen.tenant)
    path, _mark, query = ("/r/" + link.partition("/r/")[2]).partition("?")
    marks = dict(part.split("=") for part in query.split("&"))
    assert browser.get(f"{path}/go", marks).status_code == 302
    pass_days(lumen, 30)
    assert letters(lumen, LEA)[1:] == [CAME]
    # She buys after all: the page says what the reminder brought.
    lumen.order("LUM-9", LEA)
    assert figure(lumen, "/relances/clicked", "Parrainages sous 30 jours") == "1"


def test_sp16_nobody_is_written_to_twice_when_the_clock_looks_twice(
    lumen: Lumen, camille: str
) -> None:
    switch_on(lumen, "share", "balance")
    pass_days(lumen, 10)
    for _ in range(3):
        look(lumen)
    assert letters(lumen, camille) == [FIRST]


def test_sp16_a_reminder_has_no_picture_and_both_parts(lumen: Lumen, camille: str) -> None:
    """S8, R31: nothing is fetched, a text part says the same, one click ends it."""
    switch_on(lumen, "share")
    pass_days(lumen, 11)
    message = refusable(lumen, camille)[-1]
    assert "<img" not in html_of(message)
    assert "/e/" in lumen.text_of(message)
    assert str(message["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
