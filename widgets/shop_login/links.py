"""Links that a shop signs: read, judged, and used once (R24).

`<key>.<body>.<signature>`: the key's public id, the body as base64url of JSON, and the HMAC-SHA256
in hexadecimal of `espace.<key>.<body>` under the key's secret. The body names the customer, the
end of the link and a nonce. A browser gets one answer to whatever is wrong with it.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from kernel.db import atomic_with_retry
from kernel.errors import InvalidInputError
from tenants.profiles import emails
from tenants.profiles.models import Profile
from tenants.profiles.names import clean_name
from tenants.profiles.selectors import by_email, is_claimed
from tenants.profiles.services import Identity, find_or_create
from widgets.models import LinkPurpose, ShopKey, SpaceLink
from widgets.shop_login import keys
from widgets.space.entering import LinkOverError

PURPOSE = "espace"
# A shop makes a link when its customer clicks: minutes are plenty, also for clocks that differ.
LONGEST = timedelta(minutes=15)
LONGEST_TEXT = 2_000
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}\Z")
_CUSTOMER = {"id": 80, "email": 254, "first_name": 80, "last_name": 80}
_BODY = {"customer", "expires_at", "nonce"}


@dataclass(frozen=True, slots=True)
class ShopLink:
    """What a good signature vouches for."""

    key: ShopKey
    identity: Identity
    link_id: uuid.UUID
    expires_at: datetime


class _RefusedError(Exception):
    """Why, for the merchant's page of keys."""


def sign(*, key_id: str, body: str, secret: str) -> str:
    """The signature of a link's body, in hexadecimal."""
    message = f"{PURPOSE}.{key_id}.{body}".encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def read(*, token: str, now: datetime) -> ShopLink:
    """What a link says, without using it; LinkOverError for any that opens nothing (R33)."""
    key_id, _, rest = token.partition(".")
    body, _, signature = rest.partition(".")
    key = keys.find(public_id=key_id) if len(token) <= LONGEST_TEXT else None
    if key is None:
        raise LinkOverError
    try:
        return _judged(key, body, signature, now)
    except _RefusedError as refused:
        keys.note_refusal(key=key, reason=str(refused), now=now)
        raise LinkOverError from None


def use(*, token: str, now: datetime) -> Profile:
    """Use a link, once: whose space it opens. A customer whom only the shop knew is made here.

    LinkOverError for any that opens nothing.
    """
    link = read(token=token, now=now)
    profile = _take(link, _whose(link, now), now)
    keys.note_use(key=link.key, now=now)
    return profile


@atomic_with_retry
def _take(link: ShopLink, identity: Identity, now: datetime) -> Profile:
    # The row is the proof of use: of two taps at once, one writes it.
    row, first = SpaceLink.objects.get_or_create(
        id=link.link_id,
        defaults={
            "purpose": LinkPurpose.SHOP,
            "created_at": now,
            "expires_at": link.expires_at,
            "used_at": now,
        },
    )
    if not first:
        raise LinkOverError
    profile, _made = find_or_create(identity=identity, source="shop", now=now)
    row.profile = profile
    row.save(update_fields=["profile"])
    return profile


def _whose(link: ShopLink, now: datetime) -> Identity:
    """The shop's own id decides: an address that somebody gave themselves opens nobody's space.

    An id that a visitor's browser alone spoke of decides nothing beside an address.
    """
    said = link.identity
    if said.external_id:
        known = Profile.everyone.filter(external_id=said.external_id).first()
        if known is not None and not (said.email and is_claimed(profile=known)):
            return Identity(profile_id=known.id)
        holder = by_email(email=emails.key(said.email)) if said.email else None
        if holder is not None and holder.external_id not in (None, "", said.external_id):
            keys.note_refusal(key=link.key, reason="conflict", now=now)
            raise LinkOverError
    return said


def _judged(key: ShopKey, body: str, signature: str, now: datetime) -> ShopLink:
    if not key.is_valid(now=now):
        raise _RefusedError("key_over")
    expected = sign(key_id=key.public_id, body=body, secret=keys.secret_of(key_id=key.id))
    if not hmac.compare_digest(signature.encode("utf-8", "replace"), expected.encode()):
        raise _RefusedError("signature")
    said = _parse(body)
    expires_at, nonce = said["expires_at"], said["nonce"]
    if isinstance(expires_at, bool) or not isinstance(expires_at, int) or expires_at < 0:
        raise _RefusedError("expires_at")
    if not isinstance(nonce, str) or not _NONCE.match(nonce):
        raise _RefusedError("nonce")
    ends = datetime.fromtimestamp(min(expires_at, 2**33), UTC)
    if ends <= now:
        raise _RefusedError("too_late")
    if ends > now + LONGEST:
        raise _RefusedError("too_long")
    digest = hashlib.sha256(f"{key.public_id}.{nonce}".encode()).digest()
    link_id = uuid.UUID(bytes=digest[:16])
    if SpaceLink.objects.filter(id=link_id).exists():
        raise _RefusedError("used")
    return ShopLink(key, _identity(said["customer"]), link_id, ends)


def _parse(body: str) -> dict[str, Any]:
    try:
        text = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        said = json.loads(text)
    except (ValueError, binascii.Error, RecursionError):
        raise _RefusedError("body") from None
    if not isinstance(said, dict) or set(said) != _BODY:
        raise _RefusedError("body")
    return said


def _identity(customer: object) -> Identity:
    if not isinstance(customer, dict) or not set(customer) <= set(_CUSTOMER):
        raise _RefusedError("customer")
    values = {name: value for name, value in customer.items() if value is not None}
    for name, value in values.items():
        if not isinstance(value, str) or len(value) > _CUSTOMER[name] or "\x00" in value:
            raise _RefusedError("customer")
    email = values.get("email", "").strip()
    external_id = values.get("id", "").strip()
    if not email and not external_id:
        raise _RefusedError("customer")
    try:
        return Identity(
            email=emails.clean(email) if email else "",
            external_id=external_id,
            first_name=clean_name(values.get("first_name", ""), param="first_name"),
            last_name=clean_name(values.get("last_name", ""), param="last_name"),
        )
    except InvalidInputError:
        raise _RefusedError("customer") from None
