"""Who does not want marketing from this merchant, by address and without keeping the address.

A friend who was invited has no profile, and their address is forgotten: what stays is a keyed
hash, so that nobody is written to again by mistake (D4).
"""

from datetime import datetime

from django.db import connection
from django.utils.crypto import salted_hmac

from kernel.db import atomic_with_retry
from tenants.messaging.models import Email, Unsubscription
from tenants.profiles import emails
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile


def is_unsubscribed(*, address: str, profile: Profile | None = None) -> bool:
    """Whether marketing to this address, or to this person, has ended."""
    if profile is not None and profile.unsubscribed_at is not None:
        return True
    return Unsubscription.objects.filter(address_hash=address_hash(address)).exists()


@atomic_with_retry
def unsubscribe(*, email: Email, now: datetime) -> None:
    """End marketing to whoever got this email; once more changes nothing."""
    _forget(email.to, now)
    profile = email.profile or Profile.objects.filter(email_key=emails.key(email.to)).first()
    if profile is not None and profile.unsubscribed_at is None:
        profiles.update(profile_id=profile.id, unsubscribed_at=now)


@atomic_with_retry
def choose(*, profile: Profile, wanted: bool, now: datetime) -> None:
    """A customer says in their own space whether they want marketing."""
    if wanted:
        Unsubscription.objects.filter(address_hash=address_hash(profile.email)).delete()
    else:
        _forget(profile.email, now)
    profiles.update(profile_id=profile.id, unsubscribed_at=None if wanted else now)


def address_hash(address: str) -> str:
    """A keyed hash of an address for this merchant; it compares, and tells nothing."""
    schema = getattr(connection, "schema_name", "public")
    salt = f"messaging.unsubscribed:{schema}"
    return salted_hmac(salt, emails.key(address), algorithm="sha256").hexdigest()


def _forget(address: str, now: datetime) -> None:
    row = Unsubscription(address_hash=address_hash(address), unsubscribed_at=now)
    Unsubscription.objects.bulk_create([row], ignore_conflicts=True)
