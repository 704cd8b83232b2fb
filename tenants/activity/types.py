"""What the doors hand over: parsed and checked for shape, not yet for sense."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from tenants.activity.models import PaymentKind, Source
from tenants.profiles.services import Identity


@dataclass(frozen=True, slots=True)
class OrderInput:
    """An order as a door received it. `amount` is in cents; `ordered_at` is aware.

    `referral_code` is what the customer typed or the cookie held; `click_id` is the click that
    the cookie remembers; `referral_link` is the signed address by which they came. `points_hold`
    names the points that its basket held, and `join_loyalty` is the box that the customer ticked.
    `device` and `shipping_address` are kept as keyed hashes only: they compare two customers (R43).
    """

    external_id: str
    amount: int
    currency: str
    ordered_at: datetime
    customer: Identity
    source: Source
    referral_code: str = ""
    click_id: uuid.UUID | None = None
    referral_link: str = ""
    is_test: bool = field(default=False)
    points_hold: str = ""
    join_loyalty: bool = field(default=False)
    device: str = ""
    shipping_address: str = ""


@dataclass(frozen=True, slots=True)
class RefundInput:
    """A refund as a door received it. `amount` is in cents of the order's currency."""

    external_id: str
    amount: int
    refunded_at: datetime


@dataclass(frozen=True, slots=True)
class InvoiceInput:
    """An invoice as a door received it. `total` is in cents, all taxes included."""

    external_id: str
    total: int
    currency: str
    issued_at: datetime
    customer: Identity
    source: Source
    label: str = ""
    is_test: bool = field(default=False)


@dataclass(frozen=True, slots=True)
class PaymentInput:
    """Money that moved on an invoice: `amount` is in cents and positive, a refund's too."""

    external_id: str
    kind: PaymentKind
    amount: int
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class SessionInput:
    """A booking as a door received it; `type_key` is what programs call the kind of session.

    `referral_code` and `click_id` are as in `OrderInput`.
    """

    external_id: str
    type_key: str
    booked_at: datetime
    customer: Identity
    source: Source
    takes_place_at: datetime | None = None
    referral_code: str = ""
    click_id: uuid.UUID | None = None
    is_test: bool = field(default=False)
