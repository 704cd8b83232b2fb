"""Addresses of version 1."""

from django.urls import path

from api.openapi import OpenApiView
from api.v1.checkout import Holds, Members, OneHold, Quotes
from api.v1.customers import Accounts, OneCustomer
from api.v1.emails import EmailEvents
from api.v1.invoices import InvoiceCancellation, Invoices, OneInvoice, Payments
from api.v1.orders import OneOrder, Orders, Refunds
from api.v1.sessions import Cancellation, OneSession, Sessions, SessionTypes, Validation

urlpatterns = [
    path("openapi.json", OpenApiView.as_view(), name="openapi"),
    path("orders", Orders.as_view(), name="orders"),
    # A shop's own order number may hold slashes.
    path("orders/<path:reference>/refunds", Refunds.as_view(), name="refunds"),
    path("orders/<path:reference>", OneOrder.as_view(), name="order"),
    path("customers/<str:reference>", OneCustomer.as_view(), name="customer"),
    path("checkout/quotes", Quotes.as_view(), name="quotes"),
    path("checkout/holds", Holds.as_view(), name="holds"),
    path("checkout/holds/<path:reference>", OneHold.as_view(), name="hold"),
    path("loyalty/members", Members.as_view(), name="loyalty_members"),
    path("session-types", SessionTypes.as_view(), name="session_types"),
    path("sessions", Sessions.as_view(), name="sessions"),
    path("sessions/<path:reference>/validate", Validation.as_view(), name="validate_session"),
    path("sessions/<path:reference>/cancel", Cancellation.as_view(), name="cancel_session"),
    path("sessions/<path:reference>", OneSession.as_view(), name="session"),
    path("invoices", Invoices.as_view(), name="invoices"),
    path("invoices/<path:reference>/payments", Payments.as_view(), name="payments"),
    path("invoices/<path:reference>/cancel", InvoiceCancellation.as_view(), name="cancel_invoice"),
    path("invoices/<path:reference>", OneInvoice.as_view(), name="invoice"),
    path("accounts", Accounts.as_view(), name="accounts"),
    path("email-events", EmailEvents.as_view(), name="email_events"),
]
