"""Facts about customers, each stored once: orders, invoices and their payments, sessions."""

from tenants.activity.models.connections import Heard, Silence
from tenants.activity.models.invoices import Invoice, InvoiceState, Payment, PaymentKind
from tenants.activity.models.orders import Order, OrderState, Refund, Refusal
from tenants.activity.models.sessions import Session, SessionState, SessionType
from tenants.activity.models.sources import Source

__all__ = [
    "Heard",
    "Invoice",
    "InvoiceState",
    "Order",
    "OrderState",
    "Payment",
    "PaymentKind",
    "Refund",
    "Refusal",
    "Session",
    "SessionState",
    "SessionType",
    "Silence",
    "Source",
]
