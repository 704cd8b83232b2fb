"""D6: prospects are kept three years after the last contact, by the merchant's days."""

from datetime import UTC, datetime, timedelta

import pytest

from kernel.ledger import selectors as ledger
from tenants.activity.models import Source
from tenants.loyalty import membership
from tenants.messaging import clicking, unsubscribing
from tenants.messaging import services as messaging
from tenants.messaging.models import Email
from tenants.profiles import consents, contacts, forgetting
from tenants.profiles import services as profiles
from tenants.profiles.consents import Asked, Circumstances
from tenants.profiles.models import Profile, ProfileKind
from tenants.profiles.personal import declared
from tenants.programme import clock, conductor, prospects, retention, services
from tests.fixtures.programme import make_order
from tests.fixtures.together import together
from widgets.space import sessions

DAY = timedelta(days=1)
# In Paris the fifth of March began an hour before.
MET = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
LAST = datetime(2029, 3, 5, 22, 59, tzinfo=UTC)
OVER = datetime(2029, 3, 5, 23, 1, tzinfo=UTC)


def known(email: str = "lea@exemple.fr", *, at: datetime = MET, **fields: object) -> Profile:
    return profiles.create(email=email, first_name="Léa", source="import", now=at, **fields)


def there() -> set[str]:
    return set(Profile.objects.exclude(email="").values_list("email", flat=True))


def test_a_prospect_is_there_on_the_last_day_and_gone_on_the_next(merchant):
    """R11: the days are the merchant's, not those of the server."""
    known()
    assert retention.forget(now=LAST) == 0
    assert there() == {"lea@exemple.fr"}
    assert prospects.last_day(MET).isoformat() == "2029-03-05"
    assert retention.forget(now=OVER) == 1
    assert there() == set()
    assert retention.forget(now=OVER) == 0
    assert "Léa" not in repr(list(Profile.everyone.values()))


def test_whoever_was_erased_is_not_added_or_written_to_again_by_mistake(merchant):
    """D4: the hash is kept, the address is not."""
    known()
    prospects.forget(now=OVER)
    assert forgetting.is_erased(address="LEA@exemple.fr")
    assert unsubscribing.is_unsubscribed(address="lea@exemple.fr")


def test_who_comes_back_by_themselves_is_welcome(programme):
    known()
    prospects.forget(now=OVER)
    order = make_order("lea@exemple.fr", ordered_at=OVER)
    again = conductor.order_received(order=order, now=OVER).order.profile
    assert again.email == "lea@exemple.fr" and again.order_count == 1


def _click(person: Profile, at: datetime) -> None:
    from tenants.context import current_tenant
    from tenants.messaging.models import EmailLink

    messaging.queue(
        kind="reward_posted",
        to=person.email,
        key="letter",
        profile=person,
        now=at,
        context={"first_name": "Léa", "amount": 800, "unit": "EUR"},
    )
    link = EmailLink.objects.create(kind="reward_posted", target="space_url")
    letter = Email.objects.get(key="letter")
    token = clicking.token_for(email_id=letter.id, link_id=link.id)
    assert clicking.clicked(token=token, tenant=current_tenant(), now=at)


def _agree(person: Profile, at: datetime) -> None:
    consents.grant(
        profile=person,
        asked=[Asked(controller_name="Maison Lumen", text="Oui.")],
        circumstances=Circumstances(source_kind="space"),
        now=at,
    )


def _enter(person: Profile, at: datetime) -> None:
    sessions.open_session(profile=person, now=at)
    sessions.SpaceSession.objects.all().delete()  # it is deleted a month later


@pytest.mark.parametrize(
    "contact",
    [
        _click,
        _agree,
        _enter,
        lambda person, at: membership.join(profile_id=person.id, source="manual", now=at),
        lambda person, at: contacts.note(profile_id=person.id, at=at),
    ],
    ids=["click", "consent", "space", "membership", "noted"],
)
def test_a_contact_begins_the_three_years_anew(programme, contact):
    person = known()
    contact(person, MET + 100 * DAY)
    contacts.note(profile_id=person.id, at=MET)  # an older one changes nothing
    assert prospects.forget(now=OVER + 99 * DAY) == 0
    assert prospects.forget(now=OVER + 100 * DAY) == 1


