"""Pages of lists, and objects written out in place of their ids."""

from typing import Any

from billing.sandbox.api.forms import known, whole
from billing.sandbox.errors import RefusalError, invalid
from billing.sandbox.store import Json
from billing.sandbox.world import World

_PAGING = ("limit", "starting_after", "ending_before", "created")
_MOST_DEPTH = 4


def page(rows: list[Json], params: Json, *, url: str, filters: tuple[str, ...] = ()) -> Json:
    """One page of rows that come newest first; `created[gte]` and the like, then the filters."""
    known(params, *_PAGING, *filters)
    rows = _created(rows, params.get("created"))
    limit = whole(params, "limit")
    limit = 10 if limit is None else limit
    if not 1 <= limit <= 100:
        raise invalid("limit", "This value must be between 1 and 100.")
    ids = [row["id"] for row in rows]
    if after := params.get("starting_after"):
        start = _place(ids, after, "starting_after") + 1
        chosen, more = rows[start : start + limit], len(rows) > start + limit
    elif before := params.get("ending_before"):
        end = _place(ids, before, "ending_before")
        chosen, more = rows[max(0, end - limit) : end], end > limit
    else:
        chosen, more = rows[:limit], len(rows) > limit
    return {"object": "list", "data": chosen, "has_more": more, "url": url}


def _place(ids: list[str], wanted: str, param: str) -> int:
    if wanted not in ids:
        raise RefusalError(f"No such object: '{wanted}'", code="resource_missing", param=param)
    return ids.index(wanted)


def _created(rows: list[Json], asked: object) -> list[Json]:
    if asked is None:
        return rows
    bounds = asked if isinstance(asked, dict) else {"gte": asked, "lte": asked}
    known(bounds, "gt", "gte", "lt", "lte")
    tests = {name: whole(bounds, name) for name in bounds}
    return [row for row in rows if all(_holds(row["created"], *test) for test in tests.items())]


def _holds(value: int, name: str, bound: int | None) -> bool:
    if bound is None:
        return True
    return {
        "gt": value > bound,
        "gte": value >= bound,
        "lt": value < bound,
        "lte": value <= bound,
    }[name]


def expand(world: World, answer: Json, params: Json) -> Json:
    """Write out what `expand[]` names: `latest_invoice`, `data.customer`…"""
    asked = params.get("expand", [])
    if not isinstance(asked, list):
        raise invalid("expand", "Invalid array")
    for path in asked:
        parts = str(path).split(".")
        if len(parts) > _MOST_DEPTH + 1:
            raise invalid("expand", f"You cannot expand more than {_MOST_DEPTH} levels.")
        _expand(world, answer, parts, path)
    return answer


def _expand(world: World, here: Any, parts: list[str], path: str) -> None:
    if isinstance(here, list):
        for one in here:
            _expand(world, one, parts, path)
        return
    if not isinstance(here, dict):
        return
    name, rest = parts[0], parts[1:]
    if here.get("object") == "checkout.session" and name == "line_items":
        here[name] = world.store.secret(here["id"])["line_items"]
    if name not in here:
        raise invalid("expand", f"This property cannot be expanded ({path}).")
    value = here[name]
    if isinstance(value, str):
        found = world.store.get(value)
        if found is None:
            raise invalid("expand", f"This property cannot be expanded ({path}).")
        here[name] = found
    if rest:
        inner = here[name]
        if isinstance(inner, dict) and inner.get("object") == "list" and rest[0] != "data":
            inner = inner["data"]
        _expand(world, inner, rest, path)
