"""An address as a keyed hash of this merchant's: it compares, and tells nothing."""

from tenants.messaging.models import Email
from tenants.profiles import emails


def address_hash(address: str) -> str:
    """The hash of an address, whatever its case."""
    return emails.hashed(address, purpose="messaging.unsubscribed")


def recipient_hash(email: Email) -> str:
    """The hash of the address that an email went to, also once the address is forgotten."""
    return str(email.context.get("address_hash") or address_hash(email.to))
