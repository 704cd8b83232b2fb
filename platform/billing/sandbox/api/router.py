"""From a request to an answer: the table of addresses, keys, versions, and repeated requests."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from billing.sandbox import API_VERSION, timeline
from billing.sandbox.api import (
    catalogue,
    customers,
    events,
    forms,
    invoices,
    lists,
    sessions,
    subscriptions,
)
from billing.sandbox.errors import RefusalError
from billing.sandbox.store import Json
from billing.sandbox.world import World, new_id

Handler = Callable[..., Json]
_ID = r"([A-Za-z0-9_]+)"
_KEPT_SECONDS = 86_400

_TABLE: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "account", catalogue.account),
    ("POST", "products", catalogue.create_product),
    ("GET", "products", catalogue.list_products),
    ("GET", "products/:id", catalogue.retrieve_product),
    ("POST", "products/:id", catalogue.update_product),
    ("POST", "prices", catalogue.create_price),
    ("GET", "prices", catalogue.list_prices),
    ("GET", "prices/:id", catalogue.retrieve_price),
    ("POST", "prices/:id", catalogue.update_price),
    ("POST", "customers", customers.create),
    ("GET", "customers", customers.list_all),
    ("GET", "customers/:id", customers.retrieve),
    ("POST", "customers/:id", customers.update),
    ("DELETE", "customers/:id", customers.delete),
    ("GET", "customers/:id/payment_methods", customers.list_cards),
    ("GET", "payment_methods/:id", customers.retrieve_card),
    ("POST", "payment_methods/:id/attach", customers.attach_card),
    ("POST", "customers/:id/tax_ids", customers.create_tax_id),
    ("GET", "customers/:id/tax_ids", customers.list_tax_ids),
    ("POST", "subscriptions", subscriptions.create),
    ("GET", "subscriptions", subscriptions.list_all),
    ("GET", "subscriptions/:id", subscriptions.retrieve),
    ("POST", "subscriptions/:id", subscriptions.update),
    ("DELETE", "subscriptions/:id", subscriptions.cancel),
    ("POST", "subscription_schedules", subscriptions.create_schedule),
    ("GET", "subscription_schedules", subscriptions.list_schedules),
    ("GET", "subscription_schedules/:id", subscriptions.retrieve_schedule),
    ("POST", "subscription_schedules/:id", subscriptions.update_schedule),
    ("POST", "subscription_schedules/:id/release", subscriptions.release_schedule),
    ("POST", "invoices/create_preview", invoices.preview),
    ("GET", "invoices", invoices.list_all),
    ("GET", "invoices/:id", invoices.retrieve),
    ("POST", "invoices/:id/pay", invoices.pay),
    ("POST", "checkout/sessions", sessions.create_checkout),
    ("GET", "checkout/sessions", sessions.list_checkouts),
    ("GET", "checkout/sessions/:id", sessions.retrieve_checkout),
    ("POST", "checkout/sessions/:id/expire", sessions.expire_checkout),
    ("POST", "billing_portal/configurations", sessions.create_configuration),
    ("GET", "billing_portal/configurations", sessions.list_configurations),
    ("POST", "billing_portal/configurations/:id", sessions.update_configuration),
    ("POST", "billing_portal/sessions", sessions.create_portal),
    ("GET", "events", events.list_all),
    ("GET", "events/:id", events.retrieve),
)
_ROUTES = tuple(
    (method, re.compile("/v1/" + path.replace(":id", _ID)), handler)
    for method, path, handler in _TABLE
)


@dataclass(frozen=True)
class Answer:
    status: int
    body: Json
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(
    world: World, *, method: str, path: str, query: str, body: str, headers: Mapping[str, str]
) -> Answer:
    """What Stripe would answer; `headers` with lower-case names."""
    request = {"id": new_id("req"), "idempotency_key": None}
    told = {"Request-Id": str(request["id"]), "Stripe-Version": API_VERSION}
    try:
        _check(headers)
        handler, ids = _find(method, path)
        params = forms.read(body if method == "POST" else query)
        timeline.catch_up(world)
        run = partial(_run, world, handler, ids, params, request)
        key = headers.get("idempotency-key", "") if method == "POST" else ""
        if not key:
            return Answer(200, run(), told)
        request["idempotency_key"] = key
        asked = hashlib.sha256(f"{method} {path} {json.dumps(params)}".encode()).hexdigest()
        return _once(world, key, asked, run, told)
    except RefusalError as refusal:
        return Answer(refusal.status, refusal.body, told)


def _check(headers: Mapping[str, str]) -> None:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not key.startswith(("sk_test_", "rk_test_")):
        raise RefusalError(
            "Invalid API Key provided: the double takes test keys only (sk_test_…).", status=401
        )
    version = headers.get("stripe-version", API_VERSION)
    if version != API_VERSION:
        raise RefusalError(f"The double speaks {API_VERSION} only, not {version}.")


def _find(method: str, path: str) -> tuple[Handler, tuple[str, ...]]:
    for wanted, pattern, handler in _ROUTES:
        found = pattern.fullmatch(path)
        if found and wanted == method:
            return handler, found.groups()
    raise RefusalError(f"Unrecognized request URL ({method}: {path}).", status=404)


def _run(world: World, handler: Handler, ids: tuple[str, ...], params: Json, request: Json) -> Json:
    """One request in one transaction; a refusal takes everything back, unless it says `keep`."""
    kept: RefusalError | None = None
    with world.store.transaction():
        world.request = request
        try:
            done = handler(world, params, *ids)
            answered: dict[str, Any] = lists.expand(world, done, params)
        except RefusalError as refusal:
            if not refusal.keep:
                raise
            kept, answered = refusal, {}
        finally:
            world.request = {"id": None, "idempotency_key": None}
    if kept is not None:
        raise kept
    return answered


def _once(
    world: World, key: str, asked: str, run: Callable[[], Json], told: Mapping[str, str]
) -> Answer:
    """The same key gives the same answer, for a day; with another body it is refused."""
    with world.store.transaction():
        db = world.store.db
        db.execute("DELETE FROM answers WHERE at < ?", (world.now - _KEPT_SECONDS,))
        row = db.execute("SELECT asked, status, body FROM answers WHERE key = ?", (key,)).fetchone()
        if row is not None and row[0] != asked:
            raise RefusalError(
                "Keys for idempotent requests can only be used with the same parameters they were"
                f" first used with. Try using a key other than '{key}' if you meant to execute a"
                " different request.",
                kind="idempotency_error",
            )
        if row is not None:
            return Answer(row[1], json.loads(row[2]), {**told, "Idempotent-Replayed": "true"})
        db.execute("SAVEPOINT one")
        try:
            result = Answer(200, run(), told)
        except RefusalError as refusal:
            if not refusal.keep:
                # What never began is not remembered: the caller may mend it and try again.
                db.execute("ROLLBACK TO one")
                return Answer(refusal.status, refusal.body, told)
            result = Answer(refusal.status, refusal.body, told)
        db.execute(
            "INSERT INTO answers (key, asked, status, body, at) VALUES (?, ?, ?, ?, ?)",
            (key, asked, result.status, json.dumps(result.body), world.now),
        )
        return result
