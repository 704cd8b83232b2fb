"""D2: the database itself refuses to edit or delete a consent, or what happened to it.

Put on after the tables, like the ledger's: see `tenants.provisioning.guards`. Whose a consent is
may change, when two records of one person become one; nothing else of it may. What is older than
the years for which a proof is kept may go: which rows do is for `tenants.profiles.proofs` to say.
"""

# In the database's own words; `tenants.profiles.proofs` counts the same years.
KEPT = "3 years"

_REFUSE = """
    CREATE OR REPLACE FUNCTION profiles_consent_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'consents are append-only: % refused', TG_OP
            USING ERRCODE = 'restrict_violation';
    END $$
    """


def _guard(table: str, *, since: str, but: str = "") -> list[str]:
    whole = f"(to_jsonb(NEW) - '{but}') IS DISTINCT FROM (to_jsonb(OLD) - '{but}')"
    condition = f"WHEN ({whole})" if but else ""
    refuse = "EXECUTE FUNCTION profiles_consent_append_only()"
    return [
        f"CREATE OR REPLACE TRIGGER {table}_no_update BEFORE UPDATE ON {table}"
        f" FOR EACH ROW {condition} {refuse}",
        f"CREATE OR REPLACE TRIGGER {table}_no_delete BEFORE DELETE ON {table}"
        f" FOR EACH ROW WHEN (OLD.{since} > now() - interval '{KEPT}') {refuse}",
        f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
        f" FOR EACH STATEMENT {refuse}",
    ]


SQL = [
    _REFUSE,
    *_guard("profiles_consent", since="granted_at", but="profile_id"),
    *_guard("profiles_consent_event", since="at"),
]
