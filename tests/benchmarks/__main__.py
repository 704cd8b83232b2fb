"""`make bench`: measures, prints the table, and keeps it in results.md beside this file.

make bench                          about a quarter of an hour, half of it for the fleet
make bench ARGS="--quick"           sees that all of it works; nothing is kept
make bench ARGS="--only orders"     one part; nothing is kept
"""

import argparse

import rich

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
    sizes,
    tenancy,
)

PARTS = (
    "provisioning",
    "partners",
    "tenancy",
    "orders",
    "clicks",
    "recalculation",
    "customers",
    "sizes",
    "participations",
    "fleet",
)


def main() -> None:
    options = _options()
    seconds = 1.0 if options.quick else options.seconds
    rounds = 2 if options.quick else options.rounds
    requests = 100 if options.quick else options.requests
    parts = options.only or PARTS
    rows: list[results.Row] = []
    rich.print("Starting PostgreSQL and Valkey…")
    with place.running_stack() as stack:
        shop = place.open_shop()
        if "provisioning" in parts:
            rich.print("Making merchants…")
            rows += provisioning.measure(rounds=rounds)
        if "partners" in parts:
            rich.print("Inviting partners…")
            rows += partners.measure(slug=place.SLUG, rounds=rounds)
        if "tenancy" in parts:
            rich.print("Asking with and without tenancy…")
            rows += tenancy.measure(host=shop.host, rounds=requests)
        if "recalculation" in parts:
            rich.print("Recalculating…")
            facts = 2_000 if options.quick else recalculation.FACTS
            rows += recalculation.measure(facts=facts, sample=facts // 100)
        if "customers" in parts:
            rich.print("Taking customers in…")
            lines = 4_000 if options.quick else customers.LINES
            rows += customers.measure(lines=lines, sample=lines // 100)
        if "sizes" in parts:
            rich.print("Opening pages of a large merchant…")
            many = 5_000 if options.quick else sizes.CUSTOMERS
            rows += sizes.measure(customers=many, rounds=min(rounds, 5))
        if {"orders", "clicks", "participations"} & set(parts):
            place.start_web(stack)
        if "clicks" in parts:
            rich.print("Clicking…")
            rows += clicks.measure(stack=stack, shop=shop, seconds=seconds)
        if "orders" in parts:
            rich.print("Ordering…")
            rows += orders.measure(stack=stack, shop=shop, seconds=seconds)
            rows += orders.measure_with_worker(stack=stack, shop=shop, seconds=seconds)
        if "participations" in parts:
            rich.print("Taking part…")
            rows += participations.measure(stack=stack, shop=shop, seconds=seconds)
        if "fleet" in parts:
            rich.print("Migrating a fleet…")
            rows += fleet.measure(small=4, large=12) if options.quick else fleet.measure()
        conditions = results.machine(place.postgres_version())
    results.show(rows, conditions=conditions)
    if not (options.quick or options.only):
        results.keep(rows, conditions=conditions)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure Ricochet.")
    parser.add_argument("--quick", action="store_true", help="tiny sizes; nothing is kept")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="some parts; nothing is kept")
    parser.add_argument("--seconds", type=float, default=15.0, help="of each load (15)")
    parser.add_argument("--rounds", type=int, default=9, help="of provisioning (9)")
    parser.add_argument("--requests", type=int, default=4_000, help="through tenancy (4000)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
