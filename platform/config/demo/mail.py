"""What the demo's merchant wrote and sent: past emails with copies, words of their own."""

from datetime import datetime, timedelta

from django.db.models import F

from kernel.jobs.services import EVENT_KIND as JOB_STEP
from kernel.outbox.models import Event, EventState
from tenants.messaging import bouncing, editing, looks
from tenants.messaging.addresses import address_hash
from tenants.messaging.kinds import KINDS
from tenants.messaging.models import BounceSource, Email, EmailState, Outcome
from tenants.messaging.render import render
from tenants.messaging.writing.texts import Text
from tenants.models import Tenant

# Writing a copy of every one would take longer than the story itself.
_COPIES = 40
_CLAIMED = Text(
    subject="{{ prize }} vous attend, {{ first_name }}",
    preheader="Le code à présenter est {{ code }}.",
    body=(
        "# {{ prize }}\n\n{{ greeting }}\n\nNous préparons votre lot à l’atelier. Passez quand "
        "vous voulez, du mardi au samedi, et présentez ce code.\n\n> Votre code\n> **{{ code }}**"
    ),
    button="Ouvrir ma cagnotte",
)


def settle(*, tenant: Tenant, now: datetime) -> None:
    """Eighteen months of emails were sent in their time, with copies of the last ones."""
    send_past(now=now)
    _write(tenant, now)
    for email in Email.objects.order_by("-queued_at", "-id")[:_COPIES]:
        rendered = render(email=email, tenant=tenant)
        email.subject = rendered.kept(rendered.subject)[:200]
        email.text, email.html = rendered.kept(rendered.text), rendered.kept(rendered.html)
        email.save(update_fields=["subject", "text", "html"])
    _bounce(now)


def _write(tenant: Tenant, now: datetime) -> None:
    looks.save_look(
        tenant=tenant,
        footer="L’atelier est ouvert du mardi au samedi, de 10 h à 19 h.",
        address="Maison Lumen, 3 rue du Lac, 69003 Lyon",
        reply_to=tenant.contact_email,
        now=now,
    )
    editing.save_text(
        kind=KINDS["prize_claimed"],
        language="fr",
        text=_CLAIMED,
        tenant=tenant,
        author_id=None,
        now=now - timedelta(days=40),
    )


def _bounce(now: datetime) -> None:
    """One address that is no more, so that the record shows what is said of it."""
    email = Email.objects.exclude(profile=None).order_by("-queued_at", "-id")[9:10].first()
    if email is None:
        return
    at = email.queued_at + timedelta(minutes=2)
    Email.objects.filter(id=email.id).update(outcome=Outcome.BOUNCED, outcome_at=at)
    bouncing.note_bounce(
        hashed=address_hash(email.to),
        source=BounceSource.SMTP,
        status="5.1.1",
        now=min(at, now),
    )


def send_past(*, now: datetime) -> None:
    """What the past wrote was sent in its time: none of it leaves now. Work goes on."""
    past = Event.objects.filter(state=EventState.PENDING).exclude(kind=JOB_STEP)
    past.update(state=EventState.DONE, finished_at=now)
    waiting = Email.objects.filter(state=EmailState.QUEUED)
    waiting.update(
        state=EmailState.SENT,
        sent_at=F("queued_at"),
        outcome=Outcome.DELIVERED,
        outcome_at=F("queued_at"),
    )
