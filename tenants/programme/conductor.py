"""The one road: a fact comes in, the features answer, in this order and in one transaction.

Every door (API, tracker, widget, import, by hand) calls these functions and nothing else. A new
door adds a parser; a new way to earn adds a rule; neither touches the road. What each fact sets
off, in its order, stands in `conduct`, one kind of fact a file.
"""

from tenants.programme.conduct.accounts import account_created
from tenants.programme.conduct.checkout import (
    Basket,
    Quote,
    hold_expired,
    loyalty_joined,
    points_held,
    points_released,
    quote,
)
from tenants.programme.conduct.invoices import (
    InvoiceOutcome,
    PaymentOutcome,
    invoice_cancelled,
    invoice_received,
    payment_received,
)
from tenants.programme.conduct.orders import Outcome, order_received, refund_received
from tenants.programme.conduct.rewards import post_due_reward
from tenants.programme.conduct.sessions import (
    SessionOutcome,
    session_booked,
    session_cancelled,
    session_validated,
)
from tenants.programme.conduct.withdrawing import supersede_reported

__all__ = [
    "Basket",
    "InvoiceOutcome",
    "Outcome",
    "PaymentOutcome",
    "Quote",
    "SessionOutcome",
    "account_created",
    "hold_expired",
    "invoice_cancelled",
    "invoice_received",
    "loyalty_joined",
    "order_received",
    "payment_received",
    "points_held",
    "points_released",
    "post_due_reward",
    "quote",
    "refund_received",
    "session_booked",
    "session_cancelled",
    "session_validated",
    "supersede_reported",
]
