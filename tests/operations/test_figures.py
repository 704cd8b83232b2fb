"""Participants, opt-ins, new profiles: the definitions, and the same numbers on both sides."""

from datetime import timedelta

import pytest

from operations import figures, withdrawing
from operations.models import OperationModule, ReceivedOperation, SourceKind
from operations.participating import Source
from operations.received import figures as received
from operations.reporting import Figures
from partnerships.figures import PartnerFigures
from partnerships.figures import for_partners as asked_by_partnerships
from partnerships.models import Partnership
from tenants.context import enter
from tenants.models import Tenant
from tenants.profiles.models import Consent
from tenants.profiles.services import Identity, find_or_create
from tests.fixtures.operations import NOW, confirm, take
from tests.fixtures.sharing import agree, deliver, shared_module, told

DAY = timedelta(days=1)


@pytest.fixture
def marin(other_merchant: Tenant) -> Tenant:
    return other_merchant


@pytest.fixture
def partnership(lumen: Tenant, marin: Tenant) -> Partnership:
    return agree(lumen, marin)


@pytest.fixture
def module(partnership: Partnership) -> OperationModule:
    return shared_module(partnership, rule="times", times=5)


def play(module: OperationModule, name: str, *boxes: str, **changes: object):
    email = f"{name}@exemple.fr"
    return take(module, email, fields={"email": email}, boxes=frozenset(boxes), **changes)


@pytest.fixture
def autumn(module: OperationModule, partnership: Partnership, marin: Tenant) -> OperationModule:
    """Five people, seven participations, over three days and by three ways.

    Known to Lumen: zoe; to Marin: tom. Yes to Marin: tom (twice), zoe, ana; to Lumen: ana.
    """
    find_or_create(identity=Identity(email="zoe@exemple.fr"), source="api", now=NOW)
    with enter(marin):
        find_or_create(identity=Identity(email="tom@exemple.fr"), source="api", now=NOW)
    noe = str(partnership.id)
    widget = Source(SourceKind.WIDGET, "wdg_1", partnership.id)
    play(module, "tom", noe, source=widget)
    play(module, "tom", noe, now=NOW + DAY)
    play(module, "zoe", noe, source=widget)
    play(module, "ana", noe, "own", source=Source(SourceKind.EMAIL), now=NOW + DAY)
    play(module, "ana", now=NOW + 2 * DAY)
    play(module, "bob", now=NOW + 2 * DAY)
    play(module, "eve", source=Source(SourceKind.QR), now=NOW + 2 * DAY)
    take(module, test=True)
    deliver()
    return module


def minors(marin: Tenant) -> ReceivedOperation:
    return ReceivedOperation.objects.get()


def test_the_major_counts_people_its_own_opt_ins_and_who_was_new_to_it(autumn):
    assert figures.total(operation_id=autumn.operation_id) == Figures(5, 1, 4)


def test_the_minor_counts_the_same_people_its_own_opt_ins_and_who_was_new_to_it(
    autumn, partnership, marin
):
    with enter(marin):
        assert received.total(operation=minors(marin)) == Figures(5, 3, 2)
    [partner] = figures.by_partner(operation_id=autumn.operation_id)
    assert partner.shared == Figures(5, 3)


def test_both_sides_show_the_same_days_and_sources(autumn, marin):
    later = NOW + 3 * DAY
    ours = figures.by_day(operation=autumn.operation, now=later)
    sources = figures.by_source(operation_id=autumn.operation_id)
    with enter(marin):
        theirs = received.by_day(operation=minors(marin), now=later)
        their_sources = received.by_source(operation=minors(marin))
    people = [(one.day, one.figures.participants) for one in ours]
    assert people == [(one.day, one.figures.participants) for one in theirs]
    assert [count for _day, count in people if count] == [2, 1, 2]
    assert people[0][0] == autumn.operation.starts_at.date() and len(people) == 9
    said = {line.label: line.figures.participants for line in sources}
    assert said == {line.label: line.figures.participants for line in their_sources}
    assert said == {
        "Widget Atelier Marin": 2,
        "E-mail Maison Lumen": 1,
        "QR code Maison Lumen": 1,
        "Page de l’opération": 1,
    }


