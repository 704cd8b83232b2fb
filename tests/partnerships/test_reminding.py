"""Reminding a partner whose word is missing: by the way that they can answer, and once a day."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from operations.models import Operation
from partnerships.errors import AlreadyRemindedError, NotWaitingError, UnknownPartnershipError
from partnerships.models import Partnership
from partnerships.services.codes import code_of
from partnerships.services.proposing import propose_by_code
from partnerships.services.reminding import remind
from tenants.context import enter
from tenants.models import Tenant
from tests.fixtures.operations import add_partner, make_module, make_operation
from tests.partnerships.conftest import accept, deliver, nora_joins, office_of

Invite = Callable[..., Partnership]


@pytest.fixture
def proposed(
    merchant: Tenant, claire: User, other_merchant: Tenant, yann: User, now: datetime
) -> Partnership:
    """To Atelier Marin by its code; Maison Lumen gave its word."""
    typed = code_of(tenant=other_merchant, now=now).shown
    row = propose_by_code(major=merchant, typed=typed, key=uuid.uuid4(), asked_by=claire, now=now)
    accept(row, merchant, claire)
    deliver(merchant, other_merchant)
    return row


def test_the_owners_of_the_back_office_are_written_to_once_a_day(
    proposed: Partnership, merchant: Tenant, other_merchant: Tenant, now: datetime
) -> None:
    remind(partnership_id=proposed.id, tenant_id=merchant.id, now=now)
    [letter] = deliver(merchant, other_merchant)
    assert letter.to == ["yann@atelier-marin.fr"]
    assert letter.subject == "Maison Lumen attend votre accord"
    assert f"/partenariats/{proposed.public_id}/accord" in letter.body
    with pytest.raises(AlreadyRemindedError):
        remind(partnership_id=proposed.id, tenant_id=merchant.id, now=now + timedelta(hours=23))
    assert deliver(merchant, other_merchant) == []
    remind(partnership_id=proposed.id, tenant_id=merchant.id, now=now + timedelta(hours=25))
    assert len(deliver(merchant, other_merchant)) == 1


def test_who_answers_before_the_letter_leaves_gets_none(
    proposed: Partnership, merchant: Tenant, other_merchant: Tenant, yann: User, now: datetime
) -> None:
    remind(partnership_id=proposed.id, tenant_id=merchant.id, now=now)
    accept(proposed, other_merchant, yann)
    subjects = [letter.subject for letter in deliver(merchant, other_merchant)]
    assert subjects and not any("attend votre accord" in subject for subject in subjects)
    with pytest.raises(NotWaitingError):
        remind(partnership_id=proposed.id, tenant_id=merchant.id, now=now)


def test_only_the_one_who_proposed_reminds(
    proposed: Partnership, other_merchant: Tenant, now: datetime
) -> None:
    """R23: the minor has the page's address as well; a stranger has nothing."""
    with pytest.raises(NotWaitingError):
        remind(partnership_id=proposed.id, tenant_id=other_merchant.id, now=now)
    Partnership.objects.filter(id=proposed.id).update(minor=None)
    with pytest.raises(UnknownPartnershipError):
        remind(partnership_id=proposed.id, tenant_id=other_merchant.id, now=now)


def test_who_never_came_gets_the_link_anew_and_who_came_a_reminder(
    invite_noe: Invite, merchant: Tenant, claire: User, now: datetime
) -> None:
    row = invite_noe()
    office = office_of(row)
    accept(row, merchant, claire)
    deliver(merchant, office)
    remind(partnership_id=row.id, tenant_id=merchant.id, now=now + timedelta(minutes=5))
    [again] = deliver(merchant, office)
    assert "/invitation/" in again.body
    nora_joins(Partnership.objects.get(id=row.id), now)
    remind(partnership_id=row.id, tenant_id=merchant.id, now=now + timedelta(minutes=10))
    subjects = [letter.subject for letter in deliver(merchant, office)]
    assert "Maison Lumen attend votre accord" in subjects


def in_operation(row: Partnership, merchant: Tenant, minor: Tenant, **changes: Any) -> Operation:
    """One that Maison Lumen runs with this partner."""
    with enter(merchant):
        operation = make_operation(**changes)
        add_partner(
            make_module(operation),
            partnership_id=row.id,
            partner_tenant_id=minor.id,
            name=minor.name,
        )
    return operation


def test_the_letter_names_the_operation_its_dates_and_whether_it_is_online(
    proposed: Partnership, merchant: Tenant, other_merchant: Tenant, now: datetime
) -> None:
    today = timezone.now()
    span = {"starts_at": today - timedelta(days=1), "ends_at": today + timedelta(days=400)}
    row = in_operation(proposed, merchant, other_merchant, **span)
    states = {
        "live": "« Un automne à la maison », déjà en ligne, du",
        "draft": "« Un automne à la maison », en préparation, prévue du",
        "ended": "prépare une opération avec vous",
    }
    for day, (state, words) in enumerate(states.items()):
        with enter(merchant):
            Operation.objects.filter(id=row.id).update(state=state)
        remind(
            partnership_id=proposed.id, tenant_id=merchant.id, now=now + timedelta(hours=25 * day)
        )
        [letter] = deliver(merchant, other_merchant)
        assert words in letter.body.replace("\u00a0", " "), state
        if state != "ended":
            assert f" {span['ends_at'].year}" in letter.body


def test_the_letter_tells_of_no_operation_of_another_partner(
    proposed: Partnership, merchant: Tenant, other_merchant: Tenant, now: datetime
) -> None:
    """R23"""
    with enter(merchant):
        add_partner(make_module(make_operation()))
    remind(partnership_id=proposed.id, tenant_id=merchant.id, now=now)
    [letter] = deliver(merchant, other_merchant)
    assert "Un automne" not in letter.body


def test_an_invitation_wears_the_colour_of_who_invites(
    invite_noe: Invite, merchant: Tenant, now: datetime
) -> None:
    Tenant.objects.filter(id=merchant.id).update(brand_color="#E5A83B")
    office = office_of(invite_noe())
    [letter] = deliver(merchant, office)
    written = letter.alternatives[0][0].lower()
    assert "/invitation/" in letter.body
    assert "#e5a83b" in written and "#0f6170" not in written


@pytest.mark.parametrize(
    "title", ["Un automne : https://piege.example", "Un automne, piege.example"]
)
def test_a_strangers_letter_tells_of_no_title_with_a_link(
    invite_noe: Invite, merchant: Tenant, claire: User, now: datetime, title: str
) -> None:
    """R42: as with every other name that somebody types and that stands in another's inbox."""
    row = invite_noe()
    office = office_of(row)
    accept(row, merchant, claire)
    deliver(merchant, office)
    in_operation(row, merchant, office, title={"fr": title}, state="draft")
    remind(partnership_id=row.id, tenant_id=merchant.id, now=now + timedelta(minutes=5))
    [letter] = deliver(merchant, office)
    assert "/invitation/" in letter.body
    assert "piege" not in letter.body + letter.alternatives[0][0]
