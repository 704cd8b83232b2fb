"""Past facts as a set: what each would earn, in SQL, however many there are.

`FACTS` is one row for each fact that can earn: `kind`, `id`, `profile_id`, `at` (the date that
says which rule holds: an order's own, the day an invoice was fully paid, the day a session was
validated), `whole` and `kept` cents, and a session's `type_id`. Tests of an integration are none.
"""

FACTS = """
    SELECT 'order' AS kind, id, profile_id, ordered_at AS at, amount AS whole,
           amount - refunded AS kept, NULL::uuid AS type_id
    FROM activity_order WHERE state IN ('confirmed', 'refunded') AND NOT is_test
    UNION ALL
    SELECT 'invoice', id, profile_id, paid_at, total,
           CASE WHEN state = 'cancelled' THEN 0 ELSE paid END, NULL
    FROM activity_invoice WHERE paid_at IS NOT NULL AND NOT is_test
    UNION ALL
    SELECT 'session', id, profile_id, validated_at, 0, 0, type_id
    FROM activity_session WHERE state = 'validated' AND NOT is_test
"""


def earned_sql(*, rate: str = "%s", per: str = "%s", fact: str = "fact") -> str:
    """What a payment earns before anything was given back; the same as `points.worth`."""
    return f"floor({fact}.whole * {rate}::numeric / {per}::numeric)::bigint"


def kept_sql(*, earned: str, fact: str = "fact") -> str:
    """What is left of it; the same as `points.kept`."""
    return (
        f"CASE WHEN {fact}.kept >= {fact}.whole THEN {earned} WHEN {fact}.kept <= 0 THEN 0"
        f" ELSE {earned} - {earned} * ({fact}.whole - {fact}.kept) / {fact}.whole END"
    )
