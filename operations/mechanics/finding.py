"""The back office's pages of a mechanic's own: finding the module that an address names."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse

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


def people_url(module: OperationModule, result: str = "") -> str:
    """The list of who took part in this module, of one result where it is named (B17)."""
    url = reverse("operations:participants", args=[module.operation.public_id])
    asked = {"vue": "comptees", "module": module.public_id} | (
        {"resultat": result} if result else {}
    )
    return f"{url}?{urlencode(asked)}"
