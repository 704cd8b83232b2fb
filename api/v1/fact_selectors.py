"""What version 1 reads of sessions and invoices.

Where a test and a real one have one number, each kind of key reads its own, as for orders.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from api.problems import ParameterError
from api.v1.selectors import Row, limit_in, named
from kernel.ids import parse_public_id
from tenants.activity.booking import UnknownSessionError
from tenants.activity.invoicing import UnknownInvoiceError
from tenants.activity.models import Invoice, Session


def session_by_reference(reference: str, *, of_test: bool = False, write: bool = False) -> Session:
    """The session of this `ses_…` id, or of this id in the diary; UnknownSessionError."""
    rows = Session.objects.select_related("type")
    found = named(rows, "ses", reference, of_test=of_test, write=write)
    if found is None:
        raise UnknownSessionError
    return found


def invoice_by_reference(reference: str, *, of_test: bool = False, write: bool = False) -> Invoice:
    """The invoice of this `ivc_…` id, or of this number; UnknownInvoiceError."""
    found = named(Invoice.objects.all(), "ivc", reference, of_test=of_test, write=write)
    if found is None:
        raise UnknownInvoiceError
    return found


def page_of_sessions(parameters: Mapping[str, str]) -> tuple[list[Session], bool]:
    """`limit` sessions, the last received first, after `starting_after`; are there more?"""
    return _page(Session.objects.select_related("type"), "ses", parameters)


def page_of_invoices(parameters: Mapping[str, str]) -> tuple[list[Invoice], bool]:
    """As for sessions."""
    return _page(Invoice.objects.all(), "ivc", parameters)


def _page(
    rows: QuerySet[Row], prefix: str, parameters: Mapping[str, str]
) -> tuple[list[Row], bool]:
    """New rows come before the first page, so that pages already read stay as they were (D4)."""
    limit = limit_in(parameters.get("limit"))
    rows = rows.order_by("-received_at", "-id")
    if "starting_after" in parameters:
        number = parse_public_id(prefix, parameters.get("starting_after", ""))
        found: Any = rows.filter(pk=number).values("received_at", "id").first() if number else None
        if found is None:
            raise ParameterError(
                _("Indiquez l’identifiant « %(prefix)s_… » de la dernière ligne reçue.")
                % {"prefix": prefix},
                param="starting_after",
            )
        at = found["received_at"]
        rows = rows.filter(Q(received_at__lt=at) | Q(received_at=at, id__lt=found["id"]))
    page = list(rows[: limit + 1])
    return page[:limit], len(page) > limit
