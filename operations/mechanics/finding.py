"""The back office's pages of a mechanic's own: finding the module that an address names."""

from typing import Any

from django.http import Http404

from kernel.ids import parse_public_id
from operations.models import OperationModule


def module_or_404(*, operation: str, module: str, kind: str) -> OperationModule:
    """A module of this kind in this operation, by their outside ids (R23)."""
    wanted: dict[str, Any] = {
        "operation_id": parse_public_id("opn", operation),
        "id": parse_public_id("mod", module),
    }
    if None in wanted.values():
        raise Http404
    found = OperationModule.objects.select_related("operation").filter(**wanted, kind=kind).first()
    if found is None:
        raise Http404
    return found
