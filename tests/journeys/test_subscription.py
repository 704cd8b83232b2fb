"""A subscription on the real processes: the double's pages, its webhooks, our worker."""

import json
import re
import time
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest

from deploy.local.stack import Stack
from tests.fixtures.office import Office

HOME = "/reglages/abonnement"


def at_stripe(stack: Stack, path: str, *, kind: str, body: str) -> tuple[int, str, str]:
    """Send something to the double: its status, its answer, and where it leads."""
    connection = HTTPConnection("localhost", stack.ports.stripe, timeout=40)
    try:
        connection.request("POST", path, body, {"Content-Type": kind})
        reply = connection.getresponse()
        return reply.status, reply.read().decode(), reply.headers.get("Location", "")
    finally:
        connection.close()


def press(stack: Stack, address: str, **fields: str) -> tuple[int, str]:
    """Press a button of one of the double's pages."""
    kind = "application/x-www-form-urlencoded"
    path = urlsplit(address).path
    status, _body, target = at_stripe(stack, path, kind=kind, body=urlencode(fields))
    return status, target


def pull(stack: Stack, lever: str, **values: object) -> None:
    path, body = f"/_double/{lever}", json.dumps(values)
    status, said, _ = at_stripe(stack, path, kind="application/json", body=body)
    assert status == 200, said


def until(office: Office, words: str, *, seconds: float = 60) -> str:
    """The page of the subscription, once it says these words."""
    deadline = time.monotonic() + seconds
    while True:
        page = re.sub(r"\s+", " ", office.page(HOME))
        if words in page:
            return page
        assert time.monotonic() < deadline, page[-3_000:]
        time.sleep(0.5)


@pytest.mark.stack
def test_r14_a_subscription_is_bought_fails_and_recovers_by_webhooks_alone(stack: Stack) -> None:
    """Every event comes twice, late and in another order, while the worker is killed once."""
    pull(stack, "troubles", duplicate=1.0, late_seconds=2.0)
    office = Office(stack)
    checkout = office.post(f"{HOME}/formules/growing/mensuel", attempt="journey")
    assert checkout.startswith(stack.stripe_url)
    assert press(stack, checkout, card="declined")[0] == 402
    stack.kill("worker")
    status, success = press(stack, checkout, card="works")
    assert status == 303 and "/reglages/abonnement/merci" in success
    stack.restart("worker")
    until(office, "Prochain paiement le")

    portal = office.post(f"{HOME}/portail")
    assert press(stack, portal, do="card", card="fails_later")[0] == 303
    pull(stack, "clock", seconds=32 * 86_400)
    page = until(office, "Sans paiement avant le")
    invoice = re.search(rf'href="({stack.stripe_url}/invoice/[^"]+)"', page)[1]
    assert press(stack, invoice)[0] == 402
    # A month later the portal's link has run out, as Stripe's do: the owner opens another.
    assert press(stack, portal, do="card", card="works")[0] == 410
    portal = office.post(f"{HOME}/portail")
    assert press(stack, portal, do="card", card="works")[0] == 303
    assert press(stack, invoice)[0] == 303
    until(office, "Prochain paiement le")
    pull(stack, "troubles")
