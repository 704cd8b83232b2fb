import django.db.models.deletion
from django.db import migrations, models

import kernel.ids

# Whoever has won has a win: ten letters of 25, out of 62 bits of the database's own secret chance.
# Whose code were another's, by a chance of one in millions, is noted by the nightly look.
ALREADY_WON = """
    INSERT INTO operations_win (id, participation_id, prize_id, code, won_at, voided_at)
    SELECT {uuid7}, participation_id, prize_id, (
        SELECT string_agg(
            substr('34679ACDEFGHJKMNPQRTUVWXY',
                mod(number / power(25::numeric, place)::bigint, 25)::int + 1, 1), ''
        )
        FROM generate_series(0, 9) AS place
    ), won_at, voided_at
    FROM (
        SELECT won.*, ('x' || encode(substring(uuid_send(gen_random_uuid()) FROM 9), 'hex')
            )::bit(64)::bigint & 4611686018427387903 AS number
        FROM (
            SELECT participation_id, prize_id, won_at, NULL::timestamptz AS voided_at
            FROM operations_winning_moment
            WHERE participation_id IS NOT NULL AND won_at IS NOT NULL
            UNION ALL
            SELECT participation_id, prize_id, won_at, stepped_down_at
            FROM operations_draw_place WHERE prize_id IS NOT NULL
        ) AS won
    ) AS numbered
    ON CONFLICT DO NOTHING
""".format(uuid7=kernel.ids.UUID7_SQL)  # noqa: S608


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0013_replacements"),
    ]

    operations = [
        migrations.CreateModel(
            name="Win",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=10)),
                ("won_at", models.DateTimeField()),
                ("handed_at", models.DateTimeField(null=True)),
                ("handed_by", models.UUIDField(null=True)),
                ("voided_at", models.DateTimeField(null=True)),
                (
                    "participation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="win",
                        to="operations.participation",
                    ),
                ),
                (
                    "prize",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="wins",
                        to="operations.operationprize",
                    ),
                ),
            ],
            options={
                "db_table": "operations_win",
                "indexes": [
                    models.Index(
                        condition=models.Q(("handed_at__isnull", True), ("voided_at__isnull", True)),
                        fields=["won_at", "id"],
                        name="win_to_hand_over",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("code",), name="win_code_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("handed_at__isnull", True), ("handed_by__isnull", True)),
                            models.Q(("handed_at__isnull", False), ("handed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="win_handed_by_somebody",
                    ),
                ],
            },
        ),
        migrations.RunSQL(ALREADY_WON, migrations.RunSQL.noop),
    ]
