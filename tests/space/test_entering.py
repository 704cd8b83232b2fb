"""Ways into the space: one answer for everybody, each link once."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kernel.outbox.models import Event
from kernel.outbox.relay import relay
from tenants.messaging.links import Purpose, code_for, token_for
from tenants.messaging.models import Email
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme import erasing
from tests.fixtures.mail import MailServer
from tests.fixtures.tenants import TenantClient
from widgets.models import SpaceLink, SpaceSession
from widgets.space import entering, sessions

ASK = "/espace/lien"


def ask(client: TenantClient, email: str, **extra: str) -> HttpResponse:
    return client.post(ASK, {"email": email}, **extra)


def deliver() -> None:
    """What a worker does with everything that waits."""
    from config.outbox import HANDLERS

    while relay(handlers=HANDLERS, clock=timezone.now):
        pass


def is_open(client: TenantClient) -> bool:
    return "Bonjour" in client.get("/espace").content.decode()


@pytest.fixture
def link(camille: Profile) -> SpaceLink:
    """What asking for Camille's link writes."""
    return SpaceLink.objects.get(id=entering.ask(email=camille.email, now=timezone.now()))


def address_of(link: SpaceLink) -> str:
    return f"/espace/entrer/{token_for(purpose=Purpose.ASKED, row_id=link.id)}"


def test_the_emailed_link_opens_the_space_with_one_more_tap(
    visitor: TenantClient, camille: Profile, mail_server: MailServer
) -> None:
    """S6: from the form to the space, over real mail."""
    assert ask(visitor, "Camille@Exemple.fr").status_code == 302
    deliver()
    text = mail_server.messages[0].get_body(preferencelist=("plain",))
    assert text is not None
    found = re.search(
        r"http://maison-lumen\.ricochet\.localhost\S*?(/espace/entrer/\S+)", text.get_content()
    )
    assert found
    assert not is_open(visitor)
    assert visitor.get(found[1]).status_code == 200
    opened = visitor.post(found[1])
    assert opened["Location"] == "/espace"
    cookie = opened.cookies[sessions.COOKIE]
    assert (
        cookie["httponly"] and cookie["secure"] and cookie["path"] == "/" and not cookie["domain"]
    )
    assert is_open(visitor)


def test_the_six_digits_work_on_another_device(
    visitor: TenantClient, camille: Profile, mail_server: MailServer
) -> None:
    """S6: asked on a computer, read on a phone, typed on the computer with a space in it."""
    asked = ask(visitor, "camille@exemple.fr")
    deliver()
    subject = str(mail_server.messages[0]["Subject"]).strip()
    digits = subject.split(",")[0].strip()
    assert re.fullmatch(r"\d{3}\s\d{3}", digits)
    assert visitor.post(asked["Location"], {"code": digits}).status_code == 302
    assert is_open(visitor)


def test_asking_answers_alike_for_everybody(visitor: TenantClient, camille: Profile) -> None:
    """R33: same status, same kind of place, the same work; only the worker sees the difference."""
    pages, events = [], []
    for email in ("camille@exemple.fr", "personne@exemple.fr"):
        answer = ask(visitor, email)
        assert re.fullmatch(r"/espace/code/[0-9a-f]{32}", answer["Location"])
        page = visitor.get(answer["Location"]).content.decode()
        pages.append(re.sub(r'(nonce|value)="[^"]*"|CSRFToken": "[^"]*"', "", page))
        events.append(Event.objects.count())
    assert (answer.status_code, pages[0]) == (302, pages[1])
    assert events == [1, 2]
    wrong = {
        visitor.post(f"/espace/code/{link.id.hex}", {"code": "000000"}).status_code
        for link in SpaceLink.objects.all()
        if code_for(row_id=link.id) != "000000"
    }
    assert wrong == {422}


def test_asking_does_the_same_work_for_everybody(visitor: TenantClient, camille: Profile) -> None:
    """R33: the same statements in the same order, whoever is asked for."""
    done = []
    for email in ("camille@exemple.fr", "personne@exemple.fr"):
        with CaptureQueriesContext(connection) as asked:
            ask(visitor, email)
        statements = [str(query["sql"]) for query in asked]
        # How the tenant was found depends on what a process remembers, not on who is asked for.
        own = [s for s in statements if not s.startswith(("SAVEPOINT", "RELEASE", "SET"))]
        done.append([s.split()[:3] for s in own if "tenants_domain" not in s])
    assert len(done[0]) >= 5
    assert done[0] == done[1]


def test_only_known_customers_are_written_to(
    visitor: TenantClient, camille: Profile, mail_server: MailServer
) -> None:
    """R33: and nobody can have strangers mailed."""
    ask(visitor, "personne@exemple.fr")
    deliver()
    assert mail_server.messages == []
    assert Event.objects.filter(state="dead").count() == 0


def test_looking_at_a_link_uses_nothing(visitor: TenantClient, link: SpaceLink) -> None:
    """Mail scanners open every link."""
    for _ in range(3):
        assert visitor.get(address_of(link)).status_code == 200
        assert visitor.head(address_of(link)).status_code == 200
    link.refresh_from_db()
    assert link.used_at is None
    assert SpaceSession.objects.count() == 0


def test_a_link_is_used_once(lumen: Tenant, link: SpaceLink) -> None:
    """R24."""
    assert TenantClient(lumen).post(address_of(link)).status_code == 302
    assert TenantClient(lumen).post(address_of(link)).status_code == 410
    assert TenantClient(lumen).get(address_of(link)).status_code == 410
    refused = TenantClient(lumen).post(
        f"/espace/code/{link.id.hex}", {"code": code_for(row_id=link.id)}
    )
    assert refused.status_code == 422


