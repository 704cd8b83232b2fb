"""What version 1 reads of sessions and invoices."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from api.problems import ParameterError
from api.v1.selectors import limit_in
from kernel.ids import parse_public_id
from tenants.activity.booking import UnknownSessionError
from tenants.activity.invoicing import UnknownInvoiceError
from tenants.activity.models import Invoice, Session

Row = TypeVar("Row", bound=Model)


def session_by_reference(reference: str) -> Session:
    """The session of this `ses_…` id, or of this id in the diary; UnknownSessionError."""
    found = _named(Session.objects.select_related("type"), "ses", reference)
    if found is None:
        raise UnknownSessionError
    return found


def invoice_by_reference(reference: str) -> Invoice:
    """The invoice of this `ivc_…` id, or of this number; UnknownInvoiceError."""
    found = _named(Invoice.objects.all(), "ivc", reference)
    if found is None:
        raise UnknownInvoiceError
    return found


def page_of_sessions(parameters: Mapping[str, str]) -> tuple[list[Session], bool]:
    """`limit` sessions, the last received first, after `starting_after`; are there more?"""
    return _page(Session.objects.select_related("type"), "ses", parameters)


def page_of_invoices(parameters: Mapping[str, str]) -> tuple[list[Invoice], bool]:
    """As for sessions."""
    return _page(Invoice.objects.all(), "ivc", parameters)


def _named(rows: QuerySet[Row], prefix: str, reference: str) -> Row | None:
    number = parse_public_id(prefix, reference)
    found = rows.filter(pk=number).first() if number else None
    if found is None and "\0" not in reference:
        found = rows.filter(external_id=reference).first()
    return found


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
                _("Indiquez l’identifiant « %(prefix)s_… » de la dernière ligne reçue.")
                % {"prefix": prefix},
                param="starting_after",
            )
        at = found["received_at"]
        rows = rows.filter(Q(received_at__lt=at) | Q(received_at=at, id__lt=found["id"]))
    page = list(rows[: limit + 1])
    return page[:limit], len(page) > limit
