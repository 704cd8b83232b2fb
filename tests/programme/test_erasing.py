"""A person's own data: all of it in one file, and none of it left when they ask (D4, D6)."""

import io
import json
import uuid
import zipfile
from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from kernel.ledger import selectors as ledger
from tenants.loyalty import membership
from tenants.messaging import unsubscribing
from tenants.messaging.models import Email
from tenants.profiles import services as profiles
from tenants.profiles.forgetting import is_erased
from tenants.profiles.models import PURPOSES, CustomerImport, ImportRow, Profile
from tenants.profiles.personal import declared, texts
from tenants.profiles.references import keys_to_profiles
from tenants.profiles.services import Identity
from tenants.programme import clock, conductor, erasing, merging, services
from tenants.referrals import codes
from tenants.referrals import services as referrals
from tenants.referrals.models import Invitation, Referral
from tests.fixtures.programme import NOW, make_order

LATER = NOW + timedelta(days=20)
# What a field of this name would hold, wherever it stood.
TELLING = {"email", "phone", "first_name", "last_name", "birthday", "street"}


def test_every_table_that_points_at_a_customer_says_what_it_tells_and_for_how_long():
    """D6: a new table, or a new field, without a word fails here."""
    spoken: dict[type, set[str]] = {}
    for table in declared():
        said = spoken.setdefault(table.model, set())
        said |= set(table.purposes) | set(table.technical)
        for name, purpose in table.purposes.items():
            assert ";" in purpose, f"{table.model.__name__}.{name}: what for; how long"
            table.model._meta.get_field(name)
    silent = [
        f"{model.__name__} has no entry in its room's personal.py"
        for model, _key in keys_to_profiles()
        if model not in spoken
    ]
    silent += [
        f"{model.__name__}.{name} states no purpose"
        for model, said in spoken.items()
        for name in texts(model) - said
    ]
    assert silent == []


def test_no_telling_field_hides_in_another_table():
    """D6."""
    known = {table.model for table in declared()}
    hidden = [
        f"{model.__name__}.{name}"
        for config in apps.get_app_configs()
        if config.name in settings.TENANT_APPS
        for model in config.get_models()
        for name in texts(model) & TELLING
        if model not in known
    ]
    assert hidden == []


def test_every_personal_field_of_the_record_is_blanked():
    blank = next(table.blank for table in declared() if table.model is Profile)
    assert set(PURPOSES) - {"language"} <= set(blank)


@pytest.fixture
def thomas(camille):
    """Camille brought Thomas, who ordered, joined, holds 5 € and was written to."""
    code = camille.referral_code.code
    services.invite_friend(
        referrer=camille, email="thomas@exemple.fr", first_name="Thomas", now=NOW
    )
    order = make_order(
        customer=Identity("thomas@exemple.fr", "KUNDE-42", "Thomas", "Guérin", "0699887766")
    )
    from dataclasses import replace

    profile = conductor.order_received(
        order=replace(order, referral_code=code), now=NOW
    ).order.profile
    services.adjust(
        profile=profile, amount=300, reason="Bravo Thomas", key="k", author_id=None, now=NOW
    )
    membership.join(profile_id=profile.id, source="manual", now=NOW)
    codes.code_for(profile=profile, now=NOW)
    clock.settle(now=LATER, limit=100)
    return profile


