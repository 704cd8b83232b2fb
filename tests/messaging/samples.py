"""One believable context for each kind of email: those that the catalogue shows merchants."""

from typing import Any

from tenants.messaging.kinds import KINDS

SAMPLES: dict[str, dict[str, Any]] = {kind.name: dict(kind.sample) for kind in KINDS.values()}
