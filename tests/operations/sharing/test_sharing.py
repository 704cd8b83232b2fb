"""What reaches a partner: once, only with its own yes, only what was asked for it, and no later."""

from datetime import timedelta

import pytest
from django.db import connection

from kernel.outbox.models import Event, EventState
from operations import counting
from operations.models import (
    OperationModule,
    Participation,
    ReceivedOperation,
    Share,
    ShareState,
)
from operations.modules import save_acquisition
from operations.received import taking
from operations.sharing import delivering
from partnerships.models import Crossing
from tenants.context import enter
from tenants.messaging.models import Email
from tenants.models import Tenant
from tenants.profiles import consents
from tenants.profiles.models import Consent, Profile
from tenants.profiles.services import Identity, find_or_create
from tests.fixtures.operations import NOW, confirm, take
from tests.fixtures.sharing import (
    deliver,
    events,
    received,
    shared_module,
    states,
    thomas,
    yes,
)

LATER = NOW + timedelta(hours=1)


def test_with_the_partners_yes_only_the_asked_fields_arrive(module, partnership, marin):
    """D1, D3: first name and email were asked for Marin; the name and the number were not."""
    taken = take(module, **thomas(boxes=yes(partnership)))
    deliver()
    [row] = received(marin)
    assert row.fields == {"first_name": "Thomas", "email": "thomas@exemple.fr"}
    assert row.participation_id == taken.participation.id
    assert (row.was_new, row.is_first, row.is_first_optin) == (True, True, True)
    with enter(marin):
        person = Profile.objects.get()
        assert (person.email, person.first_name) == ("thomas@exemple.fr", "Thomas")
        assert (person.last_name, person.phone, person.source) == ("", "", "partner")
        assert person.consented_at is not None
    share = Share.objects.get()
    assert share.state == ShareState.DELIVERED and share.delivered_at is not None


def test_the_proof_is_kept_on_both_sides_in_the_same_words(module, partnership, marin):
    """D2: the partner can show what the person read, and where, without asking anybody."""
    take(module, **thomas(boxes=yes(partnership)))
    deliver()
    given = Consent.objects.get()
    [row] = received(marin)
    assert row.proof == given.id and row.proof_id == given.public_id
    kept = row.consent
    assert (kept.text, kept.text_hash) == (given.text, given.text_hash)
    assert (kept.controller_name, kept.controller_tenant_id) == ("Atelier Marin", None)
    assert kept.granted_at == given.granted_at
    assert kept.source["consent"] == given.public_id
    with enter(marin):
        assert consents.in_force(profile_id=row.profile_id).get() == kept


def test_without_the_partners_yes_there_is_a_count_that_tells_of_nobody(module, marin):
    """D1, D3: a yes to the merchant is none to the partner."""
    take(module, **thomas(boxes=frozenset({"own"})))
    deliver()
    [row] = received(marin)
    assert (row.fields, row.profile, row.consent, row.proof) == ({}, None, None, None)
    assert (row.is_first, row.is_first_optin, row.was_new) == (True, False, False)
    with enter(marin):
        assert not Profile.objects.exists() and not Consent.objects.exists()
        assert not Email.objects.exists()


def test_who_the_partner_knew_is_not_new_and_keeps_what_was_known(module, partnership, marin):
    """New is decided by who looks, in its own file, and nobody handed a file over."""
    with enter(marin):
        find_or_create(
            identity=Identity(email="Thomas@exemple.fr", first_name="Tom"), source="api", now=NOW
        )
    taken = take(module, **thomas(boxes=yes(partnership)))
    deliver()
    [row] = received(marin)
    assert taken.participation.was_new and not row.was_new
    assert row.profile.first_name == "Tom"
    assert row.profile.source == "api"


def test_a_double_opt_in_arrives_when_it_is_confirmed_and_not_before(partnership, marin):
    module = shared_module(partnership, double_optin=True)
    taken = take(module, **thomas(boxes=yes(partnership)))
    deliver()
    assert received(marin) == []
    confirm(taken.participation, now=LATER)
    deliver()
    [row] = received(marin)
    assert row.consent.needs_confirmation
    with enter(marin):
        assert row.consent.events.get().at == LATER
        assert Profile.objects.get().consented_at is not None


