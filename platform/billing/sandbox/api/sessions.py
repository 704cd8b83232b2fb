"""Sessions of the checkout page and of the customer portal, and the portal's settings."""

from typing import Any

from billing.sandbox import shapes, shapes_billing
from billing.sandbox.api.forms import among, flag, known, merged, need, whole
from billing.sandbox.api.lists import page
from billing.sandbox.api.subscriptions import trial_end_of
from billing.sandbox.errors import RefusalError, invalid
from billing.sandbox.store import Json
from billing.sandbox.world import World, new_id

_TWO_DAYS = 2 * 86_400
_FLOWS = (
    "payment_method_update",
    "subscription_cancel",
    "subscription_update",
    "subscription_update_confirm",
)


def create_checkout(world: World, params: Json) -> Json:
    known(
        params, "mode", "line_items", "customer", "client_reference_id", "success_url",
        "cancel_url", "subscription_data", "metadata", "locale", "tax_id_collection",
        "automatic_tax", "customer_update", "billing_address_collection", "expires_at",
        "payment_method_collection", "allow_promotion_codes",
    )  # fmt: skip
    if params.get("mode") != "subscription":
        raise invalid("mode", "The double sells subscriptions only.")
    customer = world.need(need(params, "customer"), "customer", param="customer")
    rows = params.get("line_items")
    if not isinstance(rows, list) or len(rows) != 1:
        raise invalid("line_items", "The double sells one item in a subscription.")
    price = world.need(need(rows[0], "price"), "price", param="line_items[0][price]")
    if price["type"] != "recurring" or not price["active"]:
        raise invalid("line_items[0][price]", "The price must be active and recurring.")
    trial_end = _subscription_data(world, params)
    session = shapes_billing.checkout(world.now)
    _who_and_where(session, customer, params)
    amount = 0 if trial_end else price["unit_amount"]
    session.update(
        amount_subtotal=amount,
        amount_total=amount,
        expires_at=_expiry(world, params) or session["expires_at"],
        url=f"{world.store.setting('base_url', '')}/checkout/{session['id']}",
    )
    line = {
        "id": new_id("li"),
        "object": "item",
        "amount_subtotal": price["unit_amount"],
        "amount_total": price["unit_amount"],
        "currency": price["currency"],
        "description": price["nickname"],
        "price": price,
        "quantity": 1,
    }
    url = f"/v1/checkout/sessions/{session['id']}/line_items"
    data = params.get("subscription_data") or {}
    secret = {
        "line_items": shapes.listing([line], url),
        "trial_end": trial_end,
        "metadata": merged({}, data.get("metadata")),
    }
    return world.add(session, secret=secret)


def _subscription_data(world: World, params: Json) -> int | None:
    """The end of the trial that is asked for: two days ahead at least, as Stripe wants it."""
    data = params.get("subscription_data") or {}
    known(data, "metadata", "trial_end", "trial_period_days", "description")
    trial_end = trial_end_of(world, data)
    if trial_end is not None and trial_end < world.now + _TWO_DAYS:
        raise invalid(
            "subscription_data[trial_end]",
            "The `trial_end` date has to be at least 2 days in the future.",
        )
    return trial_end


def _expiry(world: World, params: Json) -> int | None:
    at = whole(params, "expires_at")
    if at is not None and not world.now + 1_800 <= at <= world.now + 86_400:
        raise invalid("expires_at", "`expires_at` must be between 30 minutes and 24 hours ahead.")
    return at


def _who_and_where(session: Json, customer: Json, params: Json) -> None:
    tax_ids = flag(params.get("tax_id_collection") or {}, "enabled")
    taxed = flag(params.get("automatic_tax") or {}, "enabled")
    update = params.get("customer_update") or {}
    known(update, "name", "address", "shipping")
    if tax_ids and update.get("name") != "auto":
        raise RefusalError(
            "Tax ID collection requires updating business name on the customer. To enable tax ID"
            " collection for an existing customer, please set `customer_update[name]` to `auto`.",
            param="customer_update[name]",
        )
    if taxed and update.get("address") != "auto" and not customer["address"]:
        raise RefusalError(
            "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a"
            " valid address to the Customer or set `customer_update[address]` to 'auto'.",
            code="customer_tax_location_invalid",
        )
    session["tax_id_collection"]["enabled"] = tax_ids
    session["automatic_tax"]["enabled"] = taxed
    session.update(
        customer=customer["id"],
        client_reference_id=params.get("client_reference_id"),
        success_url=need(params, "success_url"),
        cancel_url=params.get("cancel_url"),
        locale=params.get("locale"),
        metadata=merged({}, params.get("metadata")),
        billing_address_collection=params.get("billing_address_collection"),
        payment_method_collection=among(
            params, "payment_method_collection", "always", "if_required", default="always"
        ),
    )


