"""The demo's past emails: sent, with copies, one bounced, and words of the merchant's own."""

from datetime import UTC, datetime

from config.demo import mail
from kernel.outbox.models import Event, EventState
from tenants.messaging import services
from tenants.messaging.kinds import KINDS
from tenants.messaging.models import Bounce, Email, EmailLook, EmailState, EmailText
from tenants.models import Tenant
from tenants.profiles import services as profiles

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def test_past_emails_were_sent_and_can_be_opened(merchant: Tenant) -> None:
    camille = profiles.create(now=NOW, source="manual", email="camille@exemple.fr")
    for number in range(12):
        kind = KINDS["prize_claimed" if number % 2 else "reward_posted"]
        services.queue(
            kind=kind.name,
            to=camille.email,
            key=str(number),
            context=dict(kind.sample),
            profile=camille,
            now=NOW,
        )
    mail.settle(tenant=merchant, now=NOW)
    assert set(Email.objects.values_list("state", flat=True)) == {EmailState.SENT}
    assert not Event.objects.filter(state=EventState.PENDING).exists()
    assert not Email.objects.filter(html="").exists()
    assert "3 rue du Lac" in Email.objects.filter(kind="prize_claimed")[0].html
    assert Email.objects.filter(kind="prize_claimed")[0].subject.startswith(
        "Bougie Aube 190 g vous"
    )
    assert Bounce.objects.count() == EmailText.objects.count() == EmailLook.objects.count() == 1