def test_what_goes_is_what_the_form_said_whatever_the_merchant_changes_since(partnership, marin):
    """D1, D3: Thomas ticked the box while only his email went there, and confirms later."""
    module = shared_module(partnership, double_optin=True)
    taken = take(module, **thomas(boxes=yes(partnership)))
    wider = shared_module_fields(module, ("first_name", "last_name", "phone", "email"))
    save_acquisition(
        module=module,
        fields=wider,
        asks_optin=True,
        optin_text={},
        double_optin=True,
        partners=list(module.partners.all()),
        offered={partnership.id},
        read={},
        now=NOW,
    )
    confirm(taken.participation, now=LATER)
    deliver()
    [row] = received(marin)
    assert row.fields == {"email": "thomas@exemple.fr"}
    assert Share.objects.get().fields == ["email"]


def shared_module_fields(
    module: OperationModule, going: tuple[str, ...]
) -> list[dict[str, object]]:
    """The same fields, of which these go to its partners."""
    ids = [str(row.partnership_id) for row in module.partners.all()]
    return [{**field, "partners": ids if field["name"] in going else []} for field in module.fields]


def test_the_same_event_again_and_again_delivers_once(module, partnership, marin):
    """R7: delivered three times, one effect."""
    take(module, **thomas(boxes=yes(partnership)))
    [event] = events(counting.SHARE_EVENT)
    for _ in range(3):
        deliver()
        Event.objects.filter(id=event.id).update(state=EventState.PENDING, due_at=NOW, attempts=0)
        Share.objects.update(state=ShareState.PENDING)
    deliver()
    assert len(received(marin)) == 1
    with enter(marin):
        assert (Profile.objects.count(), Consent.objects.count()) == (1, 1)
    assert states() == ["delivered"]


def test_killed_midway_nothing_has_arrived_and_the_next_try_delivers(
    module, partnership, marin, monkeypatch
):
    """R6: the partner's rows and the share's state are one transaction."""

    class KilledError(BaseException):
        """Nothing behind it runs."""

    take(module, **thomas(boxes=yes(partnership)))
    whole = taking._keep_proofs

    def killed(*_):
        raise KilledError

    monkeypatch.setattr(taking, "_keep_proofs", killed)
    with pytest.raises(KilledError):
        deliver()
    connection.set_tenant(Tenant.objects.get(slug="maison-lumen"))
    assert received(marin) == [] and states() == ["pending"]
    with enter(marin):
        assert not Profile.objects.exists()
    monkeypatch.setattr(taking, "_keep_proofs", whole)
    Event.objects.filter(state=EventState.PENDING).update(due_at=NOW)
    deliver()
    assert len(received(marin)) == 1 and states() == ["delivered"]


def test_one_delivery_carries_what_waits_for_the_same_partner(module, partnership, marin):
    for number in range(5):
        take(module, **thomas(fields={"email": f"p{number}@exemple.fr"}))
    first = Participation.objects.order_by("id").last()
    done = delivering.deliver(partnership_id=partnership.id, participation_id=first.id, now=NOW)
    assert (done.delivered, done.more) == (5, False)
    assert len(received(marin)) == 5
    assert Crossing.objects.get(why="share").count == 5


def test_several_participations_of_one_person_are_told_as_one_person(partnership, marin):
    module = shared_module(partnership, rule="times", times=3)
    for _ in range(3):
        take(module, **thomas(boxes=yes(partnership)))
    deliver()
    rows = received(marin)
    assert len(rows) == 3 and len({row.profile_id for row in rows}) == 1
    assert sorted(row.is_first for row in rows) == [False, False, True]
    assert sorted(row.is_first_optin for row in rows) == [False, False, True]
    assert sorted(row.was_new for row in rows) == [False, False, True]


def test_what_arrives_knows_the_operation(module, partnership, marin):
    take(module, **thomas())
    deliver()
    with enter(marin):
        copy = ReceivedOperation.objects.get()
    assert (copy.name, copy.major_name) == ("Un automne à la maison", "Maison Lumen")
    assert copy.subtitle == {"fr": "Gagnez une lampe Halo."}
    [told] = copy.modules
    assert [field["name"] for field in told["fields"]] == ["email", "first_name"]
    assert "Atelier Marin" in told["optin_text"]["fr"]
