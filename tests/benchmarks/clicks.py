"""Clicks on a shared link, each stored: the redirect, and the page with the button."""

from deploy.local.stack import Stack
from tests.benchmarks.load import run_load
from tests.benchmarks.orders import last_words
from tests.benchmarks.place import Shop, count
from tests.benchmarks.results import Row

CONNECTIONS = 16
_AIM = 1_000


def measure(*, stack: Stack, shop: Shop, seconds: float) -> list[Row]:
    """One row for each of the two doors; raises when a click was lost or doubled."""
    return [
        _one(stack, shop, seconds, path="/r/{code}/go", status="302", what="redirect"),
        _one(stack, shop, seconds, path="/r/{code}", status="200", what="landing page"),
    ]


def _one(stack: Stack, shop: Shop, seconds: float, *, path: str, status: str, what: str) -> Row:
    before = count(shop, "referrals_click")
    found = run_load(
        {
            "host": "127.0.0.1",
            "port": stack.ports.web,
            "connections": CONNECTIONS,
            "warm_up": min(2.0, seconds / 2),
            "seconds": seconds,
            "method": "GET",
            "path": path,
            "headers": {
                "Host": f"{shop.host}:{stack.ports.web}",
                "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
                "Accept": "text/html",
                "Accept-Language": "fr",
                # Each is somebody else: of one visitor's no more than one a second is stored.
                "X-Forwarded-For": "{address}",
            },
            "codes": shop.codes,
        }
    )
    stored = count(shop, "referrals_click") - before
    if found["statuses"] != {status: stored}:
        raise RuntimeError(
            f"{found['statuses']} answered, {stored} clicks stored\n{last_words(stack)}"
        )
    rate = found["measured"] / found["seconds"]
    return Row(
        what=f"Clicks on a shared link, {what}, each stored, {CONNECTIONS} at once",
        ours=f"{rate:.0f}/s, p50 {found['p50'] * 1000:.1f} ms, p95 {found['p95'] * 1000:.1f} ms",
        aim=f"{_AIM}/s",
        reached=rate >= _AIM,
    )
