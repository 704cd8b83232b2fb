"""Facts of higher floors that the first day's checklist asks for."""

from api.models import ApiKey
from widgets.models import Site


def facts() -> dict[str, bool]:
    """Whether a site is allowed, the script was seen on one, and a key to the API exists."""
    return {
        "has_site": Site.objects.exists(),
        "script_seen": Site.objects.filter(last_seen_at__isnull=False).exists(),
        "api_key": ApiKey.objects.exists(),
    }
