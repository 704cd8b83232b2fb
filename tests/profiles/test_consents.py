"""D1, D2: a consent is one brand's, in exact words, and nobody edits it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from kernel.ids import uuid7
from tenants.messaging import choosing
from tenants.models import Tenant
from tenants.profiles import consents
from tenants.profiles import services as profiles
from tenants.profiles.models import Consent, ConsentEvent, Profile

NOW = datetime(2026, 11, 12, 10, 0, tzinfo=UTC)
NOE = uuid7()


@pytest.fixture
def camille(merchant: Tenant) -> Profile:
    return profiles.create(email="camille@exemple.fr", source="manual", now=NOW)


def give(profile: Profile, *, partner: object = None, confirm: bool = False) -> Consent:
    name = "Brûlerie Noé" if partner else "Maison Lumen"
    [row] = consents.grant(
        profile=profile,
        asked=[
            consents.Asked(
                controller_name=name,
                text=f"J’accepte de recevoir les offres de {name} par e-mail.",
                controller_tenant_id=partner,
            )
        ],
        circumstances=consents.Circumstances(source_kind="operation", needs_confirmation=confirm),
        now=NOW,
    )
    return row


def held(profile: Profile) -> set[Consent]:
    return set(consents.in_force(profile_id=profile.id))


def test_a_consent_holds_until_it_is_withdrawn(camille: Profile) -> None:
    row = give(camille)
    assert held(camille) == {row}
    assert consents.withdraw(consent=row, how="link", now=NOW) == [row]
    assert held(camille) == set()
    assert consents.withdraw(consent=row, how="link", now=NOW + timedelta(days=1)) == []
    assert ConsentEvent.objects.get().at == NOW


def test_a_consent_that_needs_confirmation_holds_from_then_on(camille: Profile) -> None:
    row = give(camille, confirm=True)
    assert held(camille) == set()
    consents.confirm(consents=[row], how="link", now=NOW)
    consents.confirm(consents=[row], how="link", now=NOW)
    assert held(camille) == {row}
    assert ConsentEvent.objects.count() == 1


def test_a_withdrawal_takes_back_every_yes_to_that_brand_and_no_other(camille: Profile) -> None:
    own, first, second = give(camille), give(camille, partner=NOE), give(camille, partner=NOE)
    other = give(camille, partner=uuid7())
    assert set(consents.withdraw(consent=second, how="link", now=NOW)) == {first, second}
    assert held(camille) == {own, other}


def test_a_later_yes_holds_again(camille: Profile) -> None:
    consents.withdraw(consent=give(camille), how="link", now=NOW)
    again = give(camille)
    assert held(camille) == {again}


def test_unsubscribing_ends_the_merchants_own_and_leaves_the_partners(camille: Profile) -> None:
    give(camille)
    partners = give(camille, partner=NOE)
    choosing.choose_own(profile=camille, wanted=(), opens=False, now=NOW)
    assert held(camille) == {partners}


@pytest.mark.parametrize("table", ["profiles_consent", "profiles_consent_event"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET id = gen_random_uuid()",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
    ],
)
def test_the_database_refuses_to_change_a_proof(
    camille: Profile, table: str, statement: str
) -> None:
    """D2: not by the ORM, not by SQL."""
    consents.withdraw(consent=give(camille), how="link", now=NOW)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        # What the transaction still has to check would keep any table from being emptied.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement.format(table))
    assert (Consent.objects.count(), ConsentEvent.objects.count()) == (1, 1)


@pytest.mark.parametrize("name", ["text", "text_hash", "controller_name", "granted_at", "source"])
def test_no_word_of_a_consent_can_be_changed(camille: Profile, name: str) -> None:
    row = give(camille)
    value: object = NOW + timedelta(days=1) if name == "granted_at" else "x"
    if name == "source":
        value = {"operation": "opn_other"}
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Consent.objects.filter(id=row.id).update(**{name: value})


def test_whose_it_is_follows_two_records_that_become_one(camille: Profile) -> None:
    row = give(camille)
    other = profiles.create(email="camille@ailleurs.fr", source="manual", now=NOW)
    Consent.objects.filter(id=row.id).update(profile=other)
    assert held(other) == {row}
