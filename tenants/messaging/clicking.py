"""Clicks in emails: links that pass by us, and lead only where the merchant may lead (R31).

A link of an email is `/e/<token>`: the email's id, the link's id, and a signature over both, this
tenant and this purpose. Where it leads is stored, never in the address.
"""

import base64
import binascii
import hmac
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

from kernel.db import atomic_with_retry, insert_if_absent
from tenants.addresses import absolute_url, origin
from tenants.messaging.kinds import kind_of
from tenants.messaging.models import Click, Email, EmailLink
from tenants.messaging.writing.filling import OWN_LINKS, fill_values
from tenants.models import Tenant
from tenants.profiles import contacts

_ID = 22  # characters of an id in base64


def follow_for(*, email: Email, tenant: Tenant) -> Callable[[str, dict[str, Any]], str]:
    """What `render` calls for each link of an email whose clicks count.

    Only the merchant's own destinations pass by us; a link to anywhere else stays as it is.
    """

    def follow(address: str, values: dict[str, Any]) -> str:
        own = next((name for name in OWN_LINKS if values.get(name) == address), None)
        if own is None and not may_lead_to(address, tenant=tenant):
            return address
        link = _link(kind=email.kind, target=own or address)
        token = token_for(email_id=email.id, link_id=link.id)
        path = reverse("messaging:click", urlconf=settings.ROOT_URLCONF, args=[token])
        return absolute_url(tenant, path)

    return follow


@atomic_with_retry
def clicked(*, token: str, tenant: Tenant, now: datetime, count: bool = True) -> str | None:
    """Note a click and give the address to go on to; None for a token that is not ours.

    `count` is off for programs that look at a link before a person does.
    """
    ids = read_token(token)
    if ids is None:
        return None
    email = Email.objects.select_related("profile").filter(id=ids[0]).first()
    link = EmailLink.objects.filter(id=ids[1]).first()
    if email is None or link is None or link.kind != email.kind:
        return None
    target = _target(link, email, tenant)
    if target and count:
        row = Click(email=email, link=link, first_at=now, last_at=now)
        if not insert_if_absent([row]):
            known = Click.objects.filter(email=email, link=link)
            known.update(count=F("count") + 1, last_at=now)
        if email.profile_id is not None:
            contacts.note(profile_id=email.profile_id, at=now)
    return target


def may_lead_to(address: str, *, tenant: Tenant) -> bool:
    """Whether an address is on the merchant's shop, one of their sites, or our own pages of it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return False
    return parts.netloc.lower() in set(_hosts(tenant))


def token_for(*, email_id: uuid.UUID, link_id: uuid.UUID) -> str:
    """87 characters that fit into a path."""
    return f"{_b64(email_id.bytes)}{_b64(link_id.bytes)}{_b64(_signature(email_id, link_id))}"


def read_token(token: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """The ids of the email and of the link that a token names here, or None."""
    try:
        email_id = uuid.UUID(bytes=base64.urlsafe_b64decode(token[:_ID] + "=="))
        link_id = uuid.UUID(bytes=base64.urlsafe_b64decode(token[_ID : 2 * _ID] + "=="))
    except (ValueError, binascii.Error):
        return None
    expected = token_for(email_id=email_id, link_id=link_id)
    return (email_id, link_id) if hmac.compare_digest(token.encode(), expected.encode()) else None


def _hosts(tenant: Tenant) -> Iterable[str]:
    yield urlsplit(origin(tenant)).netloc.lower()
    if tenant.site_url:
        yield urlsplit(tenant.site_url).netloc.lower()
    for address in import_string(settings.EMAIL_DESTINATIONS)():
        yield urlsplit(address).netloc.lower()


def _target(link: EmailLink, email: Email, tenant: Tenant) -> str | None:
    if link.target not in OWN_LINKS:
        # Asked again: a site that was removed since is led to no more.
        return link.target if may_lead_to(link.target, tenant=tenant) else None
    kind = kind_of(email.kind)
    if kind is None:
        return None
    address: str | None = fill_values(email=email, kind=kind, tenant=tenant)[link.target]
    return address


def _link(*, kind: str, target: str) -> EmailLink:
    link = EmailLink.objects.filter(kind=kind, target=target).first()
    if link is None:
        insert_if_absent([EmailLink(kind=kind, target=target[:1000])])
        link = EmailLink.objects.get(kind=kind, target=target[:1000])
    return link


def _signature(email_id: uuid.UUID, link_id: uuid.UUID) -> bytes:
    schema = str(getattr(connection, "schema_name", "") or "public")
    salt = f"messaging.click:{schema}"
    return salted_hmac(salt, f"{email_id}:{link_id}", algorithm="sha256").digest()


def _b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
