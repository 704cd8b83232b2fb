"""How people come to an operation that is live: its QR code, as a file to print."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import member_required
from operations.models import Operation, SourceKind
from operations.participating import Source
from operations.sources import query_of
from operations.views.common import operation_or_404
from shell.qr import qr_file
from tenants.addresses import absolute_url
from tenants.context import current_tenant


def qr_address(operation: Operation) -> str:
    """The page's address as its QR code holds it: whoever comes by it is counted apart."""
    path = f"/o/{operation.slug}{query_of(Source(kind=SourceKind.QR))}"
    return absolute_url(current_tenant(), path)


@require_safe
@member_required()
def qr(request: HttpRequest, operation: str) -> HttpResponse:
    """The code as a file."""
    row = operation_or_404(operation)
    response = HttpResponse(qr_file(qr_address(row)), content_type="image/svg+xml")
    response.headers["Content-Disposition"] = f'attachment; filename="{row.slug}.svg"'
    return response
