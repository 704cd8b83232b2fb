"""Facts of higher floors that the first day's checklist asks for."""

from api.models import ApiKey
from widgets.models import Site


def facts() -> dict[str, bool]:
    """Whether the script was seen on a shop, and whether a key to the API exists."""
    return {
        "script_seen": Site.objects.filter(last_seen_at__isnull=False).exists(),
        "api_key": ApiKey.objects.exists(),
    }
