"""Writes about a merchant's sites."""

from datetime import datetime, timedelta

from django.db.models import Q

from widgets.models import Site
from widgets.tracker.origins import origin_of

_URL_LENGTH = 500
# A busy shop greets many times a second; its row is not written more often than this.
_FRESH = timedelta(minutes=1)


def register_site(*, url: str, now: datetime) -> Site:
    """Allow the site at `url` to report, and give it a public key; the same site again as is.

    Raises InvalidOriginError.
    """
    origin = origin_of(url)
    site, _ = Site.everyone.get_or_create(origin=origin, defaults={"created_at": now})
    if site.removed_at is not None:
        site.removed_at = None
        site.save(update_fields=["removed_at"])
    return site


def remove_site(*, site: Site, now: datetime) -> None:
    """Refuse what this site reports from now on; what it reported already stays, and its key."""
    Site.objects.filter(id=site.id).update(removed_at=now)


def site_seen(*, public_key: str, origin: str, url: str, now: datetime) -> bool:
    """Note that the script runs on the site of this key; False where there is none.

    The row of the origin that spoke is the one that is marked: a key may serve several sites.
    """
    known = Site.everyone.filter(public_key=public_key)
    if not known.exists():
        return False
    speaking = Site.objects.filter(origin=origin)
    target = speaking if speaking.exists() else known
    stale = Q(last_seen_at__isnull=True) | Q(last_seen_at__lt=now - _FRESH)
    target.filter(stale).update(last_seen_at=now, last_seen_url=url[:_URL_LENGTH])
    return True
