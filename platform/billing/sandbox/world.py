"""The double's world: its store, its clock, and the events that it tells."""

import copy
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from billing.sandbox import API_VERSION
from billing.sandbox.errors import missing
from billing.sandbox.store import Json, Store

ACCOUNT = "acct_1RicochetDouble"


class World:
    """Everything a request works with.

    The clock is the machine's, moved forward by `advance`; with `frozen_at` it stands still
    between two moves, as Stripe's test clocks do.
    """

    def __init__(self, store: Store, *, frozen_at: int | None = None) -> None:
        self.store = store
        self.frozen = frozen_at is not None
        if frozen_at is not None:
            store.set("frozen_at", store.setting("frozen_at", frozen_at))
        self.on_event: Callable[[Json], None] = lambda _event: None
        self.request: Json = {"id": None, "idempotency_key": None}
        self._at: int | None = None

    # ------------------------------------------------------------ the clock
    @property
    def now(self) -> int:
        """Seconds since 1970: the moment at hand, also while time is being caught up with."""
        return self.clock if self._at is None else self._at

    @property
    def clock(self) -> int:
        if self.frozen:
            return int(self.store.setting("frozen_at", 0))
        return int(time.time()) + int(self.store.setting("clock_offset", 0))

    def advance(self, seconds: int) -> None:
        """Move the clock forward; it never goes back."""
        name = "frozen_at" if self.frozen else "clock_offset"
        self.store.set(name, int(self.store.setting(name, 0)) + max(0, seconds))

    @contextmanager
    def at(self, moment: int) -> Iterator[None]:
        """Do something as of a moment that has passed."""
        self._at = moment
        try:
            yield
        finally:
            self._at = None

    # ------------------------------------------------------------ objects
    def need(self, thing_id: str, kind: str, *, param: str = "id") -> Json:
        """An object that has to be there, or Stripe's refusal."""
        found = self.store.get(thing_id, kind)
        if found is None:
            raise missing(kind.rpartition(".")[2].replace("_", " "), thing_id, param=param)
        return found

    def add(self, thing: Json, *, told: str = "", secret: Json | None = None) -> Json:
        """Keep a new object, and tell it as an event."""
        self.store.put(thing, secret=secret or {})
        if told:
            self.emit(told, thing)
        return thing

    def change(self, thing: Json, *, told: str = "", **changes: object) -> Json:
        """Change an object in place, keep it, and tell what it was before."""
        before = {key: copy.deepcopy(thing.get(key)) for key in changes if key in thing}
        differs = {key: old for key, old in before.items() if old != changes[key]}
        thing.update(changes)
        self.store.put(thing)
        if told:
            self.emit(told, thing, previous=differs or None)
        return thing

    # ------------------------------------------------------------ events
    def emit(self, kind: str, thing: Json, *, previous: Json | None = None) -> Json:
        """Keep an event, as of now, and hand it to the sender."""
        data: Json = {"object": copy.deepcopy(thing)}
        if previous is not None:
            data["previous_attributes"] = previous
        event = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now,
            "data": data,
            "livemode": False,
            "pending_webhooks": 1,
            "request": dict(self.request),
            "type": kind,
        }
        self.store.put(event, secret={})
        self.on_event(event)
        return event


def new_id(prefix: str) -> str:
    """An id like Stripe's: `sub_1N…`."""
    return f"{prefix}_{secrets.token_urlsafe(18).replace('-', 'x').replace('_', 'y')}"
