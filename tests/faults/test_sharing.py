"""R6, R7: a worker killed while it shares and takes back: both sides agree, exactly once."""

import html
import random
import re
import time
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie

import pytest

from deploy.local.commands import DOMAIN, MERCHANT
from deploy.local.stack import Stack
from tests.fixtures.effort import effort
from tests.fixtures.outside import Shop

pytestmark = [pytest.mark.stack, pytest.mark.fault]

PAGE = "/o/un-automne-a-la-maison"
BLOCKED = (
    "SELECT count(*) FROM pg_locks WHERE NOT granted"
    " AND relation = 'operations_received_participation'::regclass"
)


@dataclass
class Person:
    """Somebody with a browser of their own, at the address of the brand that runs it.

    `n` numbers them; a few share an address of this machine, as a house shares one.
    """

    stack: Stack
    n: int
    name: str
    says_yes: bool
    cookies: SimpleCookie = field(default_factory=SimpleCookie)
    seal: str = ""
    choices: str = ""

    @property
    def email(self) -> str:
        return f"{self.name}-{self.n}@exemple.org"

    def _send(self, method: str, path: str, fields: list[tuple[str, str]] | None = None) -> str:
        host = f"{MERCHANT}.{DOMAIN}:{self.stack.ports.web}"
        headers = {"Host": host, "Origin": f"http://{host}", "Accept-Language": "fr"}
        headers["Cookie"] = "; ".join(f"{k}={v.value}" for k, v in self.cookies.items())
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = HTTPConnection(
            "127.0.0.1",
            self.stack.ports.web,
            timeout=60,
            source_address=(f"127.0.0.{2 + self.n // 20}", 0),
        )
        try:
            connection.request(method, path, body, headers)
            return self._read(connection.getresponse(), path)
        finally:
            connection.close()

    def _read(self, reply: HTTPResponse, path: str) -> str:
        content = reply.read().decode()
        for cookie in reply.headers.get_all("Set-Cookie") or ():
            self.cookies.load(cookie)
        assert reply.status in (200, 302), (path, reply.status, content[:2000])
        return reply.headers["Location"] or content

    def opens_the_page(self) -> None:
        page = self._send("GET", PAGE)
        self.seal = _value(page, "form")
        self.token = _value(page, "csrfmiddlewaretoken")
        [self.box] = re.findall(r'name="box" value="([0-9a-f-]{36})"', page)

    def takes_part(self) -> None:
        fields = [
            ("csrfmiddlewaretoken", self.token),
            ("form", self.seal),
            ("first_name", "Ami"),
            ("email", self.email),
        ]
        thanks = self._send("POST", PAGE, [*fields, *([("box", self.box)] * self.says_yes)])
        self._send("GET", thanks)

    def reads_the_receipt(self) -> None:
        """Once it has come: its link is the only way to what was agreed to."""
        deadline = time.monotonic() + 60
        links: list[str] = []
        while not links and time.monotonic() < deadline:
            letters = self.stack.mails(to=self.email)
            links = [link for letter in letters for link in letter["links"] if "/o/choix/" in link]
            time.sleep(0.3)
        self.choices = urllib.parse.urlsplit(links[0]).path

    def takes_it_back(self) -> None:
        page = self._send("GET", self.choices)
        self._send("POST", self.choices, [("consent", _value(page, "consent"))])


def _value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, page[:2000]
    return html.unescape(found[1])


def _all(people: list[Person], act: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: getattr(one, act)(), people))


@contextmanager
def _shut(minor: Shop) -> Iterator[None]:
    """Nobody writes what came to the partner, and whoever tries waits in the middle of it."""
    with minor.database() as database:
        database.execute("BEGIN")
        database.execute("LOCK TABLE operations_received_participation IN SHARE MODE")
        yield
        database.execute("ROLLBACK")


def _kill_in_the_middle(stack: Stack, major: Shop, minor: Shop) -> None:
    """Once a delivery stands between the partner's rows and its own: no chance is involved."""
    with _shut(minor):
        stack.start("worker")
        deadline = time.monotonic() + 90
        while minor.ask(BLOCKED) == [(0,)]:
            assert time.monotonic() < deadline, "the worker never came to deliver"
            time.sleep(0.1)
        stack.kill("worker")
    major.end_leases()


