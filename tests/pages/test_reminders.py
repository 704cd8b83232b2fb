"""The pages of the reminders: the list, one as a timeline, its switch and its delays (SP-16)."""

from collections.abc import Iterator

import pytest

from tenants import features, lookup
from tenants.features import Feature
from tenants.messaging.models import Scenario
from tenants.models import Tenant
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import Story, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_remembered(merchant: Tenant) -> Iterator[None]:
    """A module that one test switches off is on again for the next, also in the caches."""
    yield
    lookup.forget(merchant)
    lookup.forget_locally()


def test_the_list_says_what_each_would_do(claire: TenantClient, story: Story) -> None:
    page = text_of(claire.get("/relances"))
    assert "Invitez vos proches" in page
    assert "1 personne concernée aujourd’hui" in page


def test_a_scenario_is_a_timeline_with_its_texts(claire: TenantClient, story: Story) -> None:
    response = claire.get("/relances/share")
    page = text_of(response)
    assert "10 jours après : premier message" in page
    assert "30 jours plus tard : message suivant" in page
    assert 'href="/messages/textes/reminder_share_1/fr"' in response.content.decode()
    assert claire.get("/messages/textes/reminder_share_1/fr").status_code == 200


def test_a_manager_switches_one_on_and_off(claire: TenantClient, story: Story) -> None:
    assert claire.post("/relances/share/etat", {"on": "1"}).status_code == 302
    assert Scenario.objects.get(key="share").enabled
    claire.post("/relances/share/etat", {})
    assert not Scenario.objects.get(key="share").enabled


def test_delays_are_changed_within_limits(claire: TenantClient, story: Story) -> None:
    answer = claire.post("/relances/share", {"days_1": "0", "days_2": "5"})
    assert answer.status_code == 422
    assert claire.post("/relances/share", {"days_1": "3", "days_2": "5"}).status_code == 302
    assert "3 jours après : premier message" in text_of(claire.get("/relances/share"))


def test_a_viewer_looks_and_changes_nothing(louis: TenantClient, story: Story) -> None:
    assert louis.get("/relances/share").status_code == 200
    assert louis.post("/relances/share", {"days_1": "3", "days_2": "5"}).status_code == 403
    assert louis.post("/relances/share/etat", {"on": "1"}).status_code == 403
    assert not Scenario.objects.exists()


def test_a_reminder_to_friends_explains_itself(claire: TenantClient, story: Story) -> None:
    page = text_of(claire.get("/relances/invited"))
    assert "Ces personnes ne vous ont rien demandé" in page
    assert "Éteinte" in page


def test_nothing_of_it_is_reachable_while_the_module_is_off(
    claire: TenantClient, merchant: Tenant, story: Story
) -> None:
    features.switch(tenant_id=merchant.id, off=[Feature.CAMPAIGNS])
    assert claire.get("/relances").status_code == 404
    assert claire.get("/messages/textes/reminder_share_1/fr").status_code == 404
    assert "Relances" not in text_of(claire.get("/messages"))


def test_an_unknown_scenario_is_not_found(claire: TenantClient, story: Story) -> None:
    assert claire.get("/relances/rien").status_code == 404
