"""What every page's frame needs."""

from typing import Any

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """Menu, tenant and person for the layout templates."""
    return {"tenant": getattr(request, "tenant", None)}
