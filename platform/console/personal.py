"""What the console's tables tell of a person: of operators only, never of a customer (D6)."""

from collections.abc import Mapping

from django.db import models

from console.models import Entry, Visit

_TRAIL = "Show who acted on a merchant and why; as long as the platform keeps its trail."

PURPOSES: Mapping[type[models.Model], Mapping[str, str]] = {
    Entry: dict.fromkeys(
        ("operator_id", "operator_name", "tenant_name", "about", "reason"), _TRAIL
    ),
    Visit: {"operator_id": _TRAIL, "reason": _TRAIL},
}
TECHNICAL: Mapping[type[models.Model], frozenset[str]] = {
    Entry: frozenset({"act"}),
    Visit: frozenset({"token_hash"}),
}
