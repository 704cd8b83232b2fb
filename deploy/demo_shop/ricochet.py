"""The shop's side of Ricochet's API: what any merchant's server has to write, and no more."""

import base64
import hashlib
import hmac
import json
import secrets
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from deploy.demo_shop.orders import Order

_TIMEOUT = 5


@dataclass(frozen=True)
class Script:
    """The address of Ricochet's script with its hash, for the page's tag and policy."""

    src: str
    integrity: str


@dataclass(frozen=True)
class Answer:
    """What the API said to one call: whether it took it, and its words for the shop's admin."""

    accepted: bool
    text: str


@dataclass(frozen=True)
class Ricochet:
    """One merchant's access. `url` is the merchant's origin on Ricochet, without a slash."""

    url: str
    secret_key: str
    public_key: str
    login_key: str = ""
    login_secret: str = ""

    def cagnotte_url(self, *, email: str, first_name: str = "") -> str:
        """The way into the cagnotte of a customer who is logged in here, signed for five minutes.

        Without a key, the page that asks for their address.
        """
        if not self.login_secret:
            return f"{self.url}/espace"
        customer = {"id": email.casefold(), "email": email, "first_name": first_name}
        said = {
            "customer": customer,
            "expires_at": int(time.time()) + 300,
            "nonce": secrets.token_urlsafe(16),
        }
        body = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
        message = f"espace.{self.login_key}.{body}".encode()
        signature = hmac.new(self.login_secret.encode(), message, hashlib.sha256).hexdigest()
        return f"{self.url}/espace/boutique?lien={self.login_key}.{body}.{signature}"

    def script(self) -> Script | None:
        """What `/w/v1.json` says; None while Ricochet is away: a shop goes on without it."""
        try:
            reply = self._open(urllib.request.Request(f"{self.url}/w/v1.json"))  # noqa: S310
            return Script(src=reply["src"], integrity=reply["integrity"])
        except (OSError, ValueError, KeyError):
            return None

    def send_order(self, order: Order) -> Answer:
        """`POST /api/v1/orders`."""
        body: dict[str, Any] = {
            "id": order.id,
            "amount": order.amount,
            "currency": "EUR",
            "ordered_at": order.created_at,
            "customer": {
                "id": order.email.casefold(),
                "email": order.email,
                "first_name": order.first_name,
                "last_name": order.last_name,
            },
        }
        if order.code:
            body["referral_code"] = order.code
        if order.points_hold:
            body["points_hold"] = order.points_hold
        if order.join_loyalty:
            body["join_loyalty"] = True
        if order.visitor:
            body["visitor"] = order.visitor
        return self._post("/api/v1/orders", body, key=f"order-{order.id}")

    def send_refund(self, order: Order, *, number: int, amount: int) -> Answer:
        """`POST /api/v1/orders/<id>/refunds`; `number` counts this order's refunds from 1."""
        refund_id = f"R-{order.id}-{number}"
        body = {
            "id": refund_id,
            "amount": amount,
            "refunded_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        path = f"/api/v1/orders/{quote(order.id, safe='')}/refunds"
        return self._post(path, body, key=f"refund-{refund_id}")

    def call(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """One call for the checkout: status and JSON; (0, {}) while Ricochet is away."""
        request = urllib.request.Request(  # noqa: S310
            self.url + path,
            data=json.dumps(body).encode() if body is not None else None,
            method=method,
            headers={
                "Authorization": f"Bearer {self.secret_key}",
                "Content-Type": "application/json",
                "Idempotency-Key": uuid.uuid4().hex,
            },
        )
        try:
            return 200, self._open(request)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, {}
        except (OSError, ValueError):
            return 0, {}

    def _post(self, path: str, body: dict[str, Any], *, key: str) -> Answer:
        """Post once; the key makes a second try harmless."""
        request = urllib.request.Request(  # noqa: S310
            self.url + path,
            data=json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.secret_key}",
                "Content-Type": "application/json",
                "Idempotency-Key": key,
            },
        )
        try:
            reply = self._open(request)
        except urllib.error.HTTPError as error:
            with error:
                text = error.read(2_000).decode(errors="replace")
                return Answer(False, f"Refusé ({error.code}) : {text}")
        except OSError as error:
            return Answer(False, f"Ricochet ne répond pas : {error}")
        explained = (reply.get("referral") or {}).get("explanation")
        words = explained or json.dumps(reply, ensure_ascii=False)
        return Answer(True, f"Reçu. Parrainage : {words}" if explained else f"Reçu : {words}")

    def _open(self, request: urllib.request.Request) -> dict[str, Any]:
        """Python does not resolve `*.localhost`: connect to loopback, and name the host."""
        url = urlsplit(request.full_url)
        if (url.hostname or "").endswith(".localhost"):
            request.add_header("Host", url.netloc)
            request.host = f"127.0.0.1:{url.port or 80}"
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as reply:  # noqa: S310
            content: dict[str, Any] = json.load(reply)
            return content