def test_a_link_is_over_after_half_an_hour(visitor: TenantClient, link: SpaceLink) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        assert visitor.post(address_of(link)).status_code == 410
        answer = visitor.post(f"/espace/code/{link.id.hex}", {"code": code_for(row_id=link.id)})
    assert answer.status_code == 422


def test_five_wrong_codes_end_a_link(visitor: TenantClient, link: SpaceLink) -> None:
    """R32."""
    right = code_for(row_id=link.id)
    wrong = "111111" if right != "111111" else "222222"
    for _ in range(entering.MOST_TRIES):
        assert visitor.post(f"/espace/code/{link.id.hex}", {"code": wrong}).status_code == 422
    assert visitor.post(f"/espace/code/{link.id.hex}", {"code": right}).status_code == 422
    assert SpaceSession.objects.count() == 0


def test_asking_is_throttled_for_an_address_known_or_not(lumen: Tenant, camille: Profile) -> None:
    """R32, R33."""
    for email in ("camille@exemple.fr", "personne@exemple.fr"):
        answers = [ask(TenantClient(lumen), email) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [302] * 5 + [429]
        assert int(answers[-1]["Retry-After"]) > 0


def test_a_link_opens_nothing_at_another_merchant(link: SpaceLink, other_merchant: Tenant) -> None:
    """R23, R24: neither the link nor the cookie of one merchant is anything at another's."""
    elsewhere = TenantClient(other_merchant)
    assert elsewhere.post(address_of(link)).status_code == 410
    elsewhere.cookies[sessions.COOKIE] = sessions.open_session(
        profile=Profile.objects.get(), now=timezone.now()
    )
    assert not is_open(elsewhere)


def test_the_same_row_signed_for_another_purpose_opens_nothing(
    visitor: TenantClient, link: SpaceLink
) -> None:
    """R24: an unsubscribe link, or an email's own, is no log-in."""
    for purpose in (Purpose.UNSUBSCRIBE, Purpose.EMAIL):
        token = token_for(purpose=purpose, row_id=link.id)
        assert visitor.post(f"/espace/entrer/{token}").status_code == 410


@pytest.fixture
def letter(camille: Profile) -> Email:
    """An email about Camille's cagnotte, which carries a link of its own."""
    return Email.objects.create(
        kind="reward_posted",
        key="k",
        profile=camille,
        to=camille.email,
        queued_at=timezone.now(),
    )


def own_link(letter: Email) -> str:
    return f"/espace/entrer/{token_for(purpose=Purpose.EMAIL, row_id=letter.id)}"


def test_an_emails_own_link_opens_the_space_once_within_a_week(
    lumen: Tenant, letter: Email
) -> None:
    """R24: signed for this person; written down when it is used."""
    with time_machine.travel(letter.queued_at + timedelta(days=8), tick=False):
        assert TenantClient(lumen).post(own_link(letter)).status_code == 410
    client = TenantClient(lumen)
    assert client.get(own_link(letter)).status_code == 200
    assert client.post(own_link(letter)).status_code == 302
    assert TenantClient(lumen).post(own_link(letter)).status_code == 410
    # Where her space is open already, a used link simply leads there.
    assert client.get(own_link(letter))["Location"] == "/espace"


def test_logging_in_gives_a_new_session_and_ends_the_old(
    at_home: TenantClient, camille: Profile, link: SpaceLink
) -> None:
    """R29."""
    before = at_home.cookies[sessions.COOKIE].value
    at_home.post(address_of(link))
    assert at_home.cookies[sessions.COOKIE].value != before
    assert sessions.session_of(token=before, now=timezone.now()) is None
    assert SpaceSession.objects.filter(token_hash=before).count() == 0


def test_leaving_closes_the_space_for_good(at_home: TenantClient) -> None:
    kept = at_home.cookies[sessions.COOKIE].value
    assert is_open(at_home)
    at_home.post("/espace/sortir")
    at_home.cookies[sessions.COOKIE] = kept
    assert not is_open(at_home)


def test_a_session_ends_after_thirty_days(at_home: TenantClient) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        assert not is_open(at_home)


@pytest.mark.parametrize(
    "path", ["/espace/qr", "/espace/qr.svg", "/espace/lots/prz_00000000000000000000000000"]
)
def test_pages_of_a_space_lead_strangers_to_its_door(visitor: TenantClient, path: str) -> None:
    """R23: knowing an address is no right."""
    assert visitor.get(path)["Location"] == "/espace"


@pytest.mark.parametrize("path", [ASK, "/espace/inviter", "/espace/choix", "/espace/sortir"])
def test_a_form_from_another_site_is_refused(lumen: Tenant, path: str) -> None:
    """R28: the exact origin, and a token."""
    client = TenantClient(lumen, enforce_csrf_checks=True)
    assert client.post(path, HTTP_ORIGIN="http://voisin.ricochet.localhost").status_code == 403
    assert client.post(path).status_code == 403


def test_an_email_of_before_opens_nothing_of_somebody_who_was_forgotten(
    lumen: Tenant, letter: Email, camille: Profile
) -> None:
    """Used or not: the erasure takes the notes of what was used along."""
    assert TenantClient(lumen).post(own_link(letter)).status_code == 302
    erasing.erase(profile_id=camille.id, author_id=None, now=timezone.now())
    client = TenantClient(lumen)
    assert client.get(own_link(letter)).status_code == 410
    assert client.post(own_link(letter)).status_code == 410
