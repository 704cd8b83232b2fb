"""Addresses that nobody may add again by mistake (D4)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.utils.crypto import salted_hmac

from tenants.profiles import emails
from tenants.profiles.models import ErasedAddress


def address_hash(address: str) -> str:
    """A keyed hash of an address for this merchant: it compares, and tells nothing."""
    schema = getattr(connection, "schema_name", "public")
    return salted_hmac(
        f"profiles.erased:{schema}", emails.key(address), algorithm="sha256"
    ).hexdigest()


def is_erased(*, address: str) -> bool:
    """Whether the person at this address asked to be forgotten."""
    return ErasedAddress.objects.filter(address_hash=address_hash(address)).exists()


def erased_when(*, addresses: Iterable[str]) -> dict[str, datetime]:
    """By address, when its owner asked to be forgotten; one query, for those who did."""
    by_hash = {address_hash(address): address for address in addresses}
    found = ErasedAddress.objects.filter(address_hash__in=list(by_hash))
    return {by_hash[value]: at for value, at in found.values_list("address_hash", "erased_at")}


def erased_among(*, addresses: Iterable[str]) -> set[str]:
    """Those of `addresses` whose owners asked to be forgotten; one query, none where nobody did."""
    if not ErasedAddress.objects.exists():
        return set()
    by_hash = {address_hash(address): address for address in addresses}
    found = ErasedAddress.objects.filter(address_hash__in=list(by_hash))
    return {by_hash[value] for value in found.values_list("address_hash", flat=True)}


def note_erased(*, address: str, now: datetime) -> None:
    """Remember that this address is not to be added again."""
    row = ErasedAddress(address_hash=address_hash(address), erased_at=now)
    ErasedAddress.objects.bulk_create([row], ignore_conflicts=True)


def allow_again(*, address: str) -> None:
    """The person came back by themselves: what kept them out is forgotten."""
    ErasedAddress.objects.filter(address_hash=address_hash(address)).delete()
