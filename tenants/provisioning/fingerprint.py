"""What a schema is made of, in a form that two schemas can be compared by.

Covers tables, columns with their types, defaults and nullability, indexes, constraints,
sequences, triggers, functions, views and enumerated types. Schema names are taken out.
"""

import hashlib

from tenants.provisioning.dedicated import Connection

# Each part gives (what, which, how); %(schema)s is the schema's name.
_PARTS = (
    """
    SELECT 'table', c.relname, concat_ws(' ', c.relkind, c.relpersistence, c.relrowsecurity,
        array_to_string(ARRAY(SELECT o FROM unnest(c.reloptions) o ORDER BY o), ','),
        array_to_string(ARRAY(SELECT a::text FROM unnest(c.relacl) a ORDER BY 1), ','))
    FROM pg_class c WHERE c.relnamespace = ns.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    """,
    """
    SELECT 'column', c.relname || '.' || a.attname, concat_ws(' ',
        row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum),
        format_type(a.atttypid, a.atttypmod), 'notnull=' || a.attnotnull,
        'identity=' || a.attidentity::text, 'generated=' || a.attgenerated::text,
        'collation=' || a.attcollation::regcollation::text,
        'default=' || pg_get_expr(d.adbin, d.adrelid))
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = ns.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    """,
    """
    SELECT 'index', i.relname, concat_ws(' ', pg_get_indexdef(x.indexrelid),
        'valid=' || x.indisvalid, 'replica=' || x.indisreplident)
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE i.relnamespace = ns.oid
    """,
    """
    SELECT 'constraint', coalesce(c.relname, '') || '.' || k.conname,
        pg_get_constraintdef(k.oid) || ' validated=' || k.convalidated
    FROM pg_constraint k LEFT JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.connamespace = ns.oid
    """,
    """
    SELECT 'sequence', c.relname, concat_ws(' ', format_type(s.seqtypid, NULL), s.seqstart,
        s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle, d.deptype,
        (SELECT o.relname || '.' || a.attname FROM pg_class o JOIN pg_attribute a
            ON a.attrelid = o.oid WHERE o.oid = d.refobjid AND a.attnum = d.refobjsubid))
    FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid
    LEFT JOIN pg_depend d ON d.objid = c.oid AND d.classid = 'pg_class'::regclass
        AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
    WHERE c.relnamespace = ns.oid
    """,
    """
    SELECT 'trigger', c.relname || '.' || t.tgname,
        pg_get_triggerdef(t.oid) || ' enabled=' || t.tgenabled::text
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = ns.oid AND NOT t.tgisinternal
    """,
    """
    SELECT 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid)
    FROM pg_proc p WHERE p.pronamespace = ns.oid AND p.prokind IN ('f', 'p')
    """,
    """
    SELECT 'view', c.relname, pg_get_viewdef(c.oid)
    FROM pg_class c WHERE c.relnamespace = ns.oid AND c.relkind IN ('v', 'm')
    """,
    """
    SELECT 'enum', t.typname,
        (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder)
         FROM pg_enum e WHERE e.enumtypid = t.oid)
    FROM pg_type t WHERE t.typnamespace = ns.oid AND t.typtype = 'e'
    """,
)
_SQL = " UNION ALL ".join(
    f"SELECT part.* FROM (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s) ns, "  # noqa: S608
    f"LATERAL ({part}) AS part(what, which, how)"
    for part in _PARTS
)


def describe(own: Connection, schema: str) -> list[str]:
    """Every object of `schema`, one line each, in order; empty when there is no such schema."""
    with own.transaction(force_rollback=True):
        # Names that the path reaches are written without their schema, others with it.
        own.execute(
            "SELECT set_config('search_path', quote_ident(%s) || ',public', true)", [schema]
        )
        rows = own.execute(_SQL, {"schema": schema}).fetchall()
    lines = (" | ".join(str(value or "") for value in row) for row in rows)
    return sorted(line.replace(f'"{schema}".', "").replace(f"{schema}.", "") for line in lines)


def fingerprint(own: Connection, schema: str) -> str:
    """The SHA-256 of `describe`, in hexadecimal."""
    return hashlib.sha256("\n".join(describe(own, schema)).encode()).hexdigest()


def differences(expected: list[str], found: list[str]) -> list[str]:
    """The lines that only one side has: `- ` of the expected ones, `+ ` of the others."""
    return [f"- {line}" for line in expected if line not in set(found)] + [
        f"+ {line}" for line in found if line not in set(expected)
    ]
