"""What a guest brand's owners are written of an operation: its beginning, its end, its results."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine

from accounts.models import Role
from accounts.services import create_member
from operations import running
from operations.models import OperationModule, ReceivedOperation
from operations.received import telling
from operations.telling import changed
from partnerships.models import Partnership, Side, State
from partnerships.services.agreeing import end_partnership
from tenants.context import enter
from tenants.messaging.models import Email
from tenants.messaging.render import render
from tenants.models import Tenant
from tests.fixtures.operations import BEGINS, ENDS, sign, take
from tests.fixtures.sharing import agree, deliver, shared_module

BEFORE = BEGINS - timedelta(days=2)
At = Callable[[datetime], None]


@pytest.fixture
def marin(other_merchant: Tenant) -> Tenant:
    """Two owners, who read different languages, and somebody who is none."""
    for first, role in (("yann", Role.OWNER), ("enid", Role.OWNER), ("paul", Role.MANAGER)):
        user = create_member(
            email=f"{first}@atelier-marin.fr",
            first_name=first.title(),
            last_name="Le Gall",
            password="ricochet sur l'eau",
            tenant_id=other_merchant.id,
            role=role,
            now=BEFORE,
        ).user
        if first == "enid":
            user.language = "en"
            user.save(update_fields=["language"])
    return other_merchant


@pytest.fixture
def partnership(lumen: Tenant, marin: Tenant) -> Partnership:
    return agree(lumen, marin)


@pytest.fixture
def module(partnership: Partnership) -> OperationModule:
    return shared_module(partnership)


@pytest.fixture
def at(lumen: Tenant, marin: Tenant, clock: time_machine.Traveller) -> At:
    """`at(moment)`: let both outboxes be emptied then."""

    def empty(moment: datetime) -> None:
        clock.move_to(moment)
        for tenant in (lumen, marin):
            with enter(tenant):
                deliver()

    return empty


def tell(module: OperationModule, at: At, moment: datetime) -> None:
    changed(operation_id=module.operation_id, now=moment)
    at(moment)


def letters(tenant: Tenant) -> list[tuple[str, str]]:
    with enter(tenant):
        rows = Email.objects.filter(kind__startswith="partner_operation").order_by("queued_at")
        return sorted((row.kind.removeprefix("partner_operation_"), row.to) for row in rows)


def both(*kinds: str) -> list[tuple[str, str]]:
    return sorted((k, f"{who}@atelier-marin.fr") for k in kinds for who in ("yann", "enid"))


def test_the_owners_are_told_of_the_beginning_the_end_and_the_results(
    module: OperationModule, partnership: Partnership, marin: Tenant, at: At
) -> None:
    """PA-11, R7: once each, to the owners, in their language, however often it is delivered."""
    tell(module, at, BEFORE)
    assert letters(marin) == []
    at(BEGINS + timedelta(seconds=30))
    assert letters(marin) == []
    at(BEGINS + telling.PATIENCE)
    assert letters(marin) == both("begun")
    take(module, boxes=frozenset({str(partnership.id)}), now=BEGINS + timedelta(hours=2))
    tell(module, at, BEGINS + timedelta(hours=3))
    with enter(marin):
        row = ReceivedOperation.objects.get()
        for again in (telling.begun, telling.over, telling.results):
            again(row_id=row.id, now=BEGINS + timedelta(hours=3))
    assert letters(marin) == both("begun")

    at(ENDS + timedelta(minutes=3))
    at(ENDS + timedelta(minutes=5))
    assert letters(marin) == both("begun", "over")
    # 30 November at midnight in Paris: the results come on 1 December at nine there.
    at(datetime(2026, 12, 1, 7, 59, tzinfo=ENDS.tzinfo))
    assert letters(marin) == both("begun", "over")
    at(datetime(2026, 12, 1, 8, 1, tzinfo=ENDS.tzinfo))
    assert letters(marin) == both("begun", "over", "results")
    at(datetime(2026, 12, 2, 8, 1, tzinfo=ENDS.tzinfo))
    assert letters(marin) == both("begun", "over", "results")


def test_each_letter_reads_well_and_leads_to_the_operation(
    module: OperationModule, partnership: Partnership, marin: Tenant, at: At
) -> None:
    tell(module, at, BEGINS)
    take(module, boxes=frozenset({str(partnership.id)}), now=BEGINS + timedelta(hours=2))
    for moment in (BEGINS + timedelta(hours=3), ENDS + timedelta(minutes=3)):
        at(moment)
    at(datetime(2026, 12, 1, 9, 0, tzinfo=ENDS.tzinfo))
    with enter(marin):
        row = ReceivedOperation.objects.get()
        written = {
            (email.kind, email.language): render(email=email, tenant=marin)
            for email in Email.objects.filter(kind__startswith="partner_operation")
        }
    french = [text for (_kind, language), text in written.items() if language == "fr"]
    assert all("Maison Lumen" in one.text and "Bonjour Yann" in one.text for one in french)
    begun = written["partner_operation_begun", "fr"]
    assert begun.subject == "Un automne à la maison\u00a0: l’opération est en ligne"
    assert f"/operations/recues/{row.public_id}" in begun.text
    over = written["partner_operation_over", "en"]
    assert "The operation that Maison Lumen ran with Atelier Marin has ended" in over.text
    assert "An autumn at home" in over.subject
    results = written["partner_operation_results", "fr"].text
    assert "Accords donnés à Atelier Marin" in results and "avec la preuve" in results


def test_a_rehearsal_and_what_ends_as_it_begins_are_told_to_nobody(
    module: OperationModule, marin: Tenant, at: At
) -> None:
    """PA-12: put online by mistake and taken back within a minute, it never was."""
    operation = module.operation
    operation.state = "test"
    operation.save(update_fields=["state"])
    tell(module, at, BEGINS + timedelta(hours=1))
    at(BEGINS + timedelta(hours=2))
    now = BEGINS + timedelta(hours=2)
    running.go_live(operation_id=operation.id, now=now)
    at(now + timedelta(seconds=5))
    running.stop(operation_id=operation.id, now=now + timedelta(seconds=20))
    at(now + timedelta(seconds=25))
    at(now + timedelta(days=3))
    assert letters(marin) == []


def test_other_dates_are_told_at_the_other_date(
    module: OperationModule, marin: Tenant, at: At
) -> None:
    tell(module, at, BEFORE)
    operation, later = module.operation, BEGINS + timedelta(days=3)
    running.set_dates(operation_id=operation.id, starts_at=later, ends_at=ENDS, now=BEFORE)
    at(BEFORE)
    at(BEGINS + timedelta(hours=1))
    assert letters(marin) == []
    at(later + telling.PATIENCE)
    assert letters(marin) == both("begun")
    # Ended before its day: the end is told now.
    running.stop(operation_id=operation.id, now=later + timedelta(days=1))
    at(later + timedelta(days=1))
    at(later + timedelta(days=1, minutes=2))
    assert letters(marin) == both("begun", "over")


def test_without_the_word_of_both_the_letter_says_what_is_missing(
    lumen: Tenant, marin: Tenant, at: At
) -> None:
    """D5: a back office that was made for it finds the operation before it has agreed."""
    row = agree(lumen, marin, state=State.PROPOSED)
    Partnership.objects.filter(id=row.id).update(origin="details")
    tell(shared_module(row), at, BEGINS)
    at(BEGINS + timedelta(hours=1))
    assert "Maison Lumen a accepté l’accord de partenariat. Il manque votre accord" in begun_of(
        marin
    )


def test_the_letter_of_the_beginning_names_whose_word_is_missing_as_it_leaves(
    lumen: Tenant, marin: Tenant, at: At
) -> None:
    """Queued before the agreement was accepted, sent after it: what it says is true then."""
    row = agree(lumen, marin, state=State.PROPOSED)
    Partnership.objects.filter(id=row.id).update(origin="details")
    module = shared_module(row)
    tell(module, at, BEGINS)
    with enter(marin):
        copy = ReceivedOperation.objects.get()
        telling.begun(row_id=copy.id, now=BEGINS + timedelta(minutes=2))
    sign(row, Side.MINOR, marin.id)
    Partnership.objects.filter(id=row.id).update(state=State.ACTIVE)
    at(BEGINS + timedelta(minutes=3))
    text = begun_of(marin)
    assert "Vos chiffres se mettent à jour" in text and "accord de partenariat" not in text


def test_a_letter_of_another_brand_knows_of_whose_team_its_reader_is(
    module: OperationModule, marin: Tenant, at: At
) -> None:
    tell(module, at, BEGINS + timedelta(hours=1))
    at(BEGINS + timedelta(hours=2))
    text = begun_of(marin)
    assert "vous faites partie de l’équipe d’Atelier Marin" in text
    assert "Envoyé par Ricochet pour Maison Lumen" in text


def begun_of(tenant: Tenant) -> str:
    """What left: the text that Yann received."""
    with enter(tenant):
        return Email.objects.get(kind="partner_operation_begun", language="fr").text


def test_who_has_left_is_told_nothing_more(
    module: OperationModule, partnership: Partnership, lumen: Tenant, marin: Tenant, at: At
) -> None:
    tell(module, at, BEGINS + timedelta(hours=1))
    at(BEGINS + timedelta(hours=2))
    now = BEGINS + timedelta(hours=3)
    end_partnership(partnership_id=partnership.id, tenant_id=marin.id, now=now)
    at(ENDS + timedelta(days=2))
    assert letters(marin) == both("begun")
