"""How often one address, or one public key, may report.

Counted per minute in the cache, so per tenant (R21). With the cache down nothing is counted and
nothing refused: a forged report earns nothing that a trusted source does not confirm.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.throttles import client_address

_WINDOW = 60
# Behind one address there may be a shop's whole Wi-Fi, or a carrier's town: every visit is a
# greeting, and few of them end in an order.
GREETINGS, PER_ADDRESS = 600, 60
# Greetings and accounts. Orders have no budget in common: whoever used it up, with a key that
# stands in every page, would silence the shop.
PER_KEY = 1_200


@dataclass(frozen=True, slots=True)
class Verdict:
    """One count against a limit; `reset` is in seconds."""

    limit: int
    used: int
    reset: int

    @property
    def exceeded(self) -> bool:
        return self.used > self.limit

    @property
    def headers(self) -> dict[str, str]:
        """RateLimit fields for the answer, with Retry-After where it was refused."""
        fields = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(self.limit - self.used, 0)),
            "RateLimit-Reset": str(self.reset),
        }
        return fields | ({"Retry-After": str(self.reset)} if self.exceeded else {})


def count(*, name: str, value: str, limit: int, now: datetime) -> Verdict:
    """Count one more call of `value` in this minute against `limit`."""
    second = int(now.timestamp())
    digest = hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()[:32]
    key = f"tracker:{name}:{digest}:{second // _WINDOW}"
    reset = _WINDOW - second % _WINDOW
    if cache.add(key, 1, _WINDOW * 2):
        return Verdict(limit, 1, reset)
    try:
        used = int(cache.incr(key))
    except ValueError:
        # The entry went between the two calls: a cache that was emptied, or is full.
        used = 1
    return Verdict(limit, used, reset)


def caller(request: HttpRequest) -> str:
    """The network that a request comes from, unreadable: a keyed hash of the IPv4 or IPv6 /64."""
    address = client_address(request)
    bits = 64 if ipaddress.ip_address(address).version == 6 else 32
    network = str(ipaddress.ip_network(f"{address}/{bits}", strict=False))
    return salted_hmac("widgets.tracker.caller", network).hexdigest()


def of_network(request: HttpRequest, *, greets: bool, now: datetime) -> Verdict:
    """Count one more report of this network: a greeting, or an order or account."""
    name, limit = ("greeting", GREETINGS) if greets else ("address", PER_ADDRESS)
    return count(name=name, value=caller(request), limit=limit, now=now)


def device(request: HttpRequest) -> str:
    """What the request tells of the browser: its network and its name for itself (R43).

    "" from an address that is not on the public network: a proxy's own would make one device of
    all customers.
    """
    agent = request.headers.get("User-Agent", "").strip()
    if not agent or not ipaddress.ip_address(client_address(request)).is_global:
        return ""
    return f"{caller(request)}|{agent}"
