"""R6, R44: a mailing that several workers send while the merchant pauses and goes on."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from config.outbox import HANDLERS
from kernel.errors import RicochetError
from kernel.outbox.relay import relay
from tenants.messaging import campaigns
from tenants.messaging.campaigns import CampaignStateError
from tenants.messaging.models import Campaign, CampaignState, Email, EmailState
from tenants.messaging.writing.texts import Text
from tenants.models import Tenant
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.programme.campaigns import sending
from tests.concurrency.conftest import Race
from tests.fixtures.effort import effort
from tests.fixtures.mail import MailServer
from tests.fixtures.programme import NOW

WORDS = Text(subject="Bonjour {{ first_name }}", body="Merci.", button="Inviter un proche")


def readers(count: int) -> list[str]:
    made = [
        profiles.create(email=f"lecteur{n}@exemple.fr", source="manual", now=NOW)
        for n in range(count)
    ]
    Profile.objects.filter(id__in=[p.id for p in made]).update(order_count=1)
    return [p.email for p in made]


def draft() -> Campaign:
    return campaigns.create(name="Rentrée", text=WORDS, author_id=None, now=NOW)


def work() -> None:
    while relay(handlers=HANDLERS, clock=timezone.now):
        pass


def test_two_workers_and_an_impatient_merchant_write_to_everybody_once(
    lumen: Tenant, race: Race, mail_server: MailServer, rng: random.Random
) -> None:
    """Paused and taken up again in the middle: nobody twice, nobody forgotten."""
    expected = readers(effort(short=30, soak=400))
    row = draft()
    sending.launch(campaign_id=row.id, now=NOW)
    over = threading.Event()

    def impatient() -> None:
        for _ in range(effort(short=6, soak=60)):
            over.wait(rng.uniform(0.02, 0.12))
            for act in (campaigns.pause, sending.launch):
                try:
                    act(campaign_id=row.id, now=timezone.now())
                except CampaignStateError:
                    return  # all is sent
                over.wait(rng.uniform(0.0, 0.05))

    race([work, work, impatient])
    work()
    received = Counter(str(message["To"]) for message in mail_server.messages)
    assert received == dict.fromkeys(expected, 1)
    row.refresh_from_db()
    assert row.state == CampaignState.SENT
    assert set(Email.objects.values_list("state", flat=True)) == {EmailState.SENT}


def test_sent_by_hand_and_by_the_clock_at_once_is_sent_once(
    lumen: Tenant, race: Race, mail_server: MailServer
) -> None:
    expected = readers(3)
    row = draft()
    campaigns.schedule(campaign_id=row.id, at=NOW + timedelta(hours=1), tenant=lumen, now=NOW)
    later = NOW + timedelta(hours=2)
    acts: list[Callable[[], object]] = [
        lambda: sending.launch(campaign_id=row.id, now=later),
        lambda: sending.launch_due(now=later),
    ]
    answers = race(acts * 3)
    assert not [a for a in answers if isinstance(a, RicochetError)]
    work()
    assert Counter(str(m["To"]) for m in mail_server.messages) == dict.fromkeys(expected, 1)
