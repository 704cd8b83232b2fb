"""Who may be written to by reminders and campaigns: one rule, every case of it (R44, D10)."""

from datetime import timedelta
from typing import Any

import pytest

from tenants.activity.models import Session, SessionState, SessionType, Source
from tenants.messaging import bouncing, choosing, permission
from tenants.messaging.addresses import address_hash
from tenants.messaging.kinds import Topic
from tenants.messaging.models import BounceSource
from tenants.profiles.models import Profile
from tests.messaging.conftest import NOW


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"order_count": 1}, None),
        ({"bought_before": NOW}, None),
        ({"consented_at": NOW}, None),
        ({}, "no_consent"),
        ({"account_created_at": NOW}, "no_consent"),
        ({"kind": "influencer"}, "no_consent"),
        ({"order_count": 1, "unsubscribed_at": NOW}, "unsubscribed"),
        ({"consented_at": NOW, "unsubscribed_at": NOW}, "unsubscribed"),
        ({"order_count": 1, "email": "", "email_key": None}, "no_address"),
        ({"order_count": 1, "is_test": True}, "test"),
        ({"order_count": 1, "erased_at": NOW}, "erased"),
    ],
)
def test_the_rule_for_each_person(
    camille: Profile, fields: dict[str, Any], expected: str | None
) -> None:
    Profile.objects.filter(id=camille.id).update(**fields)
    camille.refresh_from_db()
    assert permission.mailing_reasons(profiles=[camille], topic=Topic.CAMPAIGNS) == [expected]


def test_an_address_that_bounced_is_left_alone(camille: Profile) -> None:
    Profile.objects.filter(id=camille.id).update(order_count=1)
    camille.refresh_from_db()
    bouncing.note_bounce(
        hashed=address_hash(camille.email), source=BounceSource.SMTP, status="5.1.1", now=NOW
    )
    assert permission.mailing_reasons(profiles=[camille], topic=Topic.CAMPAIGNS) == ["bounced"]


@pytest.mark.parametrize(("validated", "expected"), [(True, None), (False, "no_consent")])
def test_a_session_that_took_place_makes_a_customer(
    camille: Profile, *, validated: bool, expected: str | None
) -> None:
    kind = SessionType.objects.create(key="portrait", name="Portrait", created_at=NOW)
    Session.objects.create(
        external_id="s1",
        profile=camille,
        type=kind,
        booked_at=NOW,
        received_at=NOW,
        validated_at=NOW if validated else None,
        source=Source.API,
        state=SessionState.VALIDATED if validated else SessionState.BOOKED,
    )
    assert permission.mailing_reasons(profiles=[camille], topic=Topic.CAMPAIGNS) == [expected]


def test_a_yes_in_the_own_space_is_a_consent_and_a_no_takes_it_back(camille: Profile) -> None:
    choosing.choose_own(profile=camille, wanted=tuple(Topic), opens=False, now=NOW)
    camille.refresh_from_db()
    assert permission.mailing_reasons(profiles=[camille], topic=Topic.CAMPAIGNS) == [None]
    choosing.choose_own(profile=camille, wanted=(), opens=False, now=NOW + timedelta(days=1))
    camille.refresh_from_db()
    assert camille.consented_at is None
    assert permission.mailing_reasons(profiles=[camille], topic=Topic.CAMPAIGNS) == ["unsubscribed"]
