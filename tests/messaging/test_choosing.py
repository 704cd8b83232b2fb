"""Which emails a reader wants, and whether opens may be counted (D10, R31, R44, S8)."""

import re
from collections.abc import Callable, Collection
from datetime import timedelta

import pytest

from tenants.context import enter
from tenants.messaging import campaigns, choosing, outbox, permission, unsubscribing
from tenants.messaging.kinds import KINDS, Topic
from tenants.messaging.links import Purpose, token_for
from tenants.messaging.models import Choice, Email, EmailState, Unsubscription
from tenants.messaging.writing.texts import Text
from tenants.models import Tenant
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tests.fixtures.mail import MailServer
from tests.fixtures.tenants import TenantClient
from tests.messaging.conftest import NOW, event_of
from tests.messaging.samples import SAMPLES

ALL = tuple(Topic)
WORDS = Text(subject="Bonjour", body="Merci.", button="Inviter un proche")
Queued = Callable[..., Email]


@pytest.fixture
def buyer(camille: Profile) -> Profile:
    """Camille, who may get reminders and campaigns."""
    Profile.objects.filter(id=camille.id).update(order_count=1)
    camille.refresh_from_db()
    return camille


@pytest.fixture
def campaign(merchant: Tenant) -> str:
    """The kind of a campaign's emails."""
    return campaigns.create(name="Rentrée", text=WORDS, author_id=None, now=NOW).kind


def choose(profile: Profile, *wanted: Topic, opens: bool = False) -> None:
    choosing.choose_own(profile=profile, wanted=wanted, opens=opens, now=NOW)
    profile.refresh_from_db()


def sent(queued: Queued, profile: Profile, *names: str) -> dict[str, str]:
    """What becomes of one email of each kind: "" where it left, else the reason."""
    found = {}
    for name in names:
        email = queued(name, profile=profile, **SAMPLES.get(name, {}))
        outbox.send(event_of(email))
        email.refresh_from_db()
        found[name] = email.skipped_because
    return found


def page_of(email: Email) -> str:
    return f"/desabonnement/{token_for(purpose=Purpose.UNSUBSCRIBE, row_id=email.id)}"


def ticked(html: str) -> set[str]:
    return set(re.findall(r'name="sujets" value="(\w+)" checked', html))


def test_every_email_that_can_be_refused_has_a_topic_and_no_other() -> None:
    assert {name for name, kind in KINDS.items() if kind.marketing != (kind.topic is not None)} == (
        set()
    )
    assert {kind.topic for kind in KINDS.values() if kind.topic} == {*ALL} - {Topic.CAMPAIGNS}


@pytest.mark.parametrize(
    ("refused", "kind"),
    [
        (Topic.REMINDERS, "reminder_balance_1"),
        (Topic.NEWS, "tier_waits"),
        (Topic.INVITATIONS, "invitation"),
        (Topic.CAMPAIGNS, "campaign"),
    ],
)
def test_each_kind_stops_alone_and_money_goes_on(
    queued: Queued,
    mail_server: MailServer,
    buyer: Profile,
    campaign: str,
    refused: Topic,
    kind: str,
) -> None:
    choose(buyer, *(topic for topic in ALL if topic is not refused))
    names = ["reminder_balance_1", "tier_waits", "invitation", campaign, "reward_posted"]
    stopped = {name for name, why in sent(queued, buyer, *names).items() if why}
    assert stopped == {campaign if kind == "campaign" else kind}
    assert len(mail_server.messages) == 4


def test_a_refusal_during_a_mailing_stops_the_next_email(
    queued: Queued, mail_server: MailServer, buyer: Profile, campaign: str
) -> None:
    """R44: it was planned before, and goes no more."""
    email = queued(campaign, profile=buyer)
    choose(buyer, Topic.REMINDERS)
    outbox.send(event_of(email))
    email.refresh_from_db()
    assert (email.state, email.skipped_because) == (EmailState.SKIPPED, permission.NOT_WANTED)
    assert mail_server.messages == []


def test_a_choice_holds_for_the_next_address_too(buyer: Profile) -> None:
    choose(buyer, Topic.REMINDERS)
    profiles.update(profile_id=buyer.id, email="camille.nouvelle@exemple.fr")
    buyer.refresh_from_db()
    ask = permission.mailing_reasons
    assert ask(profiles=[buyer], topic=Topic.CAMPAIGNS) == [permission.NOT_WANTED]
    assert ask(profiles=[buyer], topic=Topic.REMINDERS) == [None]
    choose(buyer, *ALL)
    assert ask(profiles=[buyer], topic=Topic.CAMPAIGNS) == [None]


def test_only_a_box_that_is_ticked_by_hand_is_a_consent(camille: Profile) -> None:
    """Somebody who never bought finds these boxes empty; one who bought finds them ticked."""
    assert choosing.wishes_of(profile=camille).wanted == (Topic.NEWS, Topic.INVITATIONS)
    choose(camille, Topic.NEWS, Topic.INVITATIONS)
    assert camille.consented_at is None
    choose(camille, Topic.NEWS, Topic.CAMPAIGNS)
    assert camille.consented_at == NOW
    choose(camille)
    assert (camille.consented_at, camille.unsubscribed_at) == (None, NOW)


def test_a_later_yes_to_the_merchants_news_takes_back_the_refusal_of_offers(
    buyer: Profile,
) -> None:
    choose(buyer, Topic.INVITATIONS)
    unsubscribing.choose(profile=buyer, wanted=True, now=NOW)
    wanted = choosing.wishes_of(profile=buyer).wanted
    assert set(wanted) == {Topic.INVITATIONS, Topic.CAMPAIGNS}


