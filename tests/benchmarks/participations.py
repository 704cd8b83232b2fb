"""Taking part in a shared operation through its public page, while a worker delivers to a partner.

Every participation is a new person's, with the partner's own opt-in: a profile, a participation, a
consent, a share, an email, their outbox, and then all of the partner's side. Forms are sealed
ahead, as many browsers would have opened them; each comes from an address of its own. The
reference is pgbench, which writes the rows of both sides as bare SQL; the worker of ours also
draws and sends the emails, for which it has the same two cores.
"""

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from deploy.local.stack import Stack
from tests.benchmarks import bare
from tests.benchmarks.load import percentile, run_load
from tests.benchmarks.orders import last_words
from tests.benchmarks.place import Shop, count, forget_waiting
from tests.benchmarks.results import Row

CONNECTIONS = (1, 4, 16)
SCRIPT = Path(__file__).with_name("bare_participation.sql")
# More forms than any machine of today sends in a second.
_FORMS_A_SECOND = 700
_TOKEN = "0123456789abcdef0123456789abcdef"
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_LEAST, _SLOWEST, _LONGEST = 300, 60, 2.0


@dataclass(frozen=True)
class Joint:
    """The operation that is measured: its page, its module, and the partner's schema."""

    module_id: uuid.UUID
    partnership_id: uuid.UUID
    minor_schema: str


def open_operation(shop: Shop) -> Joint:
    """A partner who agreed, and a live form whose first name and email go to it."""
    from django.utils import timezone

    from tenants.context import enter
    from tenants.models import Tenant
    from tenants.provisioning.services import provision_tenant
    from tests.fixtures.sharing import agree, shared_module, told

    now = timezone.now()
    major = Tenant.objects.get(schema_name=shop.schema)
    minor = provision_tenant(name="Marque invitée", slug="marque-invitee", now=now)
    row = agree(major, minor)
    with enter(major):
        module = shared_module(row, goes=("first_name",))
        operation = module.operation
        operation.starts_at, operation.ends_at = now - timedelta(days=1), now + timedelta(days=1)
        operation.save(update_fields=["starts_at", "ends_at"])
        told(module)
    return Joint(module.id, row.id, minor.schema_name)


def measure(*, stack: Stack, shop: Shop, seconds: float) -> list[Row]:
    """One row for each number of connections; raises when anything was lost or doubled."""
    forget_waiting(shop)
    joint = open_operation(shop)
    reference = {at_once: _bare(stack, shop, joint, at_once, seconds) for at_once in CONNECTIONS}
    stack.start(*(part for part in ("mail", "worker", "beat") if part not in stack.parts))
    _wait_for_worker(shop, joint)
    return [
        _one(stack, shop, joint, at_once, seconds, bare_rate=reference[at_once])
        for at_once in CONNECTIONS
    ]


def script(major: str, minor: str) -> str:
    """The SQL for two schemas, whose names no variable of pgbench can stand for."""
    return SCRIPT.read_text().replace("{major}", major).replace("{minor}", minor)


def _bare(stack: Stack, shop: Shop, joint: Joint, at_once: int, seconds: float) -> float:
    """Participations a second that bare SQL stores on both sides."""
    words = script(shop.schema, joint.minor_schema)
    pgbench = bare.program_of(stack)
    found = bare.run(pgbench, stack.database_url or "", words, at_once, seconds=seconds)
    forget_waiting(shop)
    return found


def _wait_for_worker(shop: Shop, joint: Joint) -> None:
    """One participation reaches the partner: its start-up is no part of what is measured."""
    from django.utils import timezone

    from operations.models import OperationModule
    from tenants.context import enter
    from tenants.models import Tenant
    from tests.fixtures.operations import take

    with enter(Tenant.objects.get(schema_name=shop.schema)):
        module = OperationModule.objects.get(id=joint.module_id)
        take(module, fields={"email": "premier@exemple.fr"}, now=timezone.now())
    _delays(shop, joint, since=_EVER, patience=120)


