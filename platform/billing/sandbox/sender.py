"""Webhooks: signed as Stripe signs them, tried again as Stripe tries, and troubled on request."""

import contextlib
import hashlib
import hmac
import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from billing.sandbox.store import Json
from billing.sandbox.world import World

# Seconds until the next try; after the last one Stripe would go on for three days.
_AGAIN_AFTER = (2, 5, 15, 60, 300, 1_800, 3_600, 3_600)
_ANSWER_SECONDS = 10
Post = Callable[[bytes, dict[str, str]], int]


@dataclass(frozen=True)
class Troubles:
    """How badly events travel: shares of them doubled and dropped, and how late they may be.

    Those that are late overtake each other. With `hold` nothing leaves until `deliver` is called.
    """

    duplicate: float = 0.0
    drop: float = 0.0
    late_seconds: float = 0.0
    hold: bool = False


class Sender:
    """Sends the events of a world to one address."""

    def __init__(self, world: World, *, url: str, secret: str, post: Post | None = None) -> None:
        self.world = world
        self.url = url
        self.secret = secret
        self._post = post or self._over_http
        self._random = random.Random()  # noqa: S311  troubles, not secrets
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        world.on_event = self._plan

    # ------------------------------------------------------------ what shall leave
    @property
    def troubles(self) -> Troubles:
        return Troubles(**self.world.store.setting("troubles", {}))

    @troubles.setter
    def troubles(self, value: Troubles) -> None:
        self.world.store.set("troubles", vars(value))

    def _plan(self, event: Json) -> None:
        """Decide, in the transaction that made the event, when it leaves and how often."""
        troubles = self.troubles
        if troubles.hold or self._random.random() < troubles.drop:
            return
        copies = 2 if self._random.random() < troubles.duplicate else 1
        for _ in range(copies):
            due = time.time() + self._random.random() * troubles.late_seconds
            self.world.store.db.execute(
                "INSERT INTO deliveries (event, due) VALUES (?, ?)", (event["id"], due)
            )

    # ------------------------------------------------------------ sending
    def deliver(self, event_ids: list[str]) -> list[int]:
        """Send these now, in this order, as often as they are named; the statuses answered."""
        return [self._send(self.world.need(event_id, "event")) for event_id in event_ids]

    def send_due(self) -> int:
        """Send what is due; how many were taken. A refusal is tried again later."""
        store = self.world.store
        with store.transaction():
            rows = store.db.execute(
                "SELECT seq, event, tries FROM deliveries WHERE due <= ? ORDER BY due LIMIT 50",
                (time.time(),),
            ).fetchall()
        for seq, event_id, tries in rows:
            status = self._send(self.world.need(event_id, "event"))
            with store.transaction():
                if 200 <= status < 300 or tries >= len(_AGAIN_AFTER):
                    store.db.execute("DELETE FROM deliveries WHERE seq = ?", (seq,))
                else:
                    store.db.execute(
                        "UPDATE deliveries SET tries = tries + 1, due = ? WHERE seq = ?",
                        (time.time() + _AGAIN_AFTER[tries], seq),
                    )
        return len(rows)

    def waiting(self) -> int:
        """How many deliveries have not been answered yet."""
        with self.world.store.transaction():
            row = self.world.store.db.execute("SELECT count(*) FROM deliveries").fetchone()
        return int(row[0])

    def _send(self, event: Json) -> int:
        body = json.dumps(event, indent=2).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": sign(body, secret=self.secret, at=int(time.time())),
        }
        try:
            return self._post(body, headers)
        except (OSError, http.client.HTTPException):
            return 0

    def _over_http(self, body: bytes, headers: dict[str, str]) -> int:
        """POST; names below `.localhost` are this machine, which not every resolver knows."""
        url = urlsplit(self.url)
        name = url.hostname or ""
        here = name.endswith("localhost")
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind("127.0.0.1" if here else name, url.port, timeout=_ANSWER_SECONDS)
        with contextlib.closing(connection):
            connection.request("POST", url.path, body, {**headers, "Host": url.netloc})
            reply = connection.getresponse()
            reply.read()
            return reply.status

    # ------------------------------------------------------------ in the background
    def start(self, tick: Callable[[], None]) -> None:
        """Send by itself from now on; `tick` is called every second, before the sending."""
        self._thread = threading.Thread(target=self._run, args=(tick,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=_ANSWER_SECONDS + 2)

    def _run(self, tick: Callable[[], None]) -> None:
        ticked = 0.0
        while not self._stop.wait(0.1):
            if time.monotonic() - ticked > 1:
                tick()
                ticked = time.monotonic()
            self.send_due()


def sign(body: bytes, *, secret: str, at: int) -> str:
    """The `Stripe-Signature` header of a body."""
    signed = f"{at}.".encode() + body
    return f"t={at},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
