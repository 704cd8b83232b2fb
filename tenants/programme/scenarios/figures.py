"""What the pages show of a scenario: who is where in it now, and what came of it."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count
from django.utils.functional import Promise

from tenants.features import is_on
from tenants.messaging import scenarios as stored
from tenants.messaging.catalogue.reminders import SCENARIOS, kind_name
from tenants.messaging.models import Click, Email, EmailState, Enrolment, EnrolmentState, Scenario
from tenants.programme.mailings import NOT_COUNTED, Results, results
from tenants.programme.scenarios import clock
from tenants.programme.scenarios.catalogue import SPECS, STOPS
from tenants.programme.scenarios.shapes import Spec
from tenants.referrals.models import Referral


@dataclass(frozen=True, slots=True)
class StepFigures:
    """One email of a scenario: its delay, and its counts."""

    number: int
    kind: str
    days: int
    waiting: int
    sent: int
    clicked: int


@dataclass(frozen=True, slots=True)
class Line:
    """One scenario as the pages show it. `would` counts whom it would take in at once."""

    spec: Spec
    on: bool
    waiting: int
    results: Results
    would: int = 0


def lines(*, now: datetime) -> list[Line]:
    """Every scenario whose module is on."""
    rows = {row.key: row for row in Scenario.objects.all()}
    shown = [spec for spec in SPECS.values() if spec.feature is None or is_on(spec.feature)]
    return [line(spec=spec, row=rows.get(spec.key), now=now) for spec in shown]


def line(*, spec: Spec, row: Scenario | None, now: datetime) -> Line:
    """One scenario's figures."""
    on = row is not None and row.enabled
    waiting = Enrolment.objects.filter(scenario__key=spec.key, state=EnrolmentState.WAITING)
    return Line(
        spec=spec,
        on=on,
        waiting=waiting.count(),
        results=_results(spec),
        would=0 if on else clock.waiting_now(spec=spec, row=row, now=now),
    )


def steps(*, spec: Spec, row: Scenario | None) -> list[StepFigures]:
    """Each email of a scenario, in its order."""
    waiting = dict(
        Enrolment.objects.filter(scenario__key=spec.key, state=EnrolmentState.WAITING)
        .values_list("step")
        .annotate(n=Count("id"))
    )
    kinds = kinds_of(spec)
    emails = Email.objects.filter(kind__in=kinds, is_test=False, state=EmailState.SENT)
    sent = dict(emails.values_list("kind").annotate(n=Count("id")))
    clicks = Click.objects.filter(email__in=emails).values_list("email__kind")
    clicked = dict(clicks.annotate(n=Count("email_id", distinct=True)))
    return [
        StepFigures(
            number=number,
            kind=kinds[number - 1],
            days=days,
            waiting=waiting.get(number, 0),
            sent=sent.get(kinds[number - 1], 0),
            clicked=clicked.get(kinds[number - 1], 0),
        )
        for number, days in enumerate(stored.days_of(spec.key, row), start=1)
    ]


def stopped(*, spec: Spec) -> list[tuple[str | Promise, int]]:
    """Why people left the scenario, the most frequent reason first."""
    rows = (
        Enrolment.objects.filter(scenario__key=spec.key, state=EnrolmentState.STOPPED)
        .values_list("stopped_because")
        .annotate(n=Count("id"))
        .order_by("-n", "stopped_because")
    )
    return [(STOPS.get(reason, reason), count) for reason, count in rows]


def kinds_of(spec: Spec) -> list[str]:
    """The kinds of email of a scenario, in the order of its steps."""
    return [kind_name(spec.key, number) for number in range(1, len(SCENARIOS[spec.key]) + 1)]


def _results(spec: Spec) -> Results:
    found = results(kinds=kinds_of(spec))
    if not spec.friends:
        return found
    # A friend had no record when they were reminded: the invitation says who it was.
    reminded = Enrolment.objects.filter(scenario__key=spec.key, state=EnrolmentState.DONE)
    came = Referral.objects.exclude(state__in=NOT_COUNTED).filter(
        invitation_id__in=reminded.values("invitation_id")
    )
    return replace(found, referrals=came.count(), orders=came.filter(order__isnull=False).count())
