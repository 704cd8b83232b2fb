"""Reminders (SP-16): who is taken in, what is sent once, what stops them (R44, D7)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tenants import features
from tenants.features import Feature
from tenants.messaging import choosing, unsubscribing
from tenants.messaging import scenarios as stored
from tenants.messaging import services as messaging
from tenants.messaging.models import Email, EmailState, Enrolment, EnrolmentState, Scenario
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme import clock as programme_clock
from tenants.programme import conductor, services, versions
from tenants.programme.models import ProgrammeVersion
from tenants.programme.scenarios import clock, figures
from tenants.programme.scenarios.catalogue import SPECS
from tenants.referrals import codes
from tenants.referrals.models import Invitation
from tests.fixtures.programme import NOW

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def turn_on(key: str, at: datetime = NOW) -> Scenario:
    return stored.switch(key=key, enabled=True, author_id=None, now=at)


def run(at: datetime) -> int:
    return clock.run(now=at, limit=500)


def stopped() -> list[str]:
    rows = Enrolment.objects.filter(state=EnrolmentState.STOPPED)
    return list(rows.values_list("stopped_because", flat=True))


@pytest.fixture
def buyer(programme: ProgrammeVersion, order_of: Callable[..., Any]) -> Profile:
    """Thomas bought today, and has invited nobody."""
    turn_on("share")
    return conductor.order_received(order=order_of(), now=NOW).order.profile


@pytest.fixture
def invitation(camille: Profile) -> Invitation:
    """Lea was invited by Camille today, after the reminder was switched on."""
    turn_on("invited")
    turn_on("clicked")
    services.invite_friend(referrer=camille, email="lea@exemple.org", first_name="Léa", now=NOW)
    return Invitation.objects.get(email="lea@exemple.org")


def test_a_customer_is_reminded_step_by_step(buyer: Profile) -> None:
    assert run(NOW + DAY) == 0
    assert run(NOW + 10 * DAY) == 1
    assert run(NOW + 39 * DAY) == 0
    assert run(NOW + 40 * DAY) == 1
    kinds = Email.objects.filter(kind__startswith="reminder_").order_by("queued_at")
    assert [email.kind for email in kinds] == ["reminder_share_1", "reminder_share_2"]
    assert Enrolment.objects.get().state == EnrolmentState.DONE


def test_the_same_moment_twice_sends_one_email(buyer: Profile) -> None:
    assert run(NOW + 10 * DAY) == 1
    assert run(NOW + 10 * DAY) == 0
    assert Enrolment.objects.count() == 1


def test_a_worker_that_dies_in_the_middle_sends_nothing_twice(
    buyer: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    queue_all = messaging.queue_all

    def die(**arguments: Any) -> None:
        queue_all(**arguments)
        raise Killed

    monkeypatch.setattr(clock.messaging, "queue_all", die)
    with pytest.raises(Killed):
        run(NOW + 10 * DAY)
    assert not Email.objects.filter(kind__startswith="reminder_").exists()
    assert Enrolment.objects.get().step == 1
    monkeypatch.setattr(clock.messaging, "queue_all", queue_all)
    assert run(NOW + 10 * DAY) == 1
    assert Email.objects.filter(kind__startswith="reminder_").count() == 1


def test_whoever_invited_somebody_is_not_asked_to(buyer: Profile) -> None:
    run(NOW + DAY)
    services.invite_friend(referrer=buyer, email="a@exemple.org", first_name="", now=NOW + 2 * DAY)
    assert run(NOW + 10 * DAY) == 0
    assert stopped() == ["shared"]


def test_an_opt_out_ends_the_scenario(buyer: Profile) -> None:
    run(NOW + DAY)
    choosing.choose_own(profile=buyer, wanted=(), opens=False, now=NOW + 2 * DAY)
    assert run(NOW + 10 * DAY) == 0
    assert stopped() == ["unsubscribed"]


def test_switching_off_ends_it_for_everybody_and_on_does_not_bring_them_back(
    buyer: Profile,
) -> None:
    run(NOW + DAY)
    stored.switch(key="share", enabled=False, author_id=None, now=NOW + 2 * DAY)
    assert run(NOW + 10 * DAY) == 0
    assert stopped() == ["turned_off"]
    turn_on("share", NOW + 11 * DAY)
    assert run(NOW + 12 * DAY) == 0


def test_nothing_goes_out_while_the_module_is_off(merchant: Tenant, buyer: Profile) -> None:
    features.switch(tenant_id=merchant.id, off=[Feature.CAMPAIGNS])
    assert run(NOW + 10 * DAY) == 0
    assert not Enrolment.objects.exists()


def test_four_messages_a_month_are_enough(buyer: Profile) -> None:
    for number in range(4):
        messaging.queue(
            kind="campaign:x",
            to=buyer.email,
            key=f"c{number}",
            context={},
            now=NOW + 5 * DAY,
            profile=buyer,
        )
    assert run(NOW + 10 * DAY) == 0
    assert stopped() == ["too_many"]


def test_somebody_who_never_bought_nor_agreed_is_not_reminded(
    programme: ProgrammeVersion, buyer: Profile
) -> None:
    Profile.objects.filter(id=buyer.id).update(order_count=0)
    assert run(NOW + 10 * DAY) == 0
    assert stopped() == ["no_consent"]


def test_own_delays_count(buyer: Profile) -> None:
    stored.set_days(key="share", days={1: 2}, author_id=None, now=NOW)
    assert run(NOW + 2 * DAY) == 1


def test_a_friend_who_did_not_open_the_invitation_is_reminded_once(
    invitation: Invitation,
) -> None:
    assert run(NOW + 7 * DAY) == 1
    email = Email.objects.get(kind="reminder_invited_1")
    assert (email.to, email.profile) == ("lea@exemple.org", None)
    # She comes after that: the other scenario would be a second reminder.
    Invitation.objects.update(clicked_at=NOW + 8 * DAY)
    assert run(NOW + 20 * DAY) == 0
    assert stopped() == ["already"]
    assert Email.objects.filter(kind__startswith="reminder_").count() == 1


def test_a_friend_invited_before_the_switch_is_left_alone(camille: Profile) -> None:
    services.invite_friend(referrer=camille, email="lea@exemple.org", first_name="", now=NOW)
    turn_on("invited", NOW + DAY)
    assert run(NOW + 8 * DAY) == 0
    assert not Enrolment.objects.exists()


def test_a_friend_who_became_a_customer_is_not_reminded(
    invitation: Invitation, order_of: Callable[..., Any]
) -> None:
    run(NOW + DAY)
    conductor.order_received(order=order_of("lea@exemple.org"), now=NOW + 2 * DAY)
    assert run(NOW + 7 * DAY) == 0
    assert set(stopped()) <= {"referred", "bought", "clicked"}
    assert stopped()


def test_a_friend_who_unsubscribed_is_not_reminded(invitation: Invitation) -> None:
    email = Email.objects.get(kind="invitation")
    unsubscribing.unsubscribe(email=email, now=NOW + DAY)
    assert run(NOW + 7 * DAY) == 0
    assert stopped() == ["unsubscribed"]


def test_a_forgotten_friend_leaves_no_address_in_the_reminder(invitation: Invitation) -> None:
    run(NOW + 7 * DAY)
    programme_clock.settle(now=NOW + 70 * DAY, limit=100)
    email = Email.objects.get(kind="reminder_invited_1")
    assert (email.to, email.text, email.html) == ("", "", "")


def _refer(camille: Profile, order_of: Callable[..., Any]) -> None:
    code = codes.code_for(profile=camille, now=NOW).code
    Profile.objects.filter(id=camille.id).update(order_count=1)
    conductor.order_received(order=order_of(referral_code=code), now=NOW)


def test_a_reward_that_comes_soon_is_announced_once(
    camille: Profile, order_of: Callable[..., Any]
) -> None:
    turn_on("soon")
    _refer(camille, order_of)
    assert run(NOW + 10 * DAY) == 0
    # Both sides of the referral: Camille and Thomas.
    assert run(NOW + 12 * DAY) == 2
    assert run(NOW + 13 * DAY) == 0
    email = Email.objects.get(kind="reminder_soon_1", profile=camille)
    assert email.context["amount"] == 800


def test_what_expires_is_announced_with_its_amount(
    camille: Profile, order_of: Callable[..., Any], programme: ProgrammeVersion
) -> None:
    versions.publish(now=NOW, expiry_months=6)
    turn_on("expiry")
    _refer(camille, order_of)
    programme_clock.settle(now=NOW + 15 * DAY, limit=100)
    assert run(NOW + 100 * DAY) == 0
    assert run(NOW + 175 * DAY) == 2
    assert run(NOW + 176 * DAY) == 0
    assert Email.objects.get(kind="reminder_expiry_1", profile=camille).context["amount"] == 800


def test_a_cagnotte_that_waits_is_recalled_until_the_next_purchase(
    camille: Profile, order_of: Callable[..., Any]
) -> None:
    turn_on("balance")
    _refer(camille, order_of)
    programme_clock.settle(now=NOW + 15 * DAY, limit=100)
    thomas = Profile.objects.get(email="thomas@exemple.fr")
    assert run(NOW + 44 * DAY) == 0
    assert run(NOW + 46 * DAY) == 1
    assert run(NOW + 60 * DAY) == 0
    assert Email.objects.get(kind="reminder_balance_1").profile == thomas


def test_the_figures_say_who_is_where_and_what_came_of_it(
    buyer: Profile, order_of: Callable[..., Any]
) -> None:
    run(NOW + 10 * DAY)
    Email.objects.update(state=EmailState.SENT, sent_at=NOW + 10 * DAY)
    conductor.order_received(
        order=order_of(external_id="LUM-2", ordered_at=NOW + 12 * DAY), now=NOW + 12 * DAY
    )
    row = Scenario.objects.get(key="share")
    first, second = figures.steps(spec=SPECS["share"], row=row)
    assert (first.waiting, first.sent, second.waiting) == (0, 1, 1)
    line = figures.line(spec=SPECS["share"], row=row, now=NOW)
    assert (line.waiting, line.results.sent, line.results.orders) == (1, 1, 1)


def test_before_the_switch_the_page_can_say_whom_it_would_take_in(
    programme: ProgrammeVersion, order_of: Callable[..., Any]
) -> None:
    conductor.order_received(order=order_of(), now=NOW)
    line = figures.line(spec=SPECS["share"], row=None, now=NOW + DAY)
    assert (line.on, line.would) == (False, 1)
