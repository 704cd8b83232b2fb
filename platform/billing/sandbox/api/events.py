"""Events: those of the last thirty days, newest first."""

from fnmatch import fnmatch

from billing.sandbox.api.lists import page
from billing.sandbox.errors import missing
from billing.sandbox.store import Json
from billing.sandbox.world import World

_KEPT = 30 * 86_400


def retrieve(world: World, _params: Json, event_id: str) -> Json:
    event = world.need(event_id, "event")
    if event["created"] < world.now - _KEPT:
        raise missing("event", event_id)
    return event


def list_all(world: World, params: Json) -> Json:
    rows = [row for row in world.store.all("event") if row["created"] >= world.now - _KEPT]
    # Events that were made while time was caught up with bear the moment they belong to.
    rows.sort(key=lambda row: -row["created"])
    if kind := params.get("type"):
        rows = [row for row in rows if fnmatch(row["type"], kind)]
    if kinds := params.get("types"):
        rows = [row for row in rows if any(fnmatch(row["type"], one) for one in kinds)]
    return page(rows, params, url="/v1/events", filters=("type", "types", "delivery_success"))
