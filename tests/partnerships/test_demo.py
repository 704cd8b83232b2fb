"""The demo's partners, over whatever an earlier demo left in the data directory."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection

from accounts.models import Invitation, User
from config.demo import partners
from partnerships.models import AgreementAcceptance, Partnership
from tenants.context import enter
from tenants.models import Tenant
from tests.fixtures.tenants import make_merchant
from tests.partnerships.conftest import owner_of


@pytest.fixture
def meet(
    merchant: Tenant, other_merchant: Tenant, claire: User, yann: User, now: datetime
) -> Callable[[], Partnership]:
    """Maison Lumen meets its partners; the partnership with Brûlerie Noé."""

    def run() -> Partnership:
        partners.meet(major=merchant, by_code=other_merchant, password="ricochet-demo", now=now)
        rows = Partnership.objects.select_related("minor")
        return rows.get(major=merchant, contact_email="nora@brulerie-noe.fr")

    return run


@pytest.fixture
def office_of_before(merchant: Tenant) -> Tenant:
    """A merchant that Nora owns, under another name."""
    made = make_merchant(name="Torréfaction Noé", slug="torrefaction-noe")
    connection.set_tenant(merchant)
    owner_of(made, "nora@brulerie-noe.fr", "Nora Carpentier")
    return made


def test_the_first_time_one_is_active_one_has_a_code_and_one_is_waited_for(
    meet: Callable[[], Partnership], other_merchant: Tenant
) -> None:
    row = meet()
    assert row.state == "active" and row.minor is not None and row.minor.slug == "brulerie-noe"
    assert Partnership.objects.get(minor=other_merchant).state == "active"
    assert Partnership.objects.get(contact_email="lea@savonnerie-alba.fr").state == "proposed"


def test_again_it_changes_nothing(meet: Callable[[], Partnership]) -> None:
    meet()
    before = (Partnership.objects.count(), Tenant.objects.count(), Invitation.objects.count())
    words = AgreementAcceptance.objects.count()
    assert meet().state == "active"
    assert before == (
        Partnership.objects.count(),
        Tenant.objects.count(),
        Invitation.objects.count(),
    )
    assert AgreementAcceptance.objects.count() == words


def test_a_brand_that_has_its_name_already_is_left_alone(
    meet: Callable[[], Partnership], other_merchant: Tenant
) -> None:
    Tenant.objects.filter(id=other_merchant.id).update(slug="brulerie-noe")
    row = meet()
    assert row.state == "active" and row.minor is not None
    assert row.minor.slug == "brulerie-noe-2" and row.minor_id != other_merchant.id


def test_nora_may_own_a_back_office_of_before_which_joins(
    meet: Callable[[], Partnership], office_of_before: Tenant
) -> None:
    row = meet()
    assert (row.state, row.minor) == ("active", office_of_before)
    assert not Tenant.objects.filter(slug="brulerie-noe").exists()


def test_nora_may_be_a_partner_already(
    meet: Callable[[], Partnership], other_merchant: Tenant
) -> None:
    owner_of(other_merchant, "nora@brulerie-noe.fr", "Nora Carpentier")
    assert meet().state == "proposed"
    assert Partnership.objects.get(minor=other_merchant).state == "active"


def test_an_invitation_that_was_never_answered_is_answered_now(
    meet: Callable[[], Partnership], merchant: Tenant, claire: User, now: datetime
) -> None:
    with enter(merchant):
        partners._invited(merchant, partners._NOE, claire, now=now)
    assert meet().state == "active"
