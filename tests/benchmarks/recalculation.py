"""A recalculation of 100,000 facts, beside a loop that lets each of them earn by itself.

Ten facts a customer, none of which has earned yet: the most that a recalculation can have to do.
The whole way is measured, count and work, through the jobs and the outbox, step by step, as the
worker does it. The reset afterwards takes all of it away again. The loop earns as a live order
does, a transaction each; it is measured on a sample, and the time for all is worked out from it.
"""

import gc
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.benchmarks.results import Row

FACTS = 100_000
SAMPLE = 1_000
FACTS_A_CUSTOMER = 10
_AIM_SECONDS = 10.0
_AIM_MEGABYTES = 100

_PEOPLE = """
    INSERT INTO profiles_profile (id, email, email_key, email_folded, phone, first_name, last_name,
        gender, shop, language, notes, source, is_test, order_count, order_total, search_text,
        created_at)
    SELECT {id}, n || '@exemple.fr', %(prefix)s || n || '@exemple.fr', '', '', 'Client', n::text,
        '', '', 'fr', '', 'import', false, 0, 0, '', %(at)s
    FROM generate_series(1, %(people)s) AS n
"""
_ORDERS = """
    INSERT INTO activity_order (id, external_id, profile_id, amount, currency, ordered_at,
        received_at, source, state)
    SELECT {id}, %(prefix)s || profile.id || '-' || n, profile.id,
        1000 + (hashtext(profile.id::text || n) & 4095), 'EUR',
        %(at)s - make_interval(hours => n * 24), %(at)s, 'import', 'confirmed'
    FROM profiles_profile AS profile, generate_series(1, %(each)s) AS n
    WHERE profile.email_key LIKE %(prefix)s || '%%'
"""


@dataclass(frozen=True)
class Measured:
    """Seconds for all facts in sets, for their reset, for one fact in the loop; megabytes grown."""

    facts: int
    recalculated: float
    reset: float
    one_by_one: float
    megabytes: float


def measure(*, facts: int = FACTS, sample: int = SAMPLE) -> list[Row]:
    """Two rows: the recalculation beside the loop, and the reset."""
    from django.utils import timezone

    from tenants.context import enter
    from tenants.features import Feature, switch
    from tenants.provisioning.services import provision_tenant

    now = timezone.now()
    tenant = provision_tenant(name="Banc", slug="banc-recalcul", now=now)
    tenant = switch(tenant_id=tenant.id, on=[Feature.LOYALTY])
    with enter(tenant):
        found = run(facts=facts, sample=sample)
    loop = found.one_by_one * found.facts
    return [
        Row(
            what=f"Recalculating {found.facts:,} facts, counted first"
            f" (reference: one by one, from a sample of {sample:,})",
            ours=f"{found.recalculated:.1f} s, {found.megabytes:.0f} MB more at the peak",
            reference=f"{loop:.0f} s",
            ratio=f"{loop / found.recalculated:.0f} × faster",
            aim=f"{_AIM_SECONDS:.0f} s, memory flat",
            reached=found.recalculated <= _AIM_SECONDS and found.megabytes <= _AIM_MEGABYTES,
        ),
        Row(what=f"Resetting them, {found.facts:,} facts", ours=f"{found.reset:.1f} s"),
    ]


def run(*, facts: int, sample: int) -> Measured:
    """In the current tenant: make a past, recalculate it, reset it; then the loop on its own."""
    from tenants.loyalty.recalculation.models import RunKind
    from tenants.profiles.models import Profile

    _publish_rules()
    make_past(prefix="set", people=facts // FACTS_A_CUSTOMER)
    _work()  # imports what the steps need: a worker has it at hand
    gc.collect()
    before = _peak()
    recalculated = _timed(lambda: _carry_out(RunKind.RECALCULATE, expected=facts))
    reset = _timed(lambda: _carry_out(RunKind.RESET, expected=facts))
    grown = _peak() - before
    Profile.objects.filter(email_key__startswith="set").update(erased_at=_now())
    make_past(prefix="one", people=max(sample // FACTS_A_CUSTOMER, 1))
    one_by_one = _timed(lambda: earn_one_by_one(prefix="one")) / sample
    return Measured(facts, recalculated, reset, one_by_one, grown)


def make_past(*, prefix: str, people: int) -> None:
    """Customers with ten orders each, which have not earned."""
    from django.db import connection

    from kernel.ids import UUID7_SQL

    values = {
        "prefix": prefix,
        "people": people,
        "each": FACTS_A_CUSTOMER,
        "at": _now() - timedelta(days=1),
    }
    with connection.cursor() as cursor:
        for statement in (_PEOPLE, _ORDERS):
            cursor.execute(statement.format(id=UUID7_SQL), values)
        cursor.execute("ANALYZE profiles_profile")
        cursor.execute("ANALYZE activity_order")


def earn_one_by_one(*, prefix: str) -> None:
    """Each order earns as a live one does: its customer locked, a transaction of its own."""
    from django.db import transaction

    from tenants.activity.models import Order
    from tenants.profiles.models import Profile
    from tenants.programme import earning

    now = _now()
    orders = Order.objects.filter(profile__email_key__startswith=prefix)
    for order in orders.iterator(chunk_size=500):
        with transaction.atomic():
            profile = Profile.objects.select_for_update().get(id=order.profile_id)
            earning.earn(fact=earning.of_order(order, profile), now=now)


def _publish_rules() -> None:
    from tenants.loyalty import versions

    versions.publish(
        now=_now() - timedelta(days=400), unit="PTS", rate=Decimal(1), per=100, payments_on=True
    )


def _carry_out(kind: Any, *, expected: int) -> None:
    """Count, confirm and work, in steps that the outbox hands out."""
    from tenants.loyalty.recalculation import services
    from tenants.loyalty.recalculation.models import RunState
    from tenants.programme import recalculating

    run = recalculating.count(kind=kind, months=None, author_id=None, now=_now())
    _work()
    services.confirm(run_id=run.id, author_id=None, now=_now())
    _work()
    run.refresh_from_db()
    if run.state != RunState.DONE or run.facts != expected:
        raise RuntimeError(f"{run.state}: {run.facts} facts instead of {expected}")


def _work() -> None:
    from config.outbox import HANDLERS
    from kernel.outbox.relay import relay

    while relay(handlers=HANDLERS, clock=_now):
        pass


def _now() -> datetime:
    from django.utils import timezone

    return timezone.now()


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _peak() -> float:
    """The most memory that this process ever held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