def everything_but(*kept: str) -> str:
    """All rows of the schema, as one text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s", [connection.schema_name]
        )
        names = [name for (name,) in cursor.fetchall() if name not in kept]
        found = []
        for name in names:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, '|'), '') FROM \"{name}\" t")
            found.append(f"{name}: {cursor.fetchone()[0]}")
    return "\n".join(found)


def test_after_erasure_nothing_tells_of_the_person_and_the_books_stay(thomas, camille):
    """What is looked for is looked for everywhere, in tables that nobody thought of too."""
    before = ledger.balance(owner_id=thomas.id, unit="EUR")
    erasing.erase(profile_id=thomas.id, author_id=None, now=LATER)
    for word in ("thomas", "guérin", "guerin", "kunde", "0699887766", "bravo"):
        line = next((x for x in everything_but().casefold().splitlines() if word in x), "")
        assert line == "", f"{word} stays in {line[:300]}"
    assert ledger.balance(owner_id=thomas.id, unit="EUR") == before
    assert ledger.discrepancies() == []
    erased = Profile.objects.get(id=thomas.id)
    assert (erased.name, erased.order_count) == ("Personne effacée", 1)


def test_once_erased_a_person_is_not_added_or_written_to_by_mistake(thomas):
    """D4."""
    erasing.erase(profile_id=thomas.id, author_id=None, now=LATER)
    assert is_erased(address="THOMAS@exemple.fr")
    assert unsubscribing.is_unsubscribed(address="thomas@exemple.fr")
    # Who orders again comes back by themselves, as somebody new.
    again, created = profiles.find_or_create(
        identity=Identity(email="thomas@exemple.fr"), source="api", now=LATER
    )
    assert created
    assert again.id != thomas.id


def test_erasing_twice_is_erasing_once_and_takes_merged_records_along(thomas):
    double = profiles.create(email="tom@exemple.fr", first_name="Tom", source="api", now=NOW)
    merging.merge(kept_id=thomas.id, gone_id=double.id, from_gone=(), author_id=None, now=LATER)
    for _twice in range(2):
        erasing.erase(profile_id=thomas.id, author_id=None, now=LATER)
    assert not Profile.everyone.exclude(email="").filter(merged_into=thomas).exists()
    assert is_erased(address="tom@exemple.fr")


def test_a_refund_after_the_erasure_still_settles(thomas, camille):
    from tenants.activity.types import RefundInput

    erasing.erase(profile_id=thomas.id, author_id=None, now=LATER)
    conductor.refund_received(
        order_id="LUM-1",
        refund=RefundInput(external_id="R", amount=6000, refunded_at=LATER),
        now=LATER,
    )
    assert ledger.balance(owner_id=camille.id, unit="EUR").posted == 0
    assert ledger.discrepancies() == []


def test_an_erased_referrers_friends_are_forgotten_and_their_code_leads_nowhere(camille):
    services.invite_friend(referrer=camille, email="lea@exemple.fr", first_name="Léa", now=NOW)
    code = camille.referral_code.code
    erasing.erase(profile_id=camille.id, author_id=None, now=LATER)
    assert Invitation.objects.get().email == ""
    assert codes.find(code) is None


def test_a_persons_file_holds_all_that_is_declared(thomas):
    content = erasing.person_file(profile=thomas, now=LATER)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        whole = json.loads(packed.read("donnees.json"))
        names = set(packed.namelist())
        orders = packed.read("commandes.csv").decode("utf-8-sig")
    assert whole["fiche"][0]["first_name"] == "Thomas"
    assert whole["commandes"][0]["external_id"] == "LUM-1"
    assert whole["messages"]
    assert {"fiche.csv", "commandes.csv", "cagnotte.csv", "fidelite.csv", "code.csv"} <= names
    assert orders.splitlines()[1].count(";") == orders.splitlines()[0].count(";")
    assert Email.objects.filter(profile=thomas).count() == len(whole["messages"])
    own = json.loads(
        zipfile.ZipFile(
            io.BytesIO(erasing.person_file(profile=thomas, now=LATER, without={"notes"}))
        ).read("donnees.json")
    )
    assert "notes" not in own["fiche"][0]


def test_an_erased_referrer_is_named_in_no_email_to_a_friend_and_the_friend_is_forgotten(camille):
    """D4, D7: the friend is no customer, and their address stood in the email alone."""
    services.invite_friend(referrer=camille, email="lea@exemple.fr", first_name="Léa", now=NOW)
    erasing.erase(profile_id=camille.id, author_id=None, now=LATER)
    for word in ("rouvière", "camille", "lea@exemple.fr"):
        line = next((x for x in everything_but().casefold().splitlines() if word in x), "")
        assert line == "", f"{word} stays in {line[:300]}"


def test_a_line_of_a_file_that_was_refused_is_forgotten_too(camille):
    found = CustomerImport.objects.create(
        file_name="clients.csv", kind="csv", size=1, rows=1, created_at=NOW, forget_at=LATER
    )
    ImportRow.objects.create(
        customer_import=found,
        line=2,
        profile_id=uuid.uuid4(),
        email_key="camille@exemple.fr",
        data={"first_name": "Camille"},
        problems=[[None, "twice", {}]],
        action="r",
    )
    erasing.erase(profile_id=camille.id, author_id=None, now=NOW)
    assert not ImportRow.objects.exists()


def test_a_referrers_file_tells_nothing_of_friends_that_they_may_not_know(thomas, camille):
    """R23: neither the address that a friend gave themselves, nor since when they are customers."""
    referrals.note_asking(referrer=camille, email="zoe@exemple.fr", now=NOW)
    made = Referral.objects.get(referrer=camille)
    Referral.objects.filter(id=made.id).update(
        refusal="already_bought", facts={"since": "2025-01-02T00:00:00+00:00"}
    )
    with zipfile.ZipFile(io.BytesIO(erasing.person_file(profile=camille, now=LATER))) as packed:
        text = packed.read("donnees.json").decode()
    assert "zoe@exemple.fr" not in text
    assert "2025-01-02" not in text and "already_bought" not in text
    assert json.loads(text)["parrainages"]


def test_nobody_is_put_back_onto_the_row_of_who_was_forgotten(thomas):
    """An erased row is not erased again: what were written on it would stay for ever."""
    erasing.erase(profile_id=thomas.id, author_id=None, now=LATER)
    for told in ({"email": "thomas@exemple.fr"}, {"notes": "Thomas"}):
        with pytest.raises(profiles.UnknownProfileError):
            profiles.update(profile_id=thomas.id, **told)
    assert Profile.objects.get(id=thomas.id).email == ""