def test_saving_boxes_that_were_ticked_before_is_no_consent(buyer: Profile) -> None:
    assert choosing.wishes_of(profile=buyer).wanted == tuple(choosing.TOPICS)
    choose(buyer, *ALL)
    assert buyer.consented_at is None


def test_the_page_of_an_email_shows_remembers_and_changes_the_choice(
    queued: Queued, merchant: Tenant, buyer: Profile, campaign: str
) -> None:
    client = TenantClient(merchant, enforce_csrf_checks=True)
    del client.defaults["HTTP_ORIGIN"]
    address = page_of(queued(campaign, profile=buyer))
    assert ticked(client.get(address).content.decode()) == set(ALL)
    assert not Choice.objects.exists(), "looking chooses nothing"
    kept = {"choix": "1", "sujets": ["reminders", "invitations", "nothing"]}
    answer = client.post(address, kept).content.decode()
    assert "C’est noté" in answer
    assert ticked(client.get(address).content.decode()) == {"reminders", "invitations"}
    assert not Unsubscription.objects.exists()
    # Everything unticked is to unsubscribe, and a box ticked again takes it back.
    assert "C’est fait" in client.post(address, {"choix": "1"}).content.decode()
    assert Unsubscription.objects.exists()
    client.post(address, {"choix": "1", "sujets": "news"})
    buyer.refresh_from_db()
    assert buyer.unsubscribed_at is None
    assert ticked(client.get(address).content.decode()) == {"news"}
    # One click ends all, whatever was chosen before (RFC 8058).
    program = TenantClient(merchant, enforce_csrf_checks=True)
    assert program.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert ticked(client.get(address).content.decode()) == set()


def test_a_friend_without_a_record_can_only_end_it(queued: Queued, merchant: Tenant) -> None:
    email = queued("invitation", **SAMPLES["invitation"])
    page = TenantClient(merchant).get(page_of(email)).content.decode()
    assert "sujets" not in page
    assert "Me désabonner" in page


def test_nobody_chooses_with_a_token_of_another_merchant(
    queued: Queued, other_merchant: Tenant, buyer: Profile, campaign: str
) -> None:
    address = page_of(queued(campaign, profile=buyer))
    assert TenantClient(other_merchant).post(address, {"choix": "1"}).status_code == 404
    assert not Choice.objects.exists()


# ---------------------------------------------------------------- opens


@pytest.fixture
def arrives(
    queued: Queued, mail_server: MailServer, campaign: str, buyer: Profile
) -> Callable[..., tuple[Email, str]]:
    """Sends a campaign's email, and gives its row and its HTML as it arrived."""

    def send(wanted: Collection[Topic] = ALL, *, opens: bool) -> tuple[Email, str]:
        choose(buyer, *wanted, opens=opens)
        email = queued(campaign, profile=buyer)
        outbox.send(event_of(email))
        email.refresh_from_db()
        body = mail_server.messages[-1].get_body(preferencelist=("html",))
        assert body is not None
        return email, str(body.get_content())

    return send


def picture(html: str) -> str:
    found = re.search(r'<img class="opened" src="https?://[^/"]+(/o/[\w-]+\.gif)"', html)
    return found[1] if found else ""


Arrives = Callable[..., tuple[Email, str]]


def test_without_consent_no_email_has_a_picture(arrives: Arrives) -> None:
    email, html = arrives(opens=False)
    assert "<img" not in html
    assert "/o/" not in html
    assert not email.countable


def test_with_consent_an_open_is_noted_once_without_a_cookie(
    arrives: Arrives, merchant: Tenant
) -> None:
    email, html = arrives(opens=True)
    assert email.countable
    assert "/o/" not in email.html, "the merchant's copy must not count as an open"
    client = TenantClient(merchant)
    client.get(picture(html), headers={"user-agent": "Googlebot preview"})
    client.head(picture(html))
    email.refresh_from_db()
    assert email.opened_at is None
    answer = client.get(picture(html))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/gif")
    assert answer.cookies == {}
    email.refresh_from_db()
    first = email.opened_at
    assert first is not None
    client.get(picture(html))
    email.refresh_from_db()
    assert email.opened_at == first


def test_consent_that_was_withdrawn_counts_at_once(
    arrives: Arrives, merchant: Tenant, buyer: Profile
) -> None:
    email, html = arrives(opens=True)
    choose(buyer, *ALL, opens=False)
    TenantClient(merchant).get(picture(html))
    email.refresh_from_db()
    assert email.opened_at is None


def test_unsubscribing_ends_the_counting_as_well(
    arrives: Arrives, merchant: Tenant, buyer: Profile
) -> None:
    email, html = arrives(opens=True)
    unsubscribing.unsubscribe(email=email, now=NOW + timedelta(hours=1))
    TenantClient(merchant).get(picture(html))
    email.refresh_from_db()
    assert email.opened_at is None
    assert not choosing.wishes_of(profile=buyer).wanted


def test_money_emails_and_tests_never_carry_a_picture(
    queued: Queued, mail_server: MailServer, buyer: Profile, campaign: str
) -> None:
    choose(buyer, *ALL, opens=True)
    outbox.send(event_of(queued("reward_posted", profile=buyer, **SAMPLES["reward_posted"])))
    trial = queued(campaign, profile=buyer)
    Email.objects.filter(id=trial.id).update(is_test=True)
    outbox.send(event_of(trial))
    assert len(mail_server.messages) == 2
    for message in mail_server.messages:
        assert b"/o/" not in message.as_bytes()


def test_a_picture_of_another_merchant_tells_nothing(
    arrives: Arrives, merchant: Tenant, other_merchant: Tenant
) -> None:
    email, html = arrives(opens=True)
    assert TenantClient(other_merchant).get(picture(html)).status_code == 200
    with enter(merchant):
        email.refresh_from_db()
        assert email.opened_at is None
