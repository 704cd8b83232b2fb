"""`POST /api/v1/orders` with a referral code, against pgbench writing the same rows as bare SQL.

Every order is a new customer's, with the code of one of 200 referrers: a profile, an order, a
referral, a wallet, two promised rewards with their transfers, decisions, emails and outbox
events, and the answer kept under its idempotency key. Both sides run on the same server, in turn.
"""

import time
from pathlib import Path
from typing import Any

from deploy.local.processes import Child
from deploy.local.stack import Stack
from tests.benchmarks import bare
from tests.benchmarks.load import run_load
from tests.benchmarks.place import REFERRERS, Shop, count
from tests.benchmarks.results import Row

CONNECTIONS = (1, 4, 16)
SCRIPT = Path(__file__).with_name("bare_order.sql")
_BODY = (
    '{"id":"{n}","amount":6000,"currency":"EUR","referral_code":"{code}",'
    '"customer":{"email":"{n}@exemple.fr","first_name":"Ana"}}'
)


def measure(*, stack: Stack, shop: Shop, seconds: float) -> list[Row]:
    """One row for each number of connections; raises when an order was lost or doubled."""
    pgbench = bare.program_of(stack)
    rows = []
    for connections in CONNECTIONS:
        bare_rate = run_bare(
            pgbench, stack.database_url or "", shop.schema, connections, seconds=seconds
        )
        ours = send_orders(stack=stack, shop=shop, connections=connections, seconds=seconds)
        rate = ours["measured"] / ours["seconds"]
        p95 = ours["p95"] * 1000
        aims = {1: (1 / 10, 0, None), 4: (1 / 10, 250, 50), 16: (1 / 10, 250, None)}[connections]
        share, least, slowest = aims
        wanted = ["a tenth"]
        wanted += [f"{least}/s"] if least else []
        wanted += [f"p95 under {slowest} ms"] if slowest else []
        rows.append(
            Row(
                what=f"Orders through the API, {connections} at once (reference: pgbench)",
                ours=f"{rate:.0f}/s, p50 {ours['p50'] * 1000:.1f} ms, p95 {p95:.1f} ms",
                reference=f"{bare_rate:.0f}/s",
                ratio=f"1 / {bare_rate / rate:.1f}" if rate else "",
                aim=", ".join(wanted),
                reached=rate >= bare_rate * share
                and rate >= least
                and (slowest is None or p95 < slowest),
            )
        )
    return rows


def run_bare(pgbench: Path, url: str, schema: str, connections: int, **length: float) -> float:
    """Orders a second that bare SQL stores."""
    return bare.run(
        pgbench,
        url,
        SCRIPT.read_text(),
        connections,
        path=f"{schema},public",
        variables={"referrers": REFERRERS},
        **length,
    )


def measure_with_worker(*, stack: Stack, shop: Shop, seconds: float) -> list[Row]:
    """Orders while a worker sends the emails of those before: nothing is aimed at."""
    stack.start("mail", "worker")
    time.sleep(5)  # its start-up is no part of this
    found = send_orders(stack=stack, shop=shop, connections=4, seconds=seconds)
    rate = found["measured"] / found["seconds"]
    return [
        Row(
            what="Orders, 4 at once, while a worker sends the emails of those before",
            ours=f"{rate:.0f}/s, p50 {found['p50'] * 1000:.1f} ms, "
            f"p95 {found['p95'] * 1000:.1f} ms",
        )
    ]


def send_orders(*, stack: Stack, shop: Shop, connections: int, seconds: float) -> dict[str, Any]:
    """What `load` found, once every 201 has its one row."""
    before = count(shop, "activity_order")
    found = run_load(
        {
            "host": "127.0.0.1",
            "port": stack.ports.web,
            "connections": connections,
            "warm_up": min(2.0, seconds / 2),
            "seconds": seconds,
            "method": "POST",
            "path": "/api/v1/orders",
            "headers": {
                "Host": f"{shop.host}:{stack.ports.web}",
                "Authorization": f"Bearer {shop.secret}",
                "Content-Type": "application/json",
                "Idempotency-Key": "{n}",
            },
            "body": _BODY,
            "codes": shop.codes,
        }
    )
    stored = count(shop, "activity_order") - before
    if found["statuses"] != {"201": stored}:
        raise RuntimeError(
            f"{found['statuses']} answered, {stored} orders stored\n{last_words(stack)}"
        )
    if held := count(shop, "referrals_suspicion"):
        raise RuntimeError(f"{held} referrals were held back: that is not what pgbench writes")
    return found


def last_words(stack: Stack) -> str:
    """The end of the web's log, for whoever asks why it answered wrongly."""
    web = stack.parts.get("web")
    return web.tail(25) if isinstance(web, Child) else ""
