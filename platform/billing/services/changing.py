"""Tell the floor above that what a merchant may use has changed."""

import uuid
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string


def changed(*, tenant_id: uuid.UUID, now: datetime) -> None:
    """Call it in the transaction that changes an account or a grant, after the change."""
    import_string(settings.ENTITLEMENTS_CHANGED)(tenant_id=tenant_id, now=now)
