"""What the command line does to a merchant is written down where the operators' acts are."""

from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from tenants.models import Tenant


def note(*, act: str, tenant: Tenant | None, now: datetime, about: str = "") -> None:
    """Add a line by the plug (`settings.TENANT_ACT_NOTED`): the trail stands on a floor above.

    `tenant` is None for the platform's own; `about` names no person, only an id or a number.
    """
    import_string(settings.TENANT_ACT_NOTED)(act=act, tenant=tenant, about=about, now=now)
