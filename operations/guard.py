"""The database itself refuses to edit or delete a version of the rules that people accepted.

Put on after the tables: see `tenants.provisioning.guards`.
"""

_REFUSE = """
    CREATE OR REPLACE FUNCTION operations_rules_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'versions of the rules are append-only: % refused', TG_OP
            USING ERRCODE = 'restrict_violation';
    END $$
    """

SQL = [
    _REFUSE,
    "CREATE OR REPLACE TRIGGER operations_rules_append_only BEFORE UPDATE OR DELETE"
    " ON operations_rules FOR EACH ROW EXECUTE FUNCTION operations_rules_append_only()",
    "CREATE OR REPLACE TRIGGER operations_rules_no_truncate BEFORE TRUNCATE"
    " ON operations_rules FOR EACH STATEMENT EXECUTE FUNCTION operations_rules_append_only()",
]
