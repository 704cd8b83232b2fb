"""Two brands that share a person forget them each by its own clock (D1, D4, D6)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kernel.outbox.models import Event
from operations import figures, retention, withdrawing
from operations.models import OperationModule, ReceivedParticipation
from operations.sharing import reconciling, recounting
from partnerships.models import Partnership
from tenants.context import enter
from tenants.models import Tenant
from tenants.profiles import consents
from tenants.profiles.forgetting import is_erased
from tenants.profiles.models import Consent, Profile
from tenants.programme import erasing, prospects
from tests.fixtures.operations import NOW, take
from tests.fixtures.sharing import agree, deliver, shared_module, states

THOMAS = "thomas@exemple.fr"
SOON = NOW + timedelta(hours=1)
OVER = NOW + timedelta(days=3 * 366)


@pytest.fixture
def marin(other_merchant: Tenant) -> Tenant:
    return other_merchant


@pytest.fixture
def partnership(lumen: Tenant, marin: Tenant) -> Partnership:
    return agree(lumen, marin)


@pytest.fixture
def module(partnership: Partnership) -> OperationModule:
    """Thomas took part, with a yes to each brand."""
    made = shared_module(partnership)
    take(made, fields={"email": THOMAS}, boxes=frozenset({"own", str(partnership.id)}))
    return made


def forget_by_time() -> None:
    """As the nightly task does: who only played first, then all prospects."""
    retention.forget(now=OVER)
    prospects.forget(now=OVER)
    assert Profile.objects.get().erased_at == OVER


def agreed(module: OperationModule) -> None:
    """`operations reconcile` has nothing to say."""
    [finding] = reconciling.compare(now=OVER + timedelta(hours=1))
    assert (finding.wrong, finding.agree) == (0, 1)
    assert recounting.recount(operation=module.operation, mend=False) == 0


@pytest.mark.parametrize("source", ["operation", "import"])
def test_the_majors_clock_ends_nothing_at_the_partner(module, partnership, marin, source):
    """By the rule of players, and by that of all prospects."""
    deliver(now=SOON)
    Profile.objects.update(source=source)
    before = figures.shared(operation_id=module.operation_id)
    forget_by_time()
    assert deliver(now=OVER) == 0 and not Event.objects.filter(state="pending").exists()
    assert states() == ["delivered"]
    with enter(marin):
        person = Profile.objects.get()
        assert (person.email, person.erased_at, person.unsubscribed_at) == (THOMAS, None, None)
        assert consents.in_force(profile_id=person.id).count() == 1
        assert not is_erased(address=THOMAS)
        row = ReceivedParticipation.objects.get()
        assert (row.fields, row.withdrawn_at) == ({"email": THOMAS}, None)
    assert figures.shared(operation_id=module.operation_id) == before
    agreed(module)


def test_the_partners_own_three_years_end_it_there(module, partnership, marin):
    deliver(now=SOON)
    # The delivery noted its own time, which is today.
    later = timezone.now() + (OVER - NOW) + timedelta(days=1)
    with enter(marin):
        assert retention.forget(now=later) == 1
        assert Profile.objects.get().email == "" and not is_erased(address=THOMAS)
        assert ReceivedParticipation.objects.get().fields == {}
        assert Consent.objects.get().events.get().how == "time"
    assert Profile.objects.get().email == THOMAS
    assert consents.in_force().count() == 2


def test_a_yes_taken_back_before_is_no_wish_to_be_forgotten(module, partnership, marin):
    """R25: the partner was restored, and is told of the withdrawal again: of nothing more."""
    deliver(now=SOON)
    theirs = Consent.objects.get(controller_tenant_id=marin.id)
    withdrawing.withdraw(consent=theirs, how="link", now=SOON)
    deliver(now=SOON)
    forget_by_time()
    with enter(marin):
        ReceivedParticipation.objects.update(withdrawn_at=None)
    [finding] = reconciling.compare(now=OVER)
    assert len(finding.kept) == 1
    reconciling.mend(finding=finding, now=OVER)
    with enter(marin):
        assert Profile.objects.get().email == THOMAS and not is_erased(address=THOMAS)
    agreed(module)


def test_what_never_left_goes_as_a_count(module, partnership, marin):
    """A partner that could not be reached all that time: there is nothing left to share."""
    forget_by_time()
    deliver(now=OVER)
    with enter(marin):
        row = ReceivedParticipation.objects.get()
        assert (row.fields, row.profile, row.proof, row.is_first) == ({}, None, None, True)
        assert not Profile.objects.exists()
    assert states() == ["withdrawn"]
    agreed(module)


def test_what_the_partner_lost_comes_back_as_a_count_of_nobody(module, partnership, marin):
    deliver(now=SOON)
    forget_by_time()
    with enter(marin):
        ReceivedParticipation.objects.all().delete()
    [finding] = reconciling.compare(now=OVER)
    assert len(finding.missing) == 1
    reconciling.mend(finding=finding, now=OVER)
    with enter(marin):
        row = ReceivedParticipation.objects.get()
        assert (row.fields, row.profile, row.consent, row.is_first) == ({}, None, None, True)
    agreed(module)


def test_a_wish_goes_on_reaching_the_partner(module, partnership, marin):
    """D4: the control of the others."""
    deliver(now=SOON)
    erasing.erase(profile_id=Profile.objects.get().id, author_id=None, now=OVER)
    deliver(now=OVER)
    with enter(marin):
        assert Profile.objects.get().erased_at is not None and is_erased(address=THOMAS)
    assert states() == ["withdrawn"]
    agreed(module)
