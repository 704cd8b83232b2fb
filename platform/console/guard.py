"""The trail of operators' acts is append-only: the database refuses to change or delete a row.

Put on the public schema after its tables, by `tenants migrate`, as the guards of merchants'
tables are; the statements can run again.
"""

SQL = [
    """
    CREATE OR REPLACE FUNCTION public.console_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the trail is append-only: % refused', TG_OP
            USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER console_entry_append_only
        BEFORE UPDATE OR DELETE ON public.console_entry
        FOR EACH ROW EXECUTE FUNCTION public.console_append_only()
    """,
]
