"""What merchants pay, in the public schema. A tenant lives a floor above and is named by its id."""

from billing.models.accounts import Account, AccountState, Closing
from billing.models.grants import Grant, LimitNotice
from billing.models.stripe import EventState, Invoice, InvoiceState, StripeEvent

__all__ = [
    "Account",
    "AccountState",
    "Closing",
    "EventState",
    "Grant",
    "Invoice",
    "InvoiceState",
    "LimitNotice",
    "StripeEvent",
]
