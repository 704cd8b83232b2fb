"""R5: the database itself refuses to edit or delete a transfer.

Put on after the tables by the provisioning and by the fleet's migration, not by a Django
migration: where triggers are not allowed (Citus), a role without UPDATE and DELETE does it.
The statements run with the tenant's schema first in `search_path`, and can run again.
"""

SQL = [
    """
    CREATE OR REPLACE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'transfers are append-only: % refused', TG_OP
            USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER ledger_transfer_append_only
        BEFORE UPDATE OR DELETE ON ledger_transfer
        FOR EACH ROW EXECUTE FUNCTION ledger_append_only()
    """,
    """
    CREATE OR REPLACE TRIGGER ledger_transfer_no_truncate
        BEFORE TRUNCATE ON ledger_transfer
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()
    """,
]