@pytest.mark.parametrize("side", ["major", "minor"])
def test_the_lines_add_up_to_the_figure_above_them(autumn, marin, side):
    """B17: by day, by source, by module."""
    if side == "major":
        total = figures.total(operation_id=autumn.operation_id)
        parts = [
            figures.by_day(operation=autumn.operation, now=NOW + 3 * DAY),
            figures.by_source(operation_id=autumn.operation_id),
            figures.by_module(operation=autumn.operation),
        ]
    else:
        with enter(marin):
            operation = minors(marin)
            total = received.total(operation=operation)
            parts = [
                received.by_day(operation=operation, now=NOW + 3 * DAY),
                received.by_source(operation=operation),
                received.by_module(operation=operation),
            ]
    for lines in parts:
        assert total == Figures(
            sum(line.figures.participants for line in lines),
            sum(line.figures.optins for line in lines),
            sum(line.figures.new_profiles for line in lines),
        )


def test_a_person_of_two_modules_is_one_participant_and_one_in_each(autumn, partnership, marin):
    second = shared_module(partnership, operation=autumn.operation, position=2)
    play(second, "tom", str(partnership.id), now=NOW + 2 * DAY)
    deliver()
    assert figures.total(operation_id=autumn.operation_id).participants == 5
    by_module = figures.by_module(operation=autumn.operation)
    assert [line.figures.participants for line in by_module] == [5, 1]
    with enter(marin):
        assert received.total(operation=minors(marin)) == Figures(5, 3, 2)
        # Not told of the second module yet: its people are counted all the same.
        lines = received.by_module(operation=minors(marin))
        said = [(str(line.label), line.figures.participants) for line in lines]
        assert said == [("Formulaire", 5), ("Autres modules", 1)]
    told(second)
    with enter(marin):
        lines = received.by_module(operation=minors(marin))
        assert [line.figures.participants for line in lines] == [5, 1]


def test_a_double_opt_in_counts_once_confirmed(partnership, marin):

    module = shared_module(partnership, double_optin=True)
    taken = play(module, "tom", "own", str(partnership.id))
    deliver()
    assert figures.total(operation_id=module.operation_id) == Figures()
    confirm(taken.participation, now=NOW)
    deliver()
    assert figures.total(operation_id=module.operation_id) == Figures(1, 1, 1)
    with enter(marin):
        assert received.total(operation=minors(marin)) == Figures(1, 1, 1)


def test_a_withdrawn_opt_in_counts_no_more_on_either_side(autumn, marin):
    given = Consent.objects.filter(profile__email="tom@exemple.fr").first()
    own = Consent.objects.get(controller_tenant_id=None)
    for consent in (given, own):
        withdrawing.withdraw(consent=consent, how="link", now=NOW + 3 * DAY)
    deliver()
    assert figures.total(operation_id=autumn.operation_id) == Figures(5, 0, 4)
    [partner] = figures.by_partner(operation_id=autumn.operation_id)
    assert partner.shared.optins == 2
    with enter(marin):
        assert received.total(operation=minors(marin)) == Figures(5, 2, 2)


def test_each_partner_brought_who_came_by_its_link_or_widget(autumn, partnership):
    [partner] = figures.by_partner(operation_id=autumn.operation_id)
    assert (partner.name, partner.partnership_id) == ("Atelier Marin", partnership.id)
    assert partner.brought == Figures(2, 0, 1)


def test_pa_07_each_side_sees_its_own_three_figures(autumn, partnership, marin, lumen):
    """Brought to Lumen by Marin: tom. Brought to Marin by Lumen: ana; zoe came by Marin itself."""
    ids = [partnership.id]
    assert asked_by_partnerships(partnership_ids=ids) == {partnership.id: PartnerFigures(1, 1, 1)}
    with enter(marin):
        assert asked_by_partnerships(partnership_ids=ids) == {
            partnership.id: PartnerFigures(1, 1, 1)
        }


def test_drafts_and_tests_are_no_joint_operations(partnership):
    shared_module(partnership).operation.__class__.objects.update(state="draft")
    assert figures.for_partners(partnership_ids=[partnership.id]) == {
        partnership.id: PartnerFigures()
    }
