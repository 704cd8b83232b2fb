"""The last seat of a team is taken once."""

from collections.abc import Callable

from pytest_django import DjangoDbBlocker

from accounts.models import Invitation, Role
from accounts.services import create_member
from accounts.services.invitations import invite
from billing.plans import Limit
from tenants import limits
from tenants.context import enter
from tenants.limits import LimitReachedError
from tenants.models import Tenant
from tests.billing.conftest import NOW
from tests.fixtures.plans import begin_with
from tests.fixtures.together import together


def test_two_invitations_at_once_do_not_both_take_the_last_seat(
    make_live_merchant: Callable[[str], Tenant], django_db_blocker: DjangoDbBlocker
) -> None:
    tenant = make_live_merchant("live-team")
    begin_with(tenant, "starter")
    claire = create_member(
        email="claire@live-team.fr",
        first_name="Claire",
        last_name="Test",
        password="ricochet sur l'eau",
        tenant_id=tenant.id,
        role=Role.OWNER,
        now=NOW,
    ).user

    def ask(number: int) -> Callable[[], Invitation]:
        return lambda: invite(
            email=f"c{number}@live-team.fr",
            role=Role.VIEWER,
            tenant_id=tenant.id,
            invited_by=claire,
            now=NOW,
        )

    results = together([ask(n) for n in range(6)], tenant=tenant, blocker=django_db_blocker)
    assert sum(isinstance(one, Invitation) for one in results) == 2, "three seats, one is taken"
    assert sum(isinstance(one, LimitReachedError) for one in results) == 4
    with enter(tenant):
        assert limits.left(Limit.USERS, now=NOW) == 0
