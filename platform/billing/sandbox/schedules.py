"""Schedules: what a subscription becomes at its period's end."""

from billing.sandbox import money, shapes_billing
from billing.sandbox.errors import RefusalError, invalid
from billing.sandbox.store import Json
from billing.sandbox.world import World


def begin(world: World, subscription: Json) -> Json:
    """`from_subscription`: one phase, the period that runs."""
    if subscription["schedule"]:
        raise RefusalError(
            f"You cannot migrate a subscription that is already attached to a schedule:"
            f" {subscription['schedule']}."
        )
    if subscription["cancel_at"]:
        raise RefusalError("You cannot migrate a subscription that is set to be canceled.")
    if subscription["status"] == "canceled":
        raise RefusalError("You cannot migrate a subscription that is canceled.")
    schedule = shapes_billing.schedule(world.now, subscription=subscription)
    schedule["phases"] = [_running(subscription)]
    _set_current(schedule)
    world.add(schedule, told="subscription_schedule.created")
    world.change(subscription, told="customer.subscription.updated", schedule=schedule["id"])
    return schedule


def _running(subscription: Json) -> Json:
    item = subscription["items"]["data"][0]
    return shapes_billing.phase(
        price=item["price"]["id"],
        start=item["current_period_start"],
        end=item["current_period_end"],
        trial_end=subscription["trial_end"] if subscription["status"] == "trialing" else None,
    )


def _set_current(schedule: Json) -> None:
    first = schedule["phases"][0]
    schedule["current_phase"] = {"start_date": first["start_date"], "end_date": first["end_date"]}


def update(world: World, schedule: Json, phases: list[Json], *, end_behavior: str | None) -> Json:
    """Replace the phases: the first has to be the one that runs, unchanged."""
    if schedule["status"] != "active":
        raise RefusalError("You cannot update a schedule that is not active.")
    made: list[Json] = []
    for number, asked in enumerate(phases):
        name = f"phases[{number}]"
        items = asked.get("items") or []
        if len(items) != 1 or "price" not in items[0]:
            raise invalid(f"{name}[items]", "Missing required param: items[0][price].")
        price = world.need(items[0]["price"], "price", param=f"{name}[items][0][price]")
        start = made[-1]["end_date"] if made else int(asked.get("start_date", 0))
        if "end_date" in asked:
            end = int(asked["end_date"])
        elif length := asked.get("duration"):
            count = int(length.get("interval_count", 1))
            end = money.after(start, interval=length["interval"], count=count)
        elif number == len(phases) - 1:
            _, end = money.period_of(price, start)
        else:
            raise invalid(name, f"You must specify `end_date` or `duration` for {name}.")
        if end <= start:
            raise invalid(f"{name}[end_date]", "A phase must end after it starts.")
        trial_end = int(asked["trial_end"]) if asked.get("trial_end") else None
        made.append(
            shapes_billing.phase(price=price["id"], start=start, end=end, trial_end=trial_end)
            | {
                "metadata": asked.get("metadata", {}),
                "proration_behavior": asked.get("proration_behavior", "create_prorations"),
            }
        )
    first = schedule["phases"][0]
    if not made or made[0]["start_date"] != first["start_date"]:
        raise invalid(
            "phases[0][start_date]",
            "You can not modify the start date of the current phase. Pass the original.",
        )
    schedule["current_phase"]["end_date"] = made[0]["end_date"]
    return world.change(
        schedule,
        told="subscription_schedule.updated",
        phases=made,
        end_behavior=end_behavior or schedule["end_behavior"],
    )


def let_go(world: World, subscription: Json, *, at: str = "released") -> None:
    """Detach whatever schedule a subscription has."""
    if not subscription["schedule"]:
        return
    schedule = world.need(subscription["schedule"], "subscription_schedule")
    ends = {"released": "released_at", "completed": "completed_at", "canceled": "canceled_at"}
    world.change(
        schedule,
        told=f"subscription_schedule.{at}",
        status=at,
        subscription=None,
        released_subscription=subscription["id"],
        current_phase=None,
        **{ends[at]: world.now},
    )
    world.change(subscription, told="customer.subscription.updated", schedule=None)


def follow(world: World, subscription: Json) -> None:
    """The subscription was changed directly: the phase that runs is that from now on."""
    if subscription["schedule"]:
        schedule = world.need(subscription["schedule"], "subscription_schedule")
        phases = [_running(subscription), *schedule["phases"][1:]]
        world.change(schedule, told="subscription_schedule.updated", phases=phases)


def price_from(world: World, subscription: Json, moment: int) -> Json | None:
    """The price of the phase that begins at `moment`, if a schedule says so."""
    if not subscription["schedule"]:
        return None
    schedule = world.need(subscription["schedule"], "subscription_schedule")
    for phase in schedule["phases"]:
        if phase["start_date"] <= moment < phase["end_date"]:
            return world.need(phase["items"][0]["price"], "price")
    return None


def step(world: World, subscription: Json, moment: int) -> None:
    """Leave phases that are over; after the last one the subscription is let go."""
    if not subscription["schedule"]:
        return
    schedule = world.need(subscription["schedule"], "subscription_schedule")
    left = [phase for phase in schedule["phases"] if phase["end_date"] > moment]
    if left:
        schedule["phases"] = left
        _set_current(schedule)
        world.change(
            schedule, told="subscription_schedule.updated", current_phase=schedule["current_phase"]
        )
    else:
        let_go(world, subscription, at="completed")
