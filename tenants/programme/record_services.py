"""Sessions and payments as the record's activity tells them."""

from datetime import datetime

from django.utils.translation import gettext as _

from shell import formats
from tenants.activity.models import Payment, PaymentKind, Session, SessionState
from tenants.profiles.models import Profile

# When, what, a detail, and whether it is about money.
Event = tuple[datetime, str, str, bool]


def service_events(*, profile: Profile, limit: int) -> list[Event]:
    """What happened to this customer's sessions and invoices, the latest of each."""
    return [*_sessions(profile, limit), *_payments(profile, limit)]


def _sessions(profile: Profile, limit: int) -> list[Event]:
    found: list[Event] = []
    rows = Session.objects.select_related("type").filter(profile=profile)
    for row in rows.order_by("-booked_at", "-id")[:limit]:
        words = {"name": row.type.name}
        found.append((row.booked_at, _("Séance « %(name)s » réservée") % words, "", False))
        if row.validated_at is not None:
            found.append((row.validated_at, _("Séance « %(name)s » validée") % words, "", False))
        if row.state == SessionState.CANCELLED and row.cancelled_at is not None:
            found.append((row.cancelled_at, _("Séance « %(name)s » annulée") % words, "", False))
    return found


def _payments(profile: Profile, limit: int) -> list[Event]:
    rows = Payment.objects.select_related("invoice").filter(invoice__profile=profile)
    return [
        (
            row.paid_at,
            _MOVES[PaymentKind(row.kind)]()
            % {"amount": formats.money(row.amount, row.invoice.currency)},
            _("facture n° %(number)s") % {"number": row.invoice.external_id},
            True,
        )
        for row in rows.order_by("-paid_at", "-id")[:limit]
    ]


_MOVES = {
    PaymentKind.DEPOSIT: lambda: _("A versé un acompte de %(amount)s"),
    PaymentKind.BALANCE: lambda: _("A réglé le solde de %(amount)s"),
    PaymentKind.FULL: lambda: _("A réglé %(amount)s"),
    PaymentKind.REFUND: lambda: _("Remboursement de %(amount)s"),
}
