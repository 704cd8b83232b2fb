"""Subscriptions and their schedules."""

from billing.sandbox import schedules, subscriptions
from billing.sandbox.api.forms import among, flag, known, merged, need, whole
from billing.sandbox.api.lists import page
from billing.sandbox.errors import RefusalError, invalid
from billing.sandbox.store import Json
from billing.sandbox.world import World

_PRORATIONS = ("create_prorations", "always_invoice", "none")
_PAYMENTS = ("allow_incomplete", "error_if_incomplete")


def create(world: World, params: Json) -> Json:
    known(
        params, "customer", "items", "metadata", "trial_end", "trial_period_days",
        "default_payment_method", "automatic_tax", "payment_behavior", "trial_settings",
    )  # fmt: skip
    customer = world.need(need(params, "customer"), "customer", param="customer")
    items = params.get("items")
    if not isinstance(items, list) or len(items) != 1:
        raise invalid("items", "The double sells one item in a subscription.")
    price = world.need(need(items[0], "price"), "price", param="items[0][price]")
    return subscriptions.begin(
        world,
        customer=customer,
        price=price,
        metadata=merged({}, params.get("metadata")),
        trial_end=trial_end_of(world, params),
        automatic_tax=flag(params.get("automatic_tax") or {}, "enabled"),
        card=params.get("default_payment_method"),
    )


def trial_end_of(world: World, params: Json) -> int | None:
    days = whole(params, "trial_period_days")
    return world.now + days * 86_400 if days else whole(params, "trial_end")


def retrieve(world: World, _params: Json, subscription_id: str) -> Json:
    return world.need(subscription_id, "subscription")


def list_all(world: World, params: Json) -> Json:
    """Without `status` those that have not ended, as Stripe does."""
    rows = world.store.all("subscription")
    status = params.get("status")
    if status is None:
        rows = [row for row in rows if row["status"] not in ("canceled", "incomplete_expired")]
    elif status == "ended":
        rows = [row for row in rows if row["status"] in ("canceled", "incomplete_expired")]
    elif status != "all":
        rows = [row for row in rows if row["status"] == status]
    if customer := params.get("customer"):
        world.need(customer, "customer", param="customer")
        rows = [row for row in rows if row["customer"] == customer]
    if price := params.get("price"):
        rows = [row for row in rows if row["items"]["data"][0]["price"]["id"] == price]
    filters = ("customer", "price", "status")
    return page(rows, params, url="/v1/subscriptions", filters=filters)


def update(world: World, params: Json, subscription_id: str) -> Json:
    known(
        params, "items", "proration_behavior", "payment_behavior", "proration_date", "metadata",
        "cancel_at", "cancel_at_period_end", "trial_end", "default_payment_method",
    )  # fmt: skip
    subscription = world.need(subscription_id, "subscription")
    if subscription["status"] in ("canceled", "incomplete_expired"):
        raise RefusalError("A canceled subscription can only update its cancellation_details.")
    if "metadata" in params:
        metadata = merged(subscription["metadata"], params["metadata"])
        world.change(subscription, told="customer.subscription.updated", metadata=metadata)
    if card := params.get("default_payment_method"):
        world.need(card, "payment_method", param="default_payment_method")
        world.change(
            subscription, told="customer.subscription.updated", default_payment_method=card
        )
    change_end(world, subscription, params)
    if "items" in params:
        price = price_in(world, subscription, params["items"])
        subscriptions.switch(
            world,
            subscription,
            price,
            proration=among(
                params, "proration_behavior", *_PRORATIONS, default="create_prorations"
            ),
            payment=among(params, "payment_behavior", *_PAYMENTS, default="allow_incomplete"),
            as_of=proration_date(subscription, params),
        )
    return world.need(subscription_id, "subscription")


def proration_date(subscription: Json, params: Json) -> int | None:
    """`proration_date`, which has to lie in the period that runs."""
    at = whole(params, "proration_date")
    item = subscription["items"]["data"][0]
    if at is None or item["current_period_start"] <= at <= item["current_period_end"]:
        return at
    raise invalid("proration_date", "`proration_date` must lie within the current period.")


def price_in(world: World, subscription: Json, items: object) -> Json:
    """The price that `items` asks for, of the one item there is."""
    own = subscription["items"]["data"][0]["id"]
    if not isinstance(items, list) or len(items) != 1 or items[0].get("id") != own:
        raise invalid("items[0][id]", "Name the subscription's one item.")
    price = world.need(need(items[0], "price"), "price", param="items[0][price]")
    if not price["active"]:
        raise invalid("items[0][price]", "The price specified is inactive.")
    return price


def change_end(world: World, subscription: Json, params: Json) -> None:
    """What `params` say of its end, or of its trial's."""
    ends = subscription["items"]["data"][0]["current_period_end"]
    if "cancel_at" in params:
        asked = params["cancel_at"]
        period = asked in ("min_period_end", "max_period_end")
        at = ends if period else (whole(params, "cancel_at") if asked else None)
        subscriptions.plan_end(world, subscription, at)
    elif "cancel_at_period_end" in params:
        at_end = flag(params, "cancel_at_period_end")
        subscriptions.plan_end(world, subscription, ends if at_end else None)
        world.change(subscription, cancel_at_period_end=at_end)
    if params.get("trial_end") == "now" and subscription["status"] == "trialing":
        item = subscription["items"]["data"][0] | {"current_period_end": world.now}
        subscription["items"]["data"] = [item]
        world.change(subscription, trial_end=world.now)
        subscriptions.renew(world, subscription)


def cancel(world: World, params: Json, subscription_id: str) -> Json:
    known(params, "invoice_now", "prorate", "cancellation_details")
    prorate = flag(params, "prorate") and flag(params, "invoice_now")
    found = world.need(subscription_id, "subscription")
    return subscriptions.end(world, found, prorate=prorate)


# ---------------------------------------------------------------- schedules
def create_schedule(world: World, params: Json) -> Json:
    known(params, "from_subscription")
    found = world.need(need(params, "from_subscription"), "subscription", param="from_subscription")
    return schedules.begin(world, found)


def retrieve_schedule(world: World, _params: Json, schedule_id: str) -> Json:
    return world.need(schedule_id, "subscription_schedule")


def update_schedule(world: World, params: Json, schedule_id: str) -> Json:
    known(params, "phases", "end_behavior", "proration_behavior", "metadata")
    schedule = world.need(schedule_id, "subscription_schedule")
    phases = params.get("phases")
    if not isinstance(phases, list):
        raise invalid("phases", "Invalid array")
    behavior = among(params, "end_behavior", "release", "cancel", default="release")
    return schedules.update(world, schedule, phases, end_behavior=behavior)


def release_schedule(world: World, params: Json, schedule_id: str) -> Json:
    known(params, "preserve_cancel_date")
    schedule = world.need(schedule_id, "subscription_schedule")
    if schedule["status"] != "active":
        raise RefusalError(
            f"You cannot release a subscription schedule that is in the `{schedule['status']}`"
            " status."
        )
    schedules.let_go(world, world.need(schedule["subscription"], "subscription"))
    return world.need(schedule_id, "subscription_schedule")


def list_schedules(world: World, params: Json) -> Json:
    rows = world.store.all("subscription_schedule")
    if customer := params.get("customer"):
        rows = [row for row in rows if row["customer"] == customer]
    return page(rows, params, url="/v1/subscription_schedules", filters=("customer",))
