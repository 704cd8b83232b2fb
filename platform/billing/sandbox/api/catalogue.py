"""Products, prices, and the account itself."""

from billing.sandbox import shapes
from billing.sandbox.api.forms import flag, known, merged, need, whole
from billing.sandbox.api.lists import page
from billing.sandbox.errors import RefusalError, invalid
from billing.sandbox.store import Json
from billing.sandbox.world import ACCOUNT, World

_PRODUCT = ("name", "description", "active", "metadata", "tax_code", "unit_label", "url")
_PRICE = ("active", "lookup_key", "metadata", "nickname", "tax_behavior", "transfer_lookup_key")


def account(_world: World, _params: Json) -> Json:
    return {
        "id": ACCOUNT,
        "object": "account",
        "business_type": "company",
        "charges_enabled": True,
        "country": "FR",
        "default_currency": "eur",
        "details_submitted": True,
        "email": None,
        "payouts_enabled": True,
        "settings": {"dashboard": {"display_name": "Ricochet"}},
        "type": "standard",
    }


def create_product(world: World, params: Json) -> Json:
    known(params, "id", *_PRODUCT)
    product = shapes.product(world.now) | {"name": need(params, "name")}
    if wanted := params.get("id"):
        if world.store.get(wanted):
            raise RefusalError(
                "Product already exists.", code="resource_already_exists", param="id"
            )
        product["id"] = wanted
    _write_product(product, params)
    return world.add(product, told="product.created")


def update_product(world: World, params: Json, product_id: str) -> Json:
    known(params, *_PRODUCT)
    product = world.need(product_id, "product")
    _write_product(product, params)
    return world.change(product, told="product.updated", updated=world.now)


def _write_product(product: Json, params: Json) -> None:
    for name in ("name", "description", "tax_code", "unit_label", "url"):
        if name in params:
            product[name] = params[name] or None
    product["active"] = flag(params, "active", default=product["active"])
    product["metadata"] = merged(product["metadata"], params.get("metadata"))


def retrieve_product(world: World, _params: Json, product_id: str) -> Json:
    return world.need(product_id, "product")


def list_products(world: World, params: Json) -> Json:
    rows = world.store.all("product")
    if "active" in params:
        rows = [row for row in rows if row["active"] == flag(params, "active")]
    if ids := params.get("ids"):
        rows = [row for row in rows if row["id"] in ids]
    return page(rows, params, url="/v1/products", filters=("active", "ids"))


def create_price(world: World, params: Json) -> Json:
    known(params, "product", "currency", "unit_amount", "recurring", *_PRICE)
    product = world.need(need(params, "product"), "product", param="product")
    amount = whole(params, "unit_amount")
    if amount is None or amount < 0:
        raise invalid("unit_amount", "Invalid non-negative integer")
    price = shapes.price(world.now)
    price.update(
        product=product["id"],
        currency=need(params, "currency"),
        unit_amount=amount,
        unit_amount_decimal=str(amount),
    )
    if recurring := params.get("recurring"):
        interval = need(recurring, "interval")
        if interval not in ("day", "week", "month", "year"):
            raise invalid("recurring[interval]", "Invalid recurring[interval]")
        price["type"] = "recurring"
        price["recurring"] = {
            "interval": interval,
            "interval_count": whole(recurring, "interval_count") or 1,
            "meter": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        }
    _write_price(world, price, params)
    return world.add(price, told="price.created")


def update_price(world: World, params: Json, price_id: str) -> Json:
    known(params, *_PRICE)
    price = world.need(price_id, "price")
    _write_price(world, price, params)
    world.change(price, told="price.updated")
    _show(world, price)
    return price


def _write_price(world: World, price: Json, params: Json) -> None:
    for name in ("nickname", "tax_behavior"):
        if name in params:
            price[name] = params[name] or None
    price["active"] = flag(params, "active", default=price["active"])
    price["metadata"] = merged(price["metadata"], params.get("metadata"))
    if "lookup_key" not in params:
        return
    key = params["lookup_key"] or None
    for other in world.store.all("price"):
        if key and other["lookup_key"] == key and other["id"] != price["id"]:
            if not flag(params, "transfer_lookup_key"):
                raise RefusalError(
                    f"A price (`{other['id']}`) already uses that lookup key.",
                    code="resource_already_exists",
                    param="lookup_key",
                )
            world.change(other, told="price.updated", lookup_key=None)
            _show(world, other)
    price["lookup_key"] = key


def _show(world: World, price: Json) -> None:
    """A subscription is answered with its price as it stands now."""
    for subscription in world.store.all("subscription"):
        item = subscription["items"]["data"][0]
        if item["price"]["id"] == price["id"]:
            subscription["items"]["data"] = [item | {"price": price}]
            world.store.put(subscription)


def retrieve_price(world: World, _params: Json, price_id: str) -> Json:
    return world.need(price_id, "price")


def list_prices(world: World, params: Json) -> Json:
    rows = world.store.all("price")
    if "active" in params:
        rows = [row for row in rows if row["active"] == flag(params, "active")]
    if keys := params.get("lookup_keys"):
        rows = [row for row in rows if row["lookup_key"] in keys]
    for name in ("product", "type", "currency"):
        if name in params:
            rows = [row for row in rows if row[name] == params[name]]
    filters = ("active", "lookup_keys", "product", "type", "currency")
    return page(rows, params, url="/v1/prices", filters=filters)
