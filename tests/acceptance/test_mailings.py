"""Campaigns about the referral offer, to customers who may be written to (OF-06)."""

import re
from urllib.parse import urlsplit

from tests.acceptance.conftest import OWNER, Lumen, hidden_in
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
    unsubscribe_path,
)
from tests.fixtures.tenants import TenantClient

ANA, BOB, CLEO, DAN, EVE = (f"{name}@exemple.fr" for name in ("ana", "bob", "cleo", "dan", "eve"))
SUBJECT = "Offrez 5 € à un proche, Ana"
WORDS = {
    "name": "Rentrée",
    "subject": "Offrez 5 € à un proche, {{ first_name }}",
    "preheader": "Votre lien vous attend.",
    "body": "# Parlez de nous\n\nVotre code est **{{ code }}**.",
    "button": "Inviter un proche",
    "target": "referral_url",
}


def customers(lumen: Lumen) -> None:
    """Ana, Bob and Cleo bought; Dan bought long ago; Eve only has an account."""
    lumen.publish()
    lumen.order("L-4", DAN)
    lumen.later(days=80)
    for number, email in enumerate((ANA, BOB, CLEO)):
        lumen.order(f"L-{number}", email)
    lumen.call("accounts", {"customer": {"email": EVE, "first_name": "Eve"}})
    lumen.later(days=1)


def write(lumen: Lumen, **segment: str) -> str:
    """A draft, written on its page; its path."""
    office = lumen.office()
    edit = office.post("/campagnes/ajouter")["Location"]
    saved = office.post(edit, {**WORDS, **segment})
    assert saved.status_code == 302
    return str(saved["Location"])


def send_now(lumen: Lumen, path: str) -> None:
    """Confirm the number that the page shows."""
    office = lumen.office()
    expected = hidden_in(office.get(path).content.decode(), "expected")
    assert office.post(f"{path}/envoyer", {"expected": expected}).status_code == 302


def test_of06_a_campaign_from_its_segment_to_its_results(lumen: Lumen) -> None:
    """OF-06: segment, preview, test, schedule, progress; sent, clicked, referrals, orders."""
    customers(lumen)
    path = write(lumen, ordered_within="30", referrals_max="0")
    page = lumen.page(path)
    assert "3 personnes recevront ce message" in page, page
    assert "A commandé depuis moins de 30 jours" in page
    # Eve may not be written to, and Dan was not chosen.
    assert "4 choisies" in lumen.page(write(lumen, referrals_max="0", ordered_within="3650"))
    kind = re.search(
        r"/messages/textes/(campaign:[\w-]+)/fr", lumen.office().get(path).content.decode()
    )
    assert kind
    frame = lumen.office().get(f"/messages/textes/{kind[1]}/fr/apercu").content.decode()
    assert "Parlez de nous" in frame
    lumen.office().post(f"/messages/textes/{kind[1]}/fr/essai", WORDS)
    trial = lumen.inbox(OWNER)[-1]
    assert str(trial["Subject"]).startswith("[TEST] Offrez 5 €")
    assert letters(lumen, ANA) == []

    at = "2026-05-26T10:00"  # the clock stands on 22 May
    assert lumen.send(f"{path}/planifier", at=at).status_code == 302
    assert "partira le 26 mai 2026 à 10 h" in lumen.page(path)
    pass_days(lumen, 3.5)
    assert letters(lumen, ANA) == []
    pass_days(lumen, 1)
    assert letters(lumen, ANA) == [SUBJECT]
    assert [len(letters(lumen, email)) for email in (BOB, CLEO, DAN, EVE)] == [1, 1, 0, 0]
    assert figure(lumen, path, "Messages envoyés") == "3"
    assert "Envoyée" in lumen.page(path) or "Terminé" in lumen.page(path)

    message = refusable(lumen, ANA)[0]
    answer = TenantClient(lumen.tenant).get(button_of(message))
    code = lumen.code_of(ANA)
    assert urlsplit(answer["Location"]).path == f"/r/{code}"
    lumen.order("L-8", "ami@exemple.fr", referral_code=code)
    lumen.order("L-9", BOB)
    assert figure(lumen, path, "Ont cliqué") == "1"
    assert figure(lumen, path, "Parrainages sous 30 jours") == "1"
    assert figure(lumen, path, "Commandes sous 30 jours") == "1"
    # The list says the same at a glance, and the subject as a reader sees it.
    assert re.search(
        r"Offrez 5 € à un proche, Camille .* 3 1 ", lumen.page("/campagnes?vue=terminees")
    )
    pass_days(lumen, 10)
    assert letters(lumen, ANA) == [SUBJECT]


