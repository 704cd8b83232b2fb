"""D6: what nobody confirmed goes after a week, who only played after three years."""

from datetime import timedelta

from operations import counting, retention
from operations.models import (
    Participation,
    ReceivedOperation,
    ReceivedParticipation,
    Share,
    ShareState,
)
from tenants.messaging.models import Email
from tenants.profiles import consents, forgetting
from tenants.profiles.models import Consent, Profile
from tests.fixtures.operations import NOE, NOW, add_partner, bill, make_module, make_operation, take

DAY = timedelta(days=1)
YEARS = timedelta(days=3 * 366)


def known() -> str:
    """Everything that is kept of people, in words."""
    tables = (Profile, Participation, Email)
    return repr([list(table._base_manager.values()) for table in tables])


def test_an_entry_that_nobody_confirmed_is_forgotten_with_its_address_after_a_week():
    take(make_module(double_optin=True), boxes=frozenset({"own"}))
    retention.forget(now=NOW + retention.KEEP_UNCONFIRMED)
    assert "thomas@exemple.fr" in known()
    assert retention.forget(now=NOW + retention.KEEP_UNCONFIRMED + DAY) == 1
    assert "thomas" not in known().lower()
    assert Participation.objects.get().state == "void"
    assert not consents.in_force().exists()
    # Time did it, not the person: they may come back.
    assert not forgetting.is_erased(address="thomas@exemple.fr")


def test_somebody_known_before_stays_when_their_entry_goes():
    take(make_module())
    take(make_module(make_operation(slug="autre"), double_optin=True))
    retention.forget(now=NOW + retention.KEEP_UNCONFIRMED + DAY)
    assert Profile.objects.get().email == "thomas@exemple.fr"
    assert sorted(Participation.objects.values_list("state", flat=True)) == ["counted", "void"]


def test_a_voided_entry_does_not_keep_its_person_from_taking_part():
    module = make_module(double_optin=True)
    taken = take(module)
    retention.forget(now=NOW + retention.KEEP_UNCONFIRMED + DAY)
    again = take(module, now=NOW + 9 * DAY)
    assert again.participation.id != taken.participation.id
    counting.confirm(participation_id=again.participation.id, now=NOW + 9 * DAY)
    assert Participation.objects.filter(state="counted").count() == 1


def test_who_only_played_is_forgotten_three_years_after_the_last_time():
    module = make_module()
    take(module)
    later = make_module(make_operation(slug="autre", ends_at=NOW + 2 * YEARS))
    take(later, now=NOW + 365 * DAY)
    assert retention.forget(now=NOW + YEARS) == 0
    assert retention.forget(now=NOW + 365 * DAY + YEARS) == 1
    assert "thomas" not in known().lower()
    assert Participation.objects.count() == 2  # that somebody took part stays, and what came of it


def test_a_customer_is_not_forgotten_by_the_rules_of_players():
    take(make_module())
    Profile.objects.update(order_count=1)
    assert retention.forget(now=NOW + 2 * YEARS) == 0
    assert "thomas@exemple.fr" in known()


def test_the_proof_outlives_the_name_and_partners_are_told():
    """D2, D4: the consent's words stay, of somebody who has no name any more."""
    module = make_module()
    add_partner(module)
    take(module, boxes=frozenset({str(NOE)}))
    Share.objects.update(state=ShareState.DELIVERED)
    retention.forget(now=NOW + YEARS)
    assert Consent.objects.get().text.endswith("Brûlerie Noé par e-mail.")
    assert Share.objects.get().state == ShareState.WITHDRAWING
    assert not consents.in_force().exists()


def test_a_customer_without_orders_is_one_all_the_same():
    """An invoice, a session, a cagnotte: none of them is forgotten with an entry to a game."""
    take(make_module(double_optin=True))
    bill(Profile.objects.get())
    retention.forget(now=NOW + retention.KEEP_UNCONFIRMED + DAY)
    retention.forget(now=NOW + 2 * YEARS)
    assert Profile.objects.get().email == "thomas@exemple.fr"


def test_who_came_by_a_partner_is_forgotten_after_three_years_as_well():
    row = Profile.objects.create(
        email="lea@exemple.fr", email_key="lea@exemple.fr", source="partner", created_at=NOW
    )
    operation = ReceivedOperation.objects.create(
        operation_id=NOE,
        partnership_id=NOE,
        major_id=NOE,
        major_name="Noé",
        name="Noël",
        state="live",
        page_url="https://noe.example/o/noel",
        version="1",
        received_at=NOW,
        refreshed_at=NOW,
    )
    ReceivedParticipation.objects.create(
        operation=operation,
        participation_id=NOE,
        module_id=NOE,
        day=NOW.date(),
        source_kind="site",
        brought_by="major",
        fields={"email": "lea@exemple.fr"},
        profile=row,
        received_at=NOW + 365 * DAY,
    )
    assert retention.forget(now=NOW + YEARS) == 0
    assert retention.forget(now=NOW + 365 * DAY + YEARS) == 1
    assert ReceivedParticipation.objects.get().fields == {}


def test_a_test_that_nobody_wiped_is_forgotten_after_a_month():
    module = make_module(make_operation(state="test"))
    take(module, test=True)
    take(module, test=True, now=NOW + DAY)
    assert retention.forget(now=NOW + 30 * DAY) == 0
    assert retention.forget(now=NOW + 31 * DAY) == 1
    assert Participation.objects.count() == 1
