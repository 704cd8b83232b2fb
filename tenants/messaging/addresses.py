"""An address as a keyed hash of this merchant's: it compares, and tells nothing."""

from django.db import connection
from django.utils.crypto import salted_hmac

from tenants.messaging.models import Email
from tenants.profiles import emails


def address_hash(address: str) -> str:
    """The hash of an address, whatever its case."""
    schema = getattr(connection, "schema_name", "public")
    salt = f"messaging.unsubscribed:{schema}"
    return salted_hmac(salt, emails.key(address), algorithm="sha256").hexdigest()


def recipient_hash(email: Email) -> str:
    """The hash of the address that an email went to, also once the address is forgotten."""
    return str(email.context.get("address_hash") or address_hash(email.to))
