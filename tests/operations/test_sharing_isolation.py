"""Major, minor, a second minor and an outsider: each reads its own schema, and holds its own."""

import pytest
from django.db import connection, models

from operations.models import ReceivedOperation, ReceivedParticipation, Share, SourceKind
from operations.participating import Source
from operations.received.shapes import Carried
from partnerships.models import Partnership
from tenants.context import enter
from tenants.models import Tenant
from tenants.profiles.models import Consent, Profile
from tests.fixtures.operations import take
from tests.fixtures.sharing import agree, deliver, shared_module, told


@pytest.fixture
def noe(offices_of) -> Tenant:
    return offices_of("brulerie-noe", "Brûlerie Noé")


@pytest.fixture
def pairs(lumen: Tenant, other_merchant: Tenant, noe: Tenant) -> dict[str, Partnership]:
    return {"marin": agree(lumen, other_merchant), "noe": agree(lumen, noe)}


def person(email: str = "thomas@exemple.fr") -> dict[str, str]:
    return {"first_name": "Thomas", "last_name": "Guérin", "email": email}


def test_a_yes_to_one_partner_is_none_to_another(pairs, other_merchant, noe):
    """D1: the second minor gets its count, and nothing of the person."""
    module = shared_module(*pairs.values())
    take(module, fields=person(), boxes=frozenset({str(pairs["noe"].id)}))
    deliver()
    with enter(noe):
        assert ReceivedParticipation.objects.get().fields == {"email": "thomas@exemple.fr"}
        assert Profile.objects.get().email == "thomas@exemple.fr"
    with enter(other_merchant):
        row = ReceivedParticipation.objects.get()
        assert (row.fields, row.proof, row.profile) == ({}, None, None)
        assert not Profile.objects.exists() and not Consent.objects.exists()


def test_a_partner_of_another_module_hears_of_neither_module_nor_people(pairs, other_merchant, noe):
    module = shared_module(pairs["marin"])
    second = shared_module(pairs["noe"], operation=module.operation)
    take(module, fields=person(), boxes=frozenset({str(pairs["marin"].id)}))
    told(module)
    deliver()
    with enter(noe):
        assert not ReceivedParticipation.objects.exists()
        [copy] = ReceivedOperation.objects.all()
        assert [row["id"] for row in copy.modules] == [str(second.id)]
    with enter(other_merchant):
        [copy] = ReceivedOperation.objects.all()
        assert [row["id"] for row in copy.modules] == [str(module.id)]


def test_an_outsider_holds_nothing_of_it(pairs, other_merchant, noe):
    module = shared_module(pairs["noe"])
    take(module, fields=person(), boxes=frozenset({str(pairs["noe"].id)}))
    deliver()
    with enter(other_merchant):
        for table in (ReceivedOperation, ReceivedParticipation, Profile, Consent, Share):
            assert not table.objects.exists()
    assert connection.schema_name == Tenant.objects.get(slug="maison-lumen").schema_name


def test_where_a_partner_brought_somebody_from_is_told_to_that_partner_alone(
    pairs, other_merchant, noe
):
    module = shared_module(*pairs.values())
    came = Source(SourceKind.WIDGET, "wdg_1", pairs["noe"].id)
    take(module, fields=person(), source=came)
    deliver()
    with enter(noe):
        row = ReceivedParticipation.objects.get()
        assert (row.brought_by, row.source_ref) == ("minor", "wdg_1")
    with enter(other_merchant):
        row = ReceivedParticipation.objects.get()
        assert (row.brought_by, row.source_ref) == ("other", "")


def test_two_majors_with_one_minor_are_kept_apart(lumen, other_merchant, noe):
    """Each major writes under its own name: no operation of another is touched by it."""
    first = agree(lumen, noe)
    take(shared_module(first), fields=person())
    deliver()
    with enter(other_merchant):
        second = agree(other_merchant, noe)
        take(shared_module(second), fields=person("zoe@exemple.fr"))
        deliver()
    with enter(noe):
        majors = ReceivedOperation.objects.order_by("major_name").values_list(
            "major_name", flat=True
        )
        assert list(majors) == ["Atelier Marin", "Maison Lumen"]
        assert [row.participations.count() for row in ReceivedOperation.objects.all()] == [1, 1]


# D3: every column of what arrives, and what it may hold. A new one is decided on here.
MAY_ARRIVE = {
    "id": "ours",
    "operation": "ours",
    "participation_id": "id",
    "module_id": "id",
    "day": "count",
    "source_kind": "count",
    "source_ref": "the minor's own widget or link",
    "brought_by": "count",
    "is_first": "count",
    "is_first_in_module": "count",
    "is_first_optin": "count",
    "fields": "asked for, with a yes",
    "consent": "ours, with a yes",
    "proof": "id, with a yes",
    "profile": "ours, with a yes",
    "was_new": "ours",
    "received_at": "ours",
    "withdrawn_at": "ours",
}
PERSONAL = {"fields", "consent", "proof", "profile"}


def test_the_table_of_what_arrives_holds_nothing_else():
    """D3: a schema test."""
    columns = {field.name for field in ReceivedParticipation._meta.concrete_fields}
    assert columns == set(MAY_ARRIVE)
    texts = (models.CharField, models.TextField, models.JSONField)
    free = {
        field.name
        for field in ReceivedParticipation._meta.concrete_fields
        if isinstance(field, texts) and not field.choices
    }
    assert free == {"fields", "source_ref"}


def test_what_crosses_holds_personal_data_in_two_places_only():
    """D3: the carrier itself."""
    slots = set(Carried.__slots__)
    assert slots - {"fields", "proof"} == {
        "operation_id",
        "participation_id",
        "module_id",
        "day",
        "source_kind",
        "brought_by",
        "source_ref",
        "is_first",
        "is_first_in_module",
        "is_first_optin",
    }


def test_a_count_has_none_of_what_is_personal(pairs, noe):
    module = shared_module(pairs["noe"])
    take(module, fields=person(), boxes=frozenset({"own"}))
    deliver()
    with enter(noe):
        row = ReceivedParticipation.objects.get()
        assert not any(getattr(row, name) for name in PERSONAL)
        assert "thomas" not in str(ReceivedParticipation.objects.values().get()).lower()