def test_opening_an_email_is_no_contact(programme):
    person = known()
    _click(person, MET)
    Email.objects.update(opened_at=MET + 100 * DAY)
    assert prospects.forget(now=OVER) == 1


def test_who_bought_or_referred_or_is_a_partner_is_no_prospect(programme, camille):
    conductor.order_received(order=make_order("thomas@exemple.fr"), now=MET)
    unsure = make_order("zoe@exemple.fr", external_id="Z", source=Source.TRACKER)
    conductor.order_received(order=unsure, now=MET)
    known("noe@exemple.fr")
    Profile.objects.filter(email="noe@exemple.fr").update(kind=ProfileKind.PARTNER)
    known("max@exemple.fr")
    Profile.objects.filter(email="max@exemple.fr").update(bought_before=MET)
    prospects.forget(now=OVER + 400 * DAY)
    assert there() >= {"thomas@exemple.fr", "zoe@exemple.fr", "noe@exemple.fr", "max@exemple.fr"}
    assert camille.email not in there()  # she has a code, and shared it with nobody


def test_who_has_something_to_spend_is_kept_until_it_expires(programme):
    person = known()
    services.adjust(
        profile=person, amount=500, reason="Bienvenue", key="k", author_id=None, now=MET
    )
    assert prospects.forget(now=OVER) == 0
    assert list(prospects.held_back()) == [person]
    assert not prospects.going(now=OVER).exists()
    services.adjust(profile=person, amount=-500, reason="Fini", key="l", author_id=None, now=OVER)
    assert prospects.forget(now=OVER) == 1
    assert ledger.discrepancies() == []


def test_a_thousand_go_in_slices_and_one_that_fails_stops_nobody(merchant, monkeypatch):
    for number in range(7):
        known(f"p{number}@exemple.fr", at=MET + number * timedelta(minutes=1))
    assert prospects.forget(now=OVER, limit=3) == 3
    real = prospects.erasing.erase
    broken = Profile.objects.get(email="p4@exemple.fr").id

    def erase(*, profile_id, **rest):
        if profile_id == broken:
            raise RuntimeError
        return real(profile_id=profile_id, **rest)

    monkeypatch.setattr(prospects.erasing, "erase", erase)
    assert prospects.forget(now=OVER) == 3
    assert there() == {"p4@exemple.fr"}


def test_whoever_comes_back_while_the_list_is_worked_through_stays(merchant):
    person = known()
    contacts.note(profile_id=person.id, at=OVER)
    assert prospects._forget_one(person.id, OVER) is False
    assert there() == {"lea@exemple.fr"}


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_erase_each_once(merchant, django_db_blocker):
    """R7."""
    for number in range(12):
        known(f"p{number}@exemple.fr")
    done = together(
        [lambda: prospects.forget(now=OVER)] * 4, tenant=merchant, blocker=django_db_blocker
    )
    assert sum(done) == 12
    assert there() == set()


def test_every_table_says_whether_it_makes_more_of_a_prospect():
    """A table whose rows are contacts names a date of its own."""
    for table in declared():
        if table.contact:
            kind = table.model._meta.get_field(table.contact).get_internal_type()
            assert kind == "DateTimeField", table.model.__name__


def test_a_credit_that_expires_frees_the_record(programme):
    person = known()
    services.adjust(
        profile=person, amount=500, reason="Bienvenue", key="k", author_id=None, now=MET
    )
    clock.settle(now=OVER + 2000 * DAY, limit=100)
    left = ledger.balance(owner_id=person.id, unit="EUR").available
    assert prospects.forget(now=OVER + 2000 * DAY) == (0 if left else 1)
