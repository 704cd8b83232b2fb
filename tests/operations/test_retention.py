"""D6: what nobody confirmed goes after a week, who only played after three years."""

from datetime import timedelta

import time_machine
from django.db import OperationalError, connection

from config.tasks import forget_old_facts
from kernel.outbox.models import Event
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
from tenants.profiles.models import Consent, ErasedAddress, Profile
from tests.fixtures.operations import (
    NOE,
    NOES_TENANT,
    NOW,
    add_partner,
    bill,
    confirm,
    make_module,
    make_operation,
    take,
)

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
    confirm(again.participation, now=NOW + 9 * DAY)
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


def test_the_proof_outlives_the_name_and_partners_go_by_their_own_clock():
    """D2: the consent's words stay, of somebody who has no name any more.

    D1, D4, D6: the yes to a partner was to that partner, whose three years are its own; a wish is
    told to it, the passing of time here is not. Each controller ends by its own clock.
    """
    module = make_module()
    add_partner(module)
    take(module, boxes=frozenset({"own", str(NOE)}))
    Share.objects.update(state=ShareState.DELIVERED, delivered_at=NOW)
    Event.objects.all().delete()
    assert retention.forget(now=NOW + YEARS) == 1
    own, theirs = Consent.objects.order_by("granted_at", "id")
    assert (own.controller_tenant_id, theirs.controller_tenant_id) == (None, NOES_TENANT)
    assert theirs.text.endswith("Brûlerie Noé par e-mail.")
    assert own.events.get().how == "time"
    assert list(consents.in_force()) == [theirs]
    assert Share.objects.get().state == ShareState.DELIVERED
    assert not Event.objects.filter(kind=counting.SHARE_EVENT).exists()


def test_whoever_takes_part_while_the_list_is_worked_through_stays(monkeypatch):
    """R7: asked once more, with the record locked."""
    take(make_module())
    again = make_module(make_operation(slug="autre", ends_at=NOW + 2 * YEARS))
    listed = retention._each

    def each(rows):
        ids = list(listed(rows))
        if ids:
            take(again, now=NOW + YEARS)
        yield from ids

    monkeypatch.setattr(retention, "_each", each)
    assert retention.forget(now=NOW + YEARS) == 0
    assert Profile.objects.get().email == "thomas@exemple.fr"
    assert Participation.objects.count() == 2


def test_whoever_takes_part_as_their_old_entry_goes_stays(monkeypatch):
    over = NOW + retention.KEEP_UNCONFIRMED + DAY
    take(make_module(double_optin=True))
    again = make_module(make_operation(slug="autre"), double_optin=True)
    void = retention._void

    def voided(number, now):
        found = void(number, now)
        take(again, now=now)
        return found

    monkeypatch.setattr(retention, "_void", voided)
    assert retention.forget(now=over) == 0
    assert Profile.objects.get().email == "thomas@exemple.fr"
    # The new entry may be confirmed yet.
    assert sorted(Participation.objects.values_list("state", flat=True)) == ["pending", "void"]


def test_players_past_a_slice_may_come_back_without_a_word_as_well(lumen, monkeypatch):
    """The rule of all prospects keeps a hash of the address: who only played falls not into it."""
    monkeypatch.setattr(retention, "_SLICE", 2)
    module = make_module()
    for number in range(5):
        take(module, f"p{number}@exemple.fr")
    with time_machine.travel(NOW + YEARS, tick=False):
        forget_old_facts()
    connection.set_tenant(lumen)
    assert not Profile.objects.exclude(email="").exists()
    assert Profile.objects.filter(forgotten_by_time=True).count() == 5
    assert not ErasedAddress.objects.exists()


def test_the_rule_of_all_prospects_waits_where_that_of_players_broke_off(lumen, monkeypatch):
    take(make_module())

    def away(**_kwargs):
        raise OperationalError

    with monkeypatch.context() as broken, time_machine.travel(NOW + YEARS, tick=False):
        broken.setattr(retention.erasing, "erase", away)
        forget_old_facts()
    connection.set_tenant(lumen)
    assert "thomas@exemple.fr" in known()
    with time_machine.travel(NOW + YEARS, tick=False):
        forget_old_facts()
    connection.set_tenant(lumen)
    assert "thomas" not in known().lower()
    assert not ErasedAddress.objects.exists()


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
