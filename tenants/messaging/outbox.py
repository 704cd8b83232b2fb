"""Answers the outbox's `messaging.send`: one email goes to the mail server.

Everything that can be decided without sending is decided first. A worker that was killed while
it sent leaves an event that says `interrupted`: money emails then go out once more under the same
Message-ID, marketing does not.
"""

import uuid
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from kernel.outbox.types import EventData, Handler
from tenants.context import current_tenant
from tenants.messaging.kinds import KINDS
from tenants.messaging.models import Email, EmailState
from tenants.messaging.render import Rendered, one_line, render
from tenants.messaging.services import EVENT_KIND
from tenants.messaging.unsubscribing import is_unsubscribed
from tenants.models import Tenant


def send(event: EventData) -> None:
    """Send the email that the event names, unless it was sent or must not be any more."""
    email = (
        Email.objects.select_for_update(of=("self",))
        .select_related("profile")
        .filter(id=uuid.UUID(event.payload["email_id"]), state=EmailState.QUEUED)
        .first()
    )
    if email is None:
        return
    reason = _reason_to_skip(email, event)
    if reason:
        email.state, email.skipped_because = EmailState.SKIPPED, reason
        email.save(update_fields=["state", "skipped_because"])
        return
    tenant = current_tenant()
    rendered = render(email=email, tenant=tenant)
    message(email=email, rendered=rendered, tenant=tenant).send()
    email.state, email.sent_at = EmailState.SENT, timezone.now()
    email.subject = rendered.kept(rendered.subject)[:200]
    email.text, email.html = rendered.kept(rendered.text), rendered.kept(rendered.html)
    email.save(update_fields=["state", "sent_at", "subject", "text", "html"])


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
        from_email=_sender(tenant, email.language),
        to=[email.to],
        reply_to=[one_line(tenant.contact_email)] if tenant.contact_email else None,
        headers=headers,
    )
    written.attach_alternative(rendered.html, "text/html")
    return written


def _reason_to_skip(email: Email, event: EventData) -> str:
    """Why this email is not sent any more, or ""."""
    kind = KINDS.get(email.kind)
    if kind is None:
        return "unknown_kind"
    if not kind.marketing:
        return ""
    # Asked at the last moment: an opt-out during a mailing stops the next email (R44).
    if is_unsubscribed(address=email.to, profile=email.profile):
        return "unsubscribed"
    return "interrupted" if event.interrupted else ""


def _sender(tenant: Tenant, language: str) -> str:
    with override(language):
        name = _("%(merchant)s via Ricochet") % {"merchant": tenant.name}
    return formataddr((one_line(name), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


HANDLERS: dict[str, Handler] = {EVENT_KIND: send}
