"""An invitation that went elsewhere after its partner was put into a module (PA-03, D1)."""

from collections.abc import Callable
from datetime import datetime

from accounts.models import User
from accounts.tokens import token_for
from operations import optins, parties
from operations.models import (
    OperationModule,
    ReceivedOperation,
    ReceivedParticipation,
    Share,
    ShareState,
)
from operations.unshared import refused
from partnerships.models import Partnership
from partnerships.services import agreeing, inviting
from tenants.context import enter
from tenants.models import Tenant
from tenants.profiles.models import Consent
from tests.fixtures.operations import take
from tests.fixtures.sharing import shared_module, told
from tests.partnerships.conftest import accept, deliver

POLICY = "https://marin.example/donnees"


def test_pa03_what_people_agree_to_goes_to_the_back_office_that_joined(
    invite_noe: Callable[..., Partnership],
    merchant: Tenant,
    other_merchant: Tenant,
    claire: User,
    yann: User,
    now: datetime,
) -> None:
    """Claire mistyped the address, put the partner into a module, and then put the address right:
    it is that of Yann, who owns a back office.
    """
    row = invite_noe()
    with enter(merchant):
        module = shared_module(row)
        told(module)
        take(module, "avant@exemple.fr")
    inviting.correct_address(
        partnership_id=row.id, tenant_id=merchant.id, email=yann.email, now=now
    )
    row.refresh_from_db()
    agreeing.take_up_offer(
        token=token_for(row.id, row.token_version),
        tenant_id=other_merchant.id,
        user=yann,
        office_id=other_merchant.id,
        now=now,
    )
    accept(row, merchant, claire)
    accept(row, other_merchant, yann)
    with enter(merchant):
        assert str(row.id) not in {box.key for box in optins.offered(_fresh(module), language="fr")}
        take(_fresh(module), "pendant@exemple.fr")
    deliver(merchant)
    with enter(merchant):
        assert str(row.id) not in {box.key for box in optins.offered(_fresh(module), language="fr")}
        [asked] = parties.replaced(operation=module.operation)
        assert (asked.former, asked.name) == ("Brûlerie Noé", other_merchant.name)
        parties.confirm(partnership_id=row.id, seal=asked.seal, policy_url=POLICY, now=now)
        take(_fresh(module), "thomas@exemple.fr", boxes=frozenset({str(row.id)}))
        consent = Consent.objects.get()
        assert consent.controller_tenant_id == other_merchant.id
        assert (consent.controller_name, consent.policy_url) == (other_merchant.name, POLICY)
        assert other_merchant.name in consent.text and "Noé" not in consent.text
    deliver(merchant)
    with enter(merchant):
        assert set(Share.objects.values_list("state", flat=True)) == {ShareState.DELIVERED}
        assert set(Share.objects.values_list("partner_tenant_id", flat=True)) == {other_merchant.id}
        assert refused(operation=module.operation) == []
        assert parties.replaced(operation=module.operation) == []
    with enter(other_merchant):
        assert ReceivedOperation.objects.get().modules[0]["id"] == str(module.id)
        rows = ReceivedParticipation.objects.all()
        assert [r.fields.get("email") for r in rows.order_by("proof", "id")] == [
            "thomas@exemple.fr",
            None,
            None,
        ]


def _fresh(module: OperationModule) -> OperationModule:
    return OperationModule.objects.select_related("operation").get(id=module.id)
