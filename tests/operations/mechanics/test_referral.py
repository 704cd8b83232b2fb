"""The programme as a module: a link for each person, and nothing earned by taking part."""

import pytest

from kernel.ledger.models import Transfer
from operations.mechanics import mechanic_of
from operations.models import Rule
from tenants import features
from tenants.features import Feature
from tenants.messaging.models import Email
from tenants.profiles.models import Profile
from tenants.programme import conductor
from tenants.programme.models import Reward
from tenants.referrals import services
from tenants.referrals.models import Referral, ReferralCode
from tests.fixtures.mechanics import make_live, play_page, result_page
from tests.fixtures.operations import NOW, make_module, outcome_of, take
from tests.fixtures.programme import make_order, publish


@pytest.fixture
def module(lumen):
    publish()
    return make_live("referral", rule=Rule.TIMES, times=3)


@pytest.fixture
def off(lumen):
    """The module Parrainage, switched off; put back for whoever comes after."""

    def switch() -> None:
        features.switch(tenant_id=lumen.id, off=[Feature.REFERRAL])

    yield switch
    lumen.modules = list(Feature.values)


def test_whoever_takes_part_has_their_own_link(module):
    taken = take(module)
    code = ReferralCode.objects.get(profile__email="thomas@exemple.fr").code
    assert outcome_of(taken) == {"kind": "link", "code": code}
    page = result_page(module, taken.participation)
    assert f"/r/{code}" in page
    assert "https://wa.me/" in page
    assert Email.objects.get(kind="operation_referral").context["code"] == code


def test_taking_part_earns_nothing_however_often(module):
    codes = {outcome_of(take(module))["code"] for _time in range(3)}
    assert len(codes) == 1
    assert not Transfer.objects.exists()
    assert not Referral.objects.exists()


def test_a_friends_order_is_paid_once_whatever_the_modules_are(module):
    """Two modules hand out the same link; the order is one order."""
    code = outcome_of(take(module))["code"]
    from tests.fixtures.operations import make_operation

    other = make_live("referral", operation=make_operation(slug="autre"))
    take(other)
    order = make_order("ami@exemple.fr", referral_code=code)
    for _time in range(2):
        conductor.order_received(order=order, now=NOW)
    assert Referral.objects.count() == 1
    assert Reward.objects.filter(profile__email="thomas@exemple.fr").count() == 1
    for each in (module, other):
        assert [f.value for f in mechanic_of(each).figures(module=each)] == [1, 0, 1]


def test_visits_and_friends_of_before_are_not_this_modules(module):
    from datetime import timedelta

    early = NOW - timedelta(days=2)
    first = Profile.objects.create(
        email="thomas@exemple.fr", email_key="thomas@exemple.fr", created_at=early
    )
    from tenants.referrals.codes import code_for

    code = code_for(profile=first, now=early).code
    services.record_click(code=code, channel="link", now=early)
    take(module)
    assert [f.value for f in mechanic_of(module).figures(module=module)] == [1, 0, 0]
    services.record_click(code=code, channel="link", now=NOW + timedelta(hours=1))
    assert [f.value for f in mechanic_of(module).figures(module=module)] == [1, 1, 0]


def test_the_page_says_what_the_programme_gives(module):
    assert "Le parrain reçoit" in play_page(module)


def test_a_code_that_was_renamed_is_shown_by_its_new_name(module):
    taken = take(module)
    ReferralCode.objects.update(code="THOMAS-LUMEN")
    assert "/r/THOMAS-LUMEN" in result_page(module, taken.participation)


def test_with_the_module_off_it_does_not_go_live(module, off):
    off()
    [problem] = mechanic_of(module).check(module=module)
    assert "Activez le module Parrainage" in problem.text


def test_with_the_module_off_people_take_part_without_a_link(module, off):
    """OF-07: what is off is neither shown nor reachable; nobody's participation is lost."""
    before = take(module, "avant@exemple.fr").participation
    off()
    taken = take(module)
    assert outcome_of(taken) == {"kind": "taken"}
    assert ReferralCode.objects.count() == 1
    for participation in (before, taken.participation):
        page = result_page(module, participation)
        assert "/r/" not in page
        assert "enregistrée" in page
    assert "parrain" not in play_page(module)


def test_without_a_programme_it_does_not_go_live(lumen):
    module = make_module(kind="referral")
    [problem] = mechanic_of(module).check(module=module)
    assert "programme" in problem.text
