"""Facts that a merchant enters on a customer's record: sessions, invoices and payments (O8)."""

import uuid
from datetime import datetime

from tenants.activity.models import Invoice, PaymentKind, Session, SessionType, Source
from tenants.activity.types import InvoiceInput, PaymentInput, SessionInput
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import conductor
from tenants.programme.conductor import InvoiceOutcome, PaymentOutcome, SessionOutcome


def add_session(
    *,
    profile: Profile,
    session_type: SessionType,
    takes_place_at: datetime,
    code: str,
    key: uuid.UUID,
    validated: bool,
    now: datetime,
) -> SessionOutcome:
    """Book a session; one that took place already is `validated` with it. `key` counts once."""
    number = f"manual-{key}"
    outcome = conductor.session_booked(
        session=SessionInput(
            external_id=number,
            type_key=session_type.key,
            booked_at=min(takes_place_at, now),
            takes_place_at=takes_place_at,
            customer=Identity(profile_id=profile.id),
            source=Source.MANUAL,
            referral_code=code,
        ),
        now=now,
    )
    if not validated:
        return outcome
    return conductor.session_validated(session_id=number, at=min(takes_place_at, now), now=now)


def validate_session(*, session: Session, now: datetime) -> SessionOutcome:
    """The session took place, today."""
    return conductor.session_validated(
        session_id=session.external_id, of_test=session.is_test, at=now, now=now
    )


def cancel_session(*, session: Session, now: datetime) -> SessionOutcome:
    """The session is cancelled: what it earned is taken back."""
    return conductor.session_cancelled(
        session_id=session.external_id, of_test=session.is_test, at=now, now=now
    )


def add_invoice(
    *,
    profile: Profile,
    number: str,
    label: str,
    total: int,
    currency: str,
    issued_at: datetime,
    now: datetime,
) -> InvoiceOutcome:
    """Enter an invoice. `total` is in cents; its number counts once."""
    return conductor.invoice_received(
        invoice=InvoiceInput(
            external_id=number,
            label=label,
            total=total,
            currency=currency,
            issued_at=issued_at,
            customer=Identity(profile_id=profile.id),
            source=Source.MANUAL,
        ),
        now=now,
    )


def add_payment(
    *,
    invoice: Invoice,
    kind: PaymentKind,
    amount: int,
    paid_at: datetime,
    key: uuid.UUID,
    now: datetime,
) -> PaymentOutcome:
    """Enter money that moved on an invoice; the same `key` counts once."""
    return conductor.payment_received(
        invoice_id=invoice.external_id,
        of_test=invoice.is_test,
        payment=PaymentInput(
            external_id=f"manual-{key}", kind=kind, amount=amount, paid_at=paid_at
        ),
        now=now,
    )