def test_of06_only_who_may_be_written_to_is_and_the_page_says_why(lumen: Lumen) -> None:
    customers(lumen)
    send_now(lumen, write(lumen))
    lumen.later(seconds=1)
    one_click(lumen, refusable(lumen, ANA)[0])
    kept = {"choix": "1", "sujets": ["reminders", "news"]}
    TenantClient(lumen.tenant).post(unsubscribe_path(refusable(lumen, BOB)[0]), kept)
    lumen.mail.recipients[CLEO] = "550 5.1.1 Nobody here"
    path = write(lumen)
    page = lumen.page(path)
    assert "2 personnes recevront ce message" in page
    send_now(lumen, path)
    lumen.later(seconds=1)
    assert [len(letters(lumen, email)) for email in (ANA, BOB, CLEO, DAN, EVE)] == [1, 1, 1, 2, 0]
    assert figure(lumen, path, "La personne s’est désinscrite.") == "1"
    assert figure(lumen, path, "La personne ne veut pas de ce type de message.") == "1"
    assert figure(lumen, path, "L’adresse n’existe plus ou refuse nos messages.") == "1"
    assert figure(lumen, path, "La personne n’a encore rien acheté et n’a pas dit oui.") == "1"
    # A bounce stops the next one as well, before it is tried.
    lumen.mail.recipients.clear()
    assert "1 personne recevra ce message" in lumen.page(write(lumen))


def test_of06_opens_are_counted_of_those_who_agreed_and_of_nobody_else(lumen: Lumen) -> None:
    """OF-06, R31: no picture without consent; the merchant sees of how many it is known."""
    customers(lumen)
    answer = lumen.space(ANA).post(
        "/espace/choix",
        {
            "choix": "1",
            "sujets": ["reminders", "campaigns", "news", "invitations"],
            "ouvertures": "oui",
        },
    )
    assert answer.status_code == 302
    assert "Accepte que ses ouvertures soient comptées" in lumen.page(lumen.record(ANA))
    path = write(lumen)
    send_now(lumen, path)
    lumen.later(seconds=1)
    assert "<img" not in html_of(refusable(lumen, BOB)[0])
    assert figure(lumen, path, "Ont ouvert") == "0 sur 1 lecteur mesuré"
    found = re.search(r'src="https?://[^/"]+(/o/[\w-]+\.gif)"', html_of(refusable(lumen, ANA)[0]))
    assert found
    assert TenantClient(lumen.tenant).get(found[1]).status_code == 200
    assert figure(lumen, path, "Ont ouvert") == "1 sur 1 lecteur mesuré"


def test_of06_a_pause_stops_it_at_once_and_an_opt_out_holds(lumen: Lumen) -> None:
    """OF-06, R44: nobody else is written to until it goes on, then each once."""
    customers(lumen)
    path = write(lumen)
    send_now(lumen, path)
    assert lumen.send(f"{path}/pause").status_code == 302
    lumen.later(minutes=5)
    assert letters(lumen, ANA) == []
    assert "En pause" in lumen.page(path)
    lumen.space(BOB).post("/espace/choix", {"choix": "1"})
    assert lumen.send(f"{path}/envoyer").status_code == 302
    lumen.later(minutes=5)
    assert [len(letters(lumen, email)) for email in (ANA, BOB, CLEO, DAN)] == [1, 0, 1, 1]
    look(lumen)
    assert figure(lumen, path, "Messages envoyés") == "3"


def test_of06_what_is_cancelled_or_taken_back_never_leaves(lumen: Lumen) -> None:
    customers(lumen)
    planned, begun = write(lumen), write(lumen)
    lumen.send(f"{planned}/planifier", at="2026-05-26T10:00")
    lumen.send(f"{planned}/brouillon")
    send_now(lumen, begun)
    lumen.send(f"{begun}/annuler")
    pass_days(lumen, 8)
    assert letters(lumen, ANA) == []
    assert "Brouillon" in lumen.page(planned)
    assert "Annulé" in plain(lumen.page(begun))
