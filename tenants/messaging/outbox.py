"""Answers the outbox's `messaging.send`: one email goes to the mail server.

Everything that can be decided without sending is decided first. A worker that was killed while
it sent leaves an event that says `interrupted`: money emails then go out once more under the same
Message-ID, marketing does not. Neither does it when the line broke while the message was handed
over. A server that refuses the address for good ends it; any other failure is tried again by the
outbox.
"""

import contextlib
import smtplib
import uuid
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from kernel.db import read, update_fields
from kernel.outbox.types import EventData, Handler
from tenants.context import current_tenant
from tenants.messaging import campaigns, links
from tenants.messaging.addresses import recipient_hash
from tenants.messaging.bouncing import note_bounce, refusal_of
from tenants.messaging.choosing import may_count_opens
from tenants.messaging.clicking import follow_for
from tenants.messaging.kinds import Audience, Kind, kind_of
from tenants.messaging.models import BounceSource, Email, EmailState
from tenants.messaging.permission import (
    BOUNCED,
    TURNED_OFF,
    is_turned_off,
    mailing_reasons,
    may_write,
)
from tenants.messaging.render import NoTextError, Rendered, one_line, render, sender_of
from tenants.messaging.services import EVENT_KIND
from tenants.messaging.writing.texts import Text
from tenants.models import Tenant
from tenants.profiles.models import Profile

INTERRUPTED = "interrupted"
COPY = "copy"
# Asked for every email that leaves.
_QUEUED = """
    SELECT {0}, {1} FROM messaging_email
    LEFT JOIN profiles_profile ON profiles_profile.id = messaging_email.profile_id
    WHERE messaging_email.id = %s AND messaging_email.state = 'queued'
    FOR UPDATE OF messaging_email
"""


def send(event: EventData) -> None:
    """Send the email that the event names, unless it was sent or must not be any more."""
    email = _queued(uuid.UUID(event.payload["email_id"]))
    if email is None:
        return
    reason = _reason_to_skip(email, event)
    if reason:
        _skip(email, reason)
        return
    tenant = current_tenant()
    try:
        rendered = _rendered(email, tenant)
        _hand_over(message(email=email, rendered=rendered, tenant=tenant))
    except NoTextError:
        _skip(email, "no_text")
        return
    except _LineBrokeError:
        if not rendered.unsubscribe_url:
            raise
        _skip(email, INTERRUPTED)
        return
    except smtplib.SMTPRecipientsRefused as error:
        _refused(email, error)
        return
    email.state, email.sent_at = EmailState.SENT, timezone.now()
    email.countable = rendered.countable
    email.subject = rendered.kept(rendered.subject)[:200]
    email.text, email.html = rendered.kept(rendered.text), rendered.kept(rendered.html)
    update_fields(email, "state", "sent_at", "subject", "text", "html", "countable")


def _queued(email_id: uuid.UUID) -> Email | None:
    """The email, locked, with the profile that it goes to; None where it waits no more."""
    found = read((Email, Profile), _QUEUED, [email_id])
    if not found:
        return None
    email: Email
    email, profile = found[0]
    email.profile = profile if email.profile_id is not None else None
    return email


class _LineBrokeError(Exception):
    """The connection was lost while a message was handed over: it may have arrived."""


def _hand_over(written: EmailMultiAlternatives) -> None:
    connection = get_connection()
    # What fails before the message is spoken of has certainly not left: it is tried again.
    connection.open()
    try:
        connection.send_messages([written])
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
        raise  # the server's own word: it did not take it
    except OSError as error:
        raise _LineBrokeError from error
    finally:
        # It is taken by now, or not: how the server says goodbye changes nothing.
        with contextlib.suppress(OSError):
            connection.close()


def message(*, email: Email, rendered: Rendered, tenant: Tenant) -> EmailMultiAlternatives:
    """The MIME message: text and HTML, with the headers that mail providers ask for."""
    headers = {
        # The row's own: a server that compares ids shows an email that came twice once.
        "Message-ID": f"<{email.id}@{settings.PLATFORM_DOMAIN}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": email.language,
    }
    if rendered.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{rendered.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    written = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=_sender(sender_of(email) or tenant.name, email.language),
        to=[email.to],
        reply_to=_reply_to(email, tenant),
        headers=headers,
    )
    written.attach_alternative(rendered.html, "text/html")
    return written


def _rendered(email: Email, tenant: Tenant) -> Rendered:
    kind, words = kind_of(email.kind), email.context.get("text")
    if kind is not None and kind.fresh and not email.is_test:
        # What is true as it leaves, which may be a while after it was queued.
        email.context |= import_string(settings.EMAIL_FACTS[kind.name])(context=email.context)
    # Only a test carries its words with it: they are those of an editor that was not saved.
    text = Text(**words) if email.is_test and words else None
    tracked = kind is not None and kind.tracked and not email.is_test
    follow = follow_for(email=email, tenant=tenant) if tracked else None
    # Asked at the last moment, as an opt-out is: no consent, no picture.
    counted = tracked and may_count_opens(email=email)
    picture = links.picture_url(tenant=tenant, email_id=email.id) if counted else ""
    return render(email=email, tenant=tenant, text=text, follow=follow, picture_url=picture)


def _reason_to_skip(email: Email, event: EventData) -> str:
    """Why this email is not sent any more, or ""."""
    kind = kind_of(email.kind)
    if kind is None:
        return "unknown_kind"
    if email.is_test:
        return ""
    if silent := _silent(kind):
        return silent
    # Asked at the last moment: an opt-out during a mailing stops the next email (R44).
    reason = may_write(
        address=email.to,
        profile=email.profile,
        marketing=kind.marketing,
        topic=kind.topic,
        asked=kind.asked,
    )
    if reason is None and kind.mailing and email.profile is not None:
        [reason] = mailing_reasons(profiles=[email.profile], topic=kind.topic)
    if reason:
        return reason
    if kind.marketing and event.interrupted:
        return INTERRUPTED
    return campaigns.HELD if kind.held and campaigns.is_paused(kind=kind.name) else ""


def _silent(kind: Kind) -> str:
    """Why this kind goes to nobody here, or ""."""
    if current_tenant().is_copy and kind.audience is not Audience.TEAM:
        return COPY
    return TURNED_OFF if is_turned_off(kind) or not kind.offered else ""


def _skip(email: Email, reason: str) -> None:
    email.state, email.skipped_because = EmailState.SKIPPED, reason
    email.save(update_fields=["state", "skipped_because"])


def _refused(email: Email, error: smtplib.SMTPRecipientsRefused) -> None:
    """A refusal for good ends this email, and when the mailbox is at fault all later ones."""
    final, of_the_mailbox, status = refusal_of(error)
    if not final:
        raise error
    if of_the_mailbox and not email.is_test:
        note_bounce(
            hashed=recipient_hash(email),
            source=BounceSource.SMTP,
            status=status,
            now=timezone.now(),
        )
    _skip(email, BOUNCED if of_the_mailbox else "refused")


def _reply_to(email: Email, tenant: Tenant) -> list[str] | None:
    """Who answers; nobody's address is lent to another brand that is the sender."""
    if sender_of(email) or not tenant.contact_email:
        return None
    return [one_line(tenant.contact_email)]


def _sender(merchant: str, language: str) -> str:
    with override(language):
        name = _("%(merchant)s via Ricochet") % {"merchant": merchant}
    return formataddr((one_line(name), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


HANDLERS: dict[str, Handler] = {EVENT_KIND: send}