def _one(
    stack: Stack, shop: Shop, joint: Joint, at_once: int, seconds: float, *, bare_rate: float
) -> Row:
    before, since = count(shop, "operations_participation"), datetime.now(UTC)
    warm_up = min(2.0, seconds / 2)
    forms = _seals(shop, joint, round((warm_up + seconds) * _FORMS_A_SECOND))
    time.sleep(2.5)  # nobody fills a form in within two seconds
    found = run_load(_plan(stack, shop, joint, at_once, seconds=seconds, warm_up=warm_up) | forms)
    stored = count(shop, "operations_participation") - before
    if found["statuses"] != {"302": stored}:
        raise RuntimeError(
            f"{found['statuses']} answered, {stored} participations stored\n{last_words(stack)}"
        )
    delay = _delays(shop, joint, since=since)
    rate, p95 = found["measured"] / found["seconds"], found["p95"] * 1000
    aims = {4: (rate >= _LEAST and p95 < _SLOWEST and delay < _LONGEST)}
    return Row(
        what=f"Participations with sharing, {at_once} at once, a worker delivering "
        "(reference: pgbench)",
        ours=f"{rate:.0f}/s, p50 {found['p50'] * 1000:.1f} ms, p95 {p95:.1f} ms, "
        f"at the partner after {delay:.1f} s (p95)",
        reference=f"{bare_rate:.0f}/s",
        ratio=f"1 / {bare_rate / rate:.1f}" if rate else "",
        aim=f"{_LEAST}/s, p95 under {_SLOWEST} ms, delivered within {_LONGEST:.0f} s"
        if at_once in aims
        else "",
        reached=aims.get(at_once),
    )


def _plan(
    stack: Stack, shop: Shop, joint: Joint, at_once: int, *, seconds: float, warm_up: float
) -> dict[str, Any]:
    host = f"{shop.host}:{stack.ports.web}"
    return {
        "host": "127.0.0.1",
        "port": stack.ports.web,
        "connections": at_once,
        "warm_up": warm_up,
        "seconds": seconds,
        "method": "POST",
        "path": "/o/un-automne-a-la-maison",
        "headers": {
            "Host": host,
            "Origin": f"http://{host}",
            "Cookie": f"__Host-csrf={_TOKEN}",
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-For": "{address}",
        },
        "body": f"form={{once}}&first_name=Ana&email={{n}}%40exemple.fr"
        f"&box={joint.partnership_id}&csrfmiddlewaretoken={_TOKEN}",
    }


def _seals(shop: Shop, joint: Joint, number: int) -> dict[str, list[str]]:
    """Forms as the page draws them, each for one participation."""
    from django.utils import timezone

    from operations.models import OperationModule
    from operations.participating import Source
    from operations.public import seal
    from tenants.context import enter
    from tenants.models import Tenant

    with enter(Tenant.objects.get(schema_name=shop.schema)):
        rows = OperationModule.objects.select_related("operation").prefetch_related("partners")
        module, now = rows.get(id=joint.module_id), timezone.now()
        return {"once": [seal.draw(module=module, source=Source(), now=now) for _ in range(number)]}


def _delays(shop: Shop, joint: Joint, *, since: datetime, patience: float = 60) -> float:
    """Seconds from a participation to the partner (p95), once all since a moment are there."""
    from django.db import connection
    from psycopg import sql

    statement = sql.SQL(
        "SELECT extract(epoch FROM s.delivered_at - s.created_at)::float"
        " FROM {} s WHERE s.partnership_id = %s AND s.created_at >= %s"
    ).format(sql.Identifier(shop.schema, "operations_share"))
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        connection.set_schema_to_public()  # type: ignore[attr-defined]
        with connection.cursor() as cursor:
            cursor.execute(statement, [joint.partnership_id, since])
            found = [delay for (delay,) in cursor.fetchall()]
        if all(delay is not None for delay in found):
            break
        time.sleep(0.2)
    else:
        raise RuntimeError("not all participations reached the partner")
    _arrived(joint, count(shop, "operations_share"))
    return percentile(found, 0.95)


def _arrived(joint: Joint, shares: int) -> None:
    there = count(
        Shop(schema=joint.minor_schema, host="", secret="", codes=()),
        "operations_received_participation",
    )
    if there != shares:
        raise RuntimeError(f"{shares} shared, {there} at the partner")
