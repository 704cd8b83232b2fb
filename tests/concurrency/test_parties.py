"""The major signs, and confirms, while somebody else takes the partner's place (D1, D5)."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.models import Role, User
from accounts.services import create_member
from accounts.tokens import token_for
from kernel.errors import RicochetError
from kernel.outbox.models import Event
from operations import partaking, parties
from operations.models import ModulePartner
from partnerships.agreement import agreement_for
from partnerships.errors import NotWaitingError, StaleAgreementError
from partnerships.models import AgreementAcceptance, Partnership, Side, State
from partnerships.selectors import has_accepted, partners_to_choose
from partnerships.services import agreeing, inviting, withdrawing
from partnerships.services.details import Details
from partnerships.telling import TELL
from tenants.context import enter
from tenants.models import Tenant
from tests.concurrency.conftest import Race
from tests.fixtures.operations import add_partner, make_module
from tests.fixtures.programme import NOW

NOE = Details(name="Brûlerie Noé", email="nora@brulerie-noe.fr")
YANN = "yann@live-marin.fr"


@pytest.fixture(autouse=True)
def quick(offices: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inviting, "EVEN_SECONDS", 0)


def owner(tenant: Tenant, email: str) -> User:
    return create_member(
        email=email,
        first_name="Une",
        last_name="Personne",
        password=None,
        tenant_id=tenant.id,
        role=Role.OWNER,
        now=NOW,
    ).user


@pytest.fixture
def claire(lumen: Tenant) -> Iterator[User]:
    yield owner(lumen, "claire@maison-lumen.fr")
    Tenant.objects.filter(partner_only=True).delete()


@pytest.fixture
def marin(make_live_merchant: Callable[[str], Tenant]) -> Tenant:
    return make_live_merchant("live-marin")


@pytest.fixture
def yann(marin: Tenant) -> User:
    return owner(marin, YANN)


def invited(lumen: Tenant, claire: User) -> Partnership:
    return inviting.invite_by_details(
        major=lumen, details=NOE, key=uuid.uuid4(), asked_by=claire, now=NOW
    )


def corrected(row: Partnership) -> Partnership:
    return inviting.correct_address(
        partnership_id=row.id, tenant_id=row.major_id, email=YANN, now=NOW
    )


def joining(row: Partnership, marin: Tenant, yann: User) -> Callable[[], Any]:
    token = token_for(row.id, row.token_version)
    return lambda: agreeing.take_up_offer(
        token=token, tenant_id=marin.id, user=yann, office_id=marin.id, now=NOW
    )


def signing(row: Partnership, tenant: Tenant, user: User) -> Callable[[], Any]:
    """What this side reads now, sent a moment later."""
    text_hash = agreement_for(Partnership.objects.get(id=row.id), language="fr").text_hash
    return lambda: agreeing.accept_agreement(
        partnership_id=row.id,
        tenant_id=tenant.id,
        user=user,
        text_hash=text_hash,
        language="fr",
        now=NOW,
    )


def test_a_word_given_while_somebody_else_joins_counts_for_nobody_else(
    lumen: Tenant, claire: User, marin: Tenant, yann: User, race: Race
) -> None:
    """D5: before it is of the former text, after it is refused; the other side's word alone
    makes nothing active.
    """
    row = corrected(invited(lumen, claire))
    signed, _joined = race([signing(row, lumen, claire), joining(row, marin, yann)])
    row.refresh_from_db()
    assert row.minor_id == marin.id
    assert not isinstance(signed, RicochetError) or isinstance(signed, StaleAgreementError)
    assert not has_accepted(row, side=Side.MAJOR)
    signing(row, marin, yann)()
    row.refresh_from_db()
    assert row.state == State.PROPOSED
    signing(row, lumen, claire)()
    row.refresh_from_db()
    assert row.state == State.ACTIVE
    words = AgreementAcceptance.objects.filter(terms=row.terms)
    assert words.count() == 2
    assert len(set(words.values_list("text_hash", flat=True))) == 1


def test_both_words_at_once_on_one_text_make_it_active(
    lumen: Tenant, claire: User, marin: Tenant, yann: User, race: Race
) -> None:
    row = corrected(invited(lumen, claire))
    joining(row, marin, yann)()
    race([signing(row, lumen, claire), signing(row, marin, yann), signing(row, lumen, claire)])
    row.refresh_from_db()
    assert row.state == State.ACTIVE
    assert AgreementAcceptance.objects.count() == 2


def test_whoever_is_put_into_an_operation_is_whoever_was_read(
    lumen: Tenant, claire: User, yann: User, race: Race
) -> None:
    """D1: a partner is added while its invitation goes to somebody else."""
    row = invited(lumen, claire)
    with enter(lumen):
        module = make_module()
        [read] = partners_to_choose(major_id=lumen.id)

    def place() -> None:
        partaking.place(
            operation_id=module.operation_id,
            partner=read,
            module_ids=[module.id],
            policy_url="https://noe.example",
            asks_optin=True,
            names=["email"],
            now=NOW,
        )

    placed, _again, _moved = race([place, place, lambda: corrected(row)])
    with enter(lumen):
        offices = list(ModulePartner.objects.values_list("partner_tenant_id", flat=True))
        assert offices in ([], [read.tenant_id])
        if isinstance(placed, RicochetError):
            assert isinstance(placed, parties.AnotherPartnerError)
        else:
            assert offices == [read.tenant_id]
        with pytest.raises(parties.AnotherPartnerError):
            place()
        assert ModulePartner.objects.count() == len(offices)


def test_whoever_is_confirmed_is_whoever_was_read(
    lumen: Tenant, claire: User, marin: Tenant, yann: User, race: Race
) -> None:
    """D1: the place is confirmed for one back office while its invitation goes to another."""
    row = invited(lumen, claire)
    with enter(lumen):
        module = make_module()
        add_partner(module, partnership_id=row.id, partner_tenant_id=uuid.uuid4(), name="Les Noé")
        [seen] = parties.replaced(operation=module.operation)

    def confirm() -> str:
        return parties.confirm(
            partnership_id=row.id, seal=seen.seal, policy_url="https://noe.example", now=NOW
        )

    confirmed, _again, _moved = race([confirm, confirm, lambda: corrected(row)])
    row.refresh_from_db()
    assert row.minor_id is None
    with enter(lumen):
        joining(row, marin, yann)()
        named = ModulePartner.objects.get()
        assert named.partner_tenant_id != marin.id
        if isinstance(confirmed, RicochetError):
            assert named.name == "Les Noé"
        [asked] = parties.replaced(operation=module.operation)
        assert asked.name == marin.name
        with pytest.raises(parties.AnotherPartnerError):
            confirm()
        with pytest.raises(NotWaitingError):
            corrected(row)


def test_taken_back_at_once_by_two_it_ends_once_and_against_a_word_one_of_both_stands(
    lumen: Tenant, claire: User, marin: Tenant, yann: User, race: Race
) -> None:
    """The minor has accepted; on the major's side two take it back while a third accepts."""
    row = corrected(invited(lumen, claire))
    joining(row, marin, yann)()
    signing(row, marin, yann)()

    def take_back() -> Partnership:
        return withdrawing.withdraw(partnership_id=row.id, tenant_id=lumen.id, now=NOW)

    answers = race([take_back, take_back, signing(row, lumen, claire)])
    row.refresh_from_db()
    refused = [isinstance(one, NotWaitingError) for one in answers]
    signed = has_accepted(row, side=Side.MAJOR)
    assert refused == [signed, signed, not signed]
    assert row.state == (State.ACTIVE if signed else State.ENDED)
    with enter(lumen):
        told = Event.objects.filter(kind=TELL, payload__kind="partner_ended")
        assert told.count() == (0 if signed else 1)
