"""`make bench`: measures, prints the table, and keeps it in results.md beside this file.

make bench                          about a quarter of an hour, half of it for the fleet
make bench ARGS="--quick"           sees that all of it works; nothing is kept
make bench ARGS="--only orders"     one part; nothing is kept
"""

import argparse
from collections.abc import Callable

import rich

from deploy.local.stack import Stack
from tests.benchmarks import (
    clicks,
    customers,
    fleet,
    orders,
    participations,
    partners,
    place,
    provisioning,
    recalculation,
    results,
    signups,
    sizes,
    tenancy,
)

_OVER_HTTP = {"orders", "clicks", "participations"}


def main() -> None:
    options = _options()
    parts = [name for name in PARTS if name in (options.only or PARTS)]
    rows: list[results.Row] = []
    rich.print("Starting PostgreSQL and Valkey…")
    with place.running_stack() as stack:
        bench = Bench(stack, place.open_shop(), options)
        for name in parts:
            if name in _OVER_HTTP and "web" not in stack.parts:
                place.start_web(stack)
            words, measure = PARTS[name]
            rich.print(f"{words}…")
            rows += measure(bench)
        conditions = results.machine(place.postgres_version())
    results.show(rows, conditions=conditions)
    if not (options.quick or options.only):
        results.keep(rows, conditions=conditions)


class Bench:
    """Where it is measured, and how long or often."""

    def __init__(self, stack: Stack, shop: place.Shop, options: argparse.Namespace) -> None:
        self.stack, self.shop, self.quick = stack, shop, options.quick
        self.load = {
            "stack": stack,
            "shop": shop,
            "seconds": 1.0 if self.quick else options.seconds,
        }
        self.rounds = 2 if self.quick else options.rounds
        self.requests = 100 if self.quick else options.requests

    def many(self, number: int, *, quick: int) -> int:
        return quick if self.quick else number


def _recalculation(bench: Bench) -> list[results.Row]:
    facts = bench.many(recalculation.FACTS, quick=2_000)
    return recalculation.measure(facts=facts, sample=facts // 100)


def _customers(bench: Bench) -> list[results.Row]:
    lines = bench.many(customers.LINES, quick=4_000)
    return customers.measure(lines=lines, sample=lines // 100)


def _sizes(bench: Bench) -> list[results.Row]:
    many = bench.many(sizes.CUSTOMERS, quick=5_000)
    return sizes.measure(customers=many, rounds=min(bench.rounds, 5))


def _orders(bench: Bench) -> list[results.Row]:
    return orders.measure(**bench.load) + orders.measure_with_worker(**bench.load)


def _fleet(bench: Bench) -> list[results.Row]:
    return fleet.measure(
        small=bench.many(fleet.SMALL, quick=4), large=bench.many(fleet.LARGE, quick=12)
    )


# In the order in which they are measured: what fills the database most comes last.
PARTS: dict[str, tuple[str, Callable[[Bench], list[results.Row]]]] = {
    "provisioning": ("Making merchants", lambda b: provisioning.measure(rounds=b.rounds)),
    "partners": (
        "Inviting partners",
        lambda b: partners.measure(slug=place.SLUG, rounds=b.rounds),
    ),
    "signups": ("Signing up", lambda b: signups.measure(rounds=b.rounds)),
    "tenancy": (
        "Asking with and without tenancy",
        lambda b: tenancy.measure(host=b.shop.host, rounds=b.requests),
    ),
    "recalculation": ("Recalculating", _recalculation),
    "customers": ("Taking customers in", _customers),
    "sizes": ("Opening pages of a large merchant", _sizes),
    "clicks": ("Clicking", lambda b: clicks.measure(**b.load)),
    "orders": ("Ordering", _orders),
    "participations": ("Taking part", lambda b: participations.measure(**b.load)),
    "fleet": ("Migrating a fleet", _fleet),
}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure Ricochet.")
    parser.add_argument("--quick", action="store_true", help="tiny sizes; nothing is kept")
    parser.add_argument(
        "--only", nargs="+", choices=list(PARTS), help="some parts; nothing is kept"
    )
    parser.add_argument("--seconds", type=float, default=15.0, help="of each load (15)")
    parser.add_argument("--rounds", type=int, default=9, help="of provisioning (9)")
    parser.add_argument("--requests", type=int, default=4_000, help="through tenancy (4000)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