def retrieve_checkout(world: World, _params: Json, session_id: str) -> Json:
    return world.need(session_id, "checkout.session")


def expire_checkout(world: World, _params: Json, session_id: str) -> Json:
    session = world.need(session_id, "checkout.session")
    if session["status"] != "open":
        raise RefusalError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout'
            f" Session has a status of `{session['status']}`."
        )
    return world.change(session, told="checkout.session.expired", status="expired", url=None)


def list_checkouts(world: World, params: Json) -> Json:
    rows = world.store.all("checkout.session")
    for name in ("customer", "subscription", "status"):
        if value := params.get(name):
            rows = [row for row in rows if row[name] == value]
    filters = ("customer", "subscription", "status")
    return page(rows, params, url="/v1/checkout/sessions", filters=filters)


# ---------------------------------------------------------------- the portal
def create_configuration(world: World, params: Json) -> Json:
    known(params, "features", "business_profile", "default_return_url", "metadata", "name")
    configuration = {
        "id": new_id("bpc"),
        "object": "billing_portal.configuration",
        "active": True,
        "application": None,
        "business_profile": params.get("business_profile") or {},
        "created": world.now,
        "default_return_url": params.get("default_return_url"),
        "features": _plain(params.get("features") or {}),
        "is_default": not world.store.all("billing_portal.configuration"),
        "livemode": False,
        "login_page": {"enabled": False, "url": None},
        "metadata": merged({}, params.get("metadata")),
        "name": params.get("name"),
        "updated": world.now,
    }
    return world.add(configuration, told="billing_portal.configuration.created")


def update_configuration(world: World, params: Json, configuration_id: str) -> Json:
    known(params, "active", "features", "business_profile", "default_return_url", "metadata")
    found = world.need(configuration_id, "billing_portal.configuration")
    return world.change(
        found,
        told="billing_portal.configuration.updated",
        active=flag(params, "active", default=found["active"]),
        features=found["features"] | _plain(params.get("features") or {}),
        metadata=merged(found["metadata"], params.get("metadata")),
        updated=world.now,
    )


def _plain(value: Any) -> Any:
    """Texts of a form as what they stand for."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return {"true": True, "false": False}.get(value, value)


def list_configurations(world: World, params: Json) -> Json:
    rows = world.store.all("billing_portal.configuration")
    if "active" in params:
        rows = [row for row in rows if row["active"] == flag(params, "active")]
    filters = ("active", "is_default")
    return page(rows, params, url="/v1/billing_portal/configurations", filters=filters)


def create_portal(world: World, params: Json) -> Json:
    known(params, "customer", "return_url", "configuration", "flow_data", "locale")
    customer = world.need(need(params, "customer"), "customer", param="customer")
    found = params.get("configuration")
    if found:
        world.need(found, "billing_portal.configuration", param="configuration")
    else:
        defaults = world.store.all("billing_portal.configuration")
        found = next((one["id"] for one in defaults if one["is_default"]), None)
    if not found:
        raise RefusalError(
            "No configuration provided and your test mode default configuration has not been"
            " created. Provide a configuration or create your default."
        )
    session = shapes_billing.portal(world.now, customer=customer["id"], configuration=found)
    flow = params.get("flow_data")
    if flow:
        kind = among(flow, "type", *_FLOWS, default="")
        session["flow"] = {"type": kind, kind: flow.get(kind)}
    session["return_url"] = params.get("return_url")
    session["locale"] = params.get("locale")
    session["url"] = f"{world.store.setting('base_url', '')}/portal/{session['id']}"
    return world.add(session)
