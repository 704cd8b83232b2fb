"""Reminding a partner whose word is missing: by the way that they can answer, and once a day."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import User
from partnerships.errors import AlreadyRemindedError, NotWaitingError, UnknownPartnershipError
from partnerships.models import Partnership
from partnerships.services.codes import code_of
from partnerships.services.proposing import propose_by_code
from partnerships.services.reminding import remind
from tenants.models import Tenant
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
