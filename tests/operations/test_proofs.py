"""D6: a proof ends three years after its consent did, and not a day before; the database agrees."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from operations import figures, retention, withdrawing
from operations.models import (
    OperationModule,
    Participation,
    ReceivedParticipation,
    Share,
    ShareState,
)
from partnerships.models import Partnership
from tenants.context import enter
from tenants.models import Tenant
from tenants.profiles import proofs
from tenants.profiles.models import Consent, ConsentEvent
from tests.fixtures.operations import make_module, make_operation, take
from tests.fixtures.sharing import agree, deliver, shared_module

DAY = timedelta(days=1)


@pytest.fixture
def marin(other_merchant: Tenant) -> Tenant:
    return other_merchant


@pytest.fixture
def row(lumen: Tenant, marin: Tenant) -> Partnership:
    return agree(lumen, marin)


@pytest.fixture
def now() -> datetime:
    """The database's clock decides as well: no test moves that one."""
    return timezone.now()


def module_of(row: Partnership, begins: datetime, **changes: object) -> OperationModule:
    operation = make_operation(starts_at=begins - DAY, ends_at=begins + 400 * DAY)
    return shared_module(row, operation=operation, **changes)


def test_a_withdrawn_consent_is_kept_three_years_and_then_goes_on_both_sides(
    row: Partnership, lumen: Tenant, marin: Tenant, now: datetime
) -> None:
    given, ended = now - proofs.KEEP - 30 * DAY, now - proofs.KEEP - DAY
    module = module_of(row, given)
    take(module, now=given, boxes=frozenset({"own", str(row.id)}))
    deliver()
    for consent in list(Consent.objects.all()):
        withdrawing.withdraw(consent=consent, how="link", now=ended)
    with enter(marin):
        ReceivedParticipation.objects.update(received_at=given)
    deliver(now=now)
    with enter(marin):  # the delivery noted its own time, which is today
        assert retention.forget_proofs(now=now) == 0
        kept = Consent.objects.get()
        assert kept.events.get().kind == "withdrawn"
    assert retention.forget_proofs(now=ended + proofs.KEEP) == 0
    assert retention.forget_proofs(now=now) == 2
    assert not Consent.objects.exists() and not ConsentEvent.objects.exists()
    # What took place stays, and the yes that ended is counted no more than before.
    total = figures.total(operation_id=module.operation_id)
    assert (total.participants, total.optins) == (1, 0)
    assert Share.objects.get().state == ShareState.WITHDRAWN
    assert Participation.objects.get().own_consent is None
    assert retention.forget_proofs(now=now) == 0


def test_a_consent_that_holds_is_kept_as_long_as_it_does(row: Partnership, now: datetime) -> None:
    given = now - 2 * proofs.KEEP
    take(module_of(row, given), now=given, boxes=frozenset({"own"}))
    assert retention.forget_proofs(now=now) == 0
    assert Consent.objects.count() == 1


def test_what_nobody_confirmed_goes_three_years_after_it_was_asked(
    row: Partnership, now: datetime
) -> None:
    given = now - proofs.KEEP - DAY
    take(module_of(row, given, double_optin=True), now=given, boxes=frozenset({"own"}))
    assert retention.forget_proofs(now=now - 2 * DAY) == 0
    assert retention.forget_proofs(now=now) == 1


def test_all_of_them_go_on_the_same_day_however_many(
    row: Partnership, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_SLICE", 2)
    given = now - proofs.KEEP - 2 * DAY
    module = module_of(row, given)
    for number in range(5):
        address = f"p{number}@exemple.fr"
        take(module, now=given, boxes=frozenset({"own"}), fields={"email": address})
    for consent in list(Consent.objects.all()):
        withdrawing.withdraw(consent=consent, how="link", now=given)
    assert retention.forget_proofs(now=now) == 5
    assert not Consent.objects.exists()


def test_what_is_still_owed_to_a_partner_waits(row: Partnership, now: datetime) -> None:
    """A partner that is suspended has not been told yet that the yes ended."""
    given = now - proofs.KEEP - 2 * DAY
    take(module_of(row, given), now=given, boxes=frozenset({str(row.id)}))
    deliver()
    withdrawing.withdraw(consent=Consent.objects.get(), how="link", now=given + DAY / 2)
    assert Share.objects.get().state == ShareState.WITHDRAWING
    assert retention.forget_proofs(now=now) == 0
    deliver()
    assert retention.forget_proofs(now=now) == 1


def test_who_was_forgotten_by_time_leaves_a_proof_of_three_more_years(
    row: Partnership, now: datetime
) -> None:
    """Three years without contact end the agreement; three more end its proof."""
    given = now - 2 * proofs.KEEP - 3 * DAY
    take(module_of(row, given), now=given, boxes=frozenset({"own"}))
    forgotten = given + proofs.KEEP + DAY
    retention.forget(now=forgotten)
    assert ConsentEvent.objects.get().how == "time"
    retention.forget(now=forgotten + proofs.KEEP - DAY)
    assert Consent.objects.exists()
    retention.forget(now=forgotten + proofs.KEEP + DAY)
    assert not Consent.objects.exists()


@pytest.mark.parametrize("table", [Consent, ConsentEvent])
def test_the_database_lets_nothing_go_that_is_younger(
    table: type, row: Partnership, now: datetime
) -> None:
    """D2: whatever the program says; a day too early is refused."""
    given = now - timedelta(days=3 * 365 - 1)
    take(module_of(row, given), now=given, boxes=frozenset({"own"}))
    withdrawing.withdraw(consent=Consent.objects.get(), how="link", now=given)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        table.objects.all()._raw_delete("default")  # type: ignore[attr-defined]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Participation.objects.update(own_consent=None)
        proofs.purge(ids=list(Consent.objects.values_list("id", flat=True)))


def test_whatever_points_to_a_consent_is_let_go_before_it_goes() -> None:
    """Another table that points there has to be named in `forget_proofs`, too."""
    fields = Consent._meta.get_fields(include_hidden=True)
    pointing = {(field.related_model, field.field.name) for field in fields if field.auto_created}
    assert pointing == {
        (ConsentEvent, "consent"),
        (Participation, "own_consent"),
        (Share, "consent"),
        (ReceivedParticipation, "consent"),
    }


def test_make_module_is_not_shared_here_by_default(lumen: Tenant, now: datetime) -> None:
    """The control of the others: without any partner the merchant's own proof ends as well."""
    given = now - proofs.KEEP - 2 * DAY
    operation = make_operation(starts_at=given - DAY, ends_at=given + DAY)
    take(make_module(operation), now=given, boxes=frozenset({"own"}))
    withdrawing.withdraw(consent=Consent.objects.get(), how="link", now=given)
    assert retention.forget_proofs(now=now) == 1
