"""What Citus and isolation ask of every table (design.md, "What the database must allow")."""

import pytest
from django.apps import apps
from django.conf import settings

from tenants.models import SCHEMA_NAME, Tenant
from tenants.provisioning.dedicated import connect
from tenants.provisioning.labels import tenant_app_labels

# Django's and its apps' own rows, which have no business in a tenant's schema.
PUBLIC_ONLY = {
    *("contenttypes", "auth", "sessions", "accounts", "tenants", "account", "mfa", "axes"),
    *("admin", "console"),
}


@pytest.fixture
def schema(merchant: Tenant) -> str:
    return merchant.schema_name


def rows(statement: str, *params: object) -> list[tuple[object, ...]]:
    with connect() as own:
        return own.execute(statement.encode(), params).fetchall()


@pytest.fixture(params=["public", "tenant"])
def either(request: pytest.FixtureRequest, schema: str) -> str:
    return "public" if request.param == "public" else schema


def test_every_table_has_a_primary_key(either: str) -> None:
    without = rows(
        """
        SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p') AND NOT EXISTS (
            SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p')
        """,
        either,
    )
    assert without == []


def test_no_foreign_key_leaves_its_schema(either: str) -> None:
    """A tenant's row stores the id of a public one, and no database ties the two."""
    crossing = rows(
        """
        SELECT a.relname, b.relnamespace::regnamespace::text, b.relname
        FROM pg_constraint k
        JOIN pg_class a ON a.oid = k.conrelid JOIN pg_class b ON b.oid = k.confrelid
        WHERE k.contype = 'f' AND a.relnamespace = %s::regnamespace
            AND b.relnamespace <> a.relnamespace
        """,
        either,
    )
    assert crossing == []


def test_a_tenants_schema_holds_the_tenant_apps_tables_and_no_others(schema: str) -> None:
    expected = {"django_migrations"}
    for label in tenant_app_labels():
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy:
                expected.add(model._meta.db_table)
    found = rows("SELECT tablename FROM pg_tables WHERE schemaname = %s", schema)
    assert {name for (name,) in found} == expected


def test_public_holds_no_table_of_a_merchants_own_data(schema: str) -> None:
    """What is not in public cannot be read there by mistake (R19)."""
    found = {
        name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    }
    shared = set(settings.SHARED_APPS)
    for config in apps.get_app_configs():
        if config.name in settings.TENANT_APPS and config.name not in shared:
            assert not found & {model._meta.db_table for model in config.get_models()}, config.name


def test_public_apps_have_no_tables_in_a_tenant() -> None:
    assert not PUBLIC_ONLY & tenant_app_labels()


def test_every_tenant_model_names_what_it_points_at_inside_the_tenant() -> None:
    """The same as the catalogue's test, told before a migration is made."""
    labels = tenant_app_labels()
    for label in labels:
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            for field in model._meta.get_fields():
                target = getattr(field, "remote_field", None) and field.related_model
                if target is not None and field.concrete:
                    assert target._meta.app_label in labels, f"{model.__name__}.{field.name}"


@pytest.mark.usefixtures("merchant")
def test_every_schema_name_is_ours() -> None:
    """R22"""
    for name in Tenant.objects.values_list("schema_name", flat=True):
        assert SCHEMA_NAME.match(name)


def test_schema_names_of_another_shape_are_refused_by_the_database(db: None) -> None:
    """R22: whatever code wrote them."""
    from django.db import IntegrityError, transaction

    for name in ("Public", 'x"; DROP SCHEMA public', "pg-temp", "a"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Tenant.objects.create(slug=f"slug-{name[:2]}", name="x", schema_name=name[:31])