def _killed_again_and_again(stack: Stack, major: Shop, rng: random.Random, kills: int) -> None:
    for _ in range(kills):
        stack.start("worker")
        time.sleep(rng.uniform(2.5, 4.5))  # it starts, and works on the queue
        stack.kill("worker")
        major.end_leases()


def test_a_worker_killed_while_it_shares_and_takes_back_leaves_both_sides_agreed(
    stack: Stack, rng: random.Random
) -> None:
    """R6, R7: exactly once on the partner's side, in the exact state that each person chose."""
    count, kills = effort(short=24, soak=200), effort(short=1, soak=20)
    major, minor = Shop(stack), Shop(stack, merchant="brulerie-noe", secret="-")
    name = major.name.lower()
    people = [Person(stack, n, name, says_yes=n % 3 != 0) for n in range(count)]
    willing = [person for person in people if person.says_yes]
    stack.kill("worker")
    _all(people, "opens_the_page")
    time.sleep(2.5)  # nobody reads a form faster
    _all(people, "takes_part")

    _kill_in_the_middle(stack, major, minor)
    assert _arrived(minor, name) == []  # all of that delivery, or nothing of it
    _killed_again_and_again(stack, major, rng, kills)
    stack.start("worker")
    major.wait_delivered(seconds=120)
    assert _arrived(minor, name) == sorted(person.email for person in willing)

    sorry = willing[::2]
    _all(sorry, "reads_the_receipt")
    stack.kill("worker")
    _all(sorry, "takes_it_back")
    _kill_in_the_middle(stack, major, minor)
    assert _arrived(minor, name) == sorted(person.email for person in willing)
    _killed_again_and_again(stack, major, rng, kills)
    stack.start("worker")
    major.wait_delivered(seconds=120)
    minor.wait_delivered(seconds=60)

    staying = sorted(person.email for person in willing if person not in sorry)
    assert _arrived(minor, name) == staying
    _each_is_there_once(major, minor, name, people, willing, sorry)
    for side in (major, minor):
        assert side.ask("SELECT count(*) FROM outbox_event WHERE state = 'dead'") == [(0,)]
    told = stack.manage("operations", "reconcile", "--tenant", MERCHANT)
    assert "but" not in told and "unknown" not in told and "otherwise" not in told, told


def _arrived(minor: Shop, name: str) -> list[str]:
    """The addresses that the partner may use now."""
    rows = minor.ask(
        "SELECT fields->>'email' FROM operations_received_participation"
        " WHERE fields->>'email' LIKE %s AND withdrawn_at IS NULL",
        f"{name}-%",
    )
    return sorted(row[0] for row in rows)


def _each_is_there_once(
    major: Shop,
    minor: Shop,
    name: str,
    people: list[Person],
    willing: list[Person],
    sorry: list[Person],
) -> None:
    ours = major.ask(
        "SELECT p.id, s.state FROM operations_participation p"
        " JOIN operations_share s ON s.participation_id = p.id"
        " JOIN profiles_profile f ON f.id = p.profile_id WHERE f.email LIKE %s",
        f"{name}-%",
    )
    assert len(ours) == len(people)
    states = sorted(state for _id, state in ours)
    assert states == ["delivered"] * (len(people) - len(sorry)) + ["withdrawn"] * len(sorry)
    theirs = minor.ask(
        "SELECT count(*), count(proof), count(withdrawn_at)"
        " FROM operations_received_participation WHERE participation_id = ANY(%s)",
        [row[0] for row in ours],
    )
    assert theirs == [(len(people), len(willing), len(sorry))]
    people_there = "SELECT count(*) FROM profiles_profile WHERE email LIKE %s"
    assert minor.ask(people_there, f"{name}-%") == [(len(willing),)]
    consents = (
        "SELECT count(DISTINCT c.id), count(e.id) FROM profiles_consent c"
        " JOIN profiles_profile f ON f.id = c.profile_id"
        " LEFT JOIN profiles_consent_event e ON e.consent_id = c.id AND e.kind = 'withdrawn'"
        " WHERE f.email LIKE %s"
    )
    for side in (major, minor):
        assert side.ask(consents, f"{name}-%") == [(len(willing), len(sorry))]
