from django.db import migrations, models

# What each wallet has earned so far, as `kernel.ledger.selectors` counts it.
BACKFILL = """
    UPDATE ledger_account AS wallet SET earned = COALESCE((
        SELECT SUM(CASE WHEN t.credit_id = wallet.id THEN t.amount ELSE -t.amount END)
        FROM ledger_transfer AS t
        JOIN ledger_account AS other
            ON other.id = CASE WHEN t.credit_id = wallet.id THEN t.debit_id ELSE t.credit_id END
        LEFT JOIN ledger_transfer AS named ON named.id = t.answers_id
        WHERE (t.credit_id = wallet.id OR t.debit_id = wallet.id)
            AND other.kind IN ('issued', 'adjusted')
            AND (
                t.kind IN ('posted', 'post')
                OR (t.kind = 'reverse' AND (
                    named.kind = 'posted'
                    OR EXISTS (
                        SELECT 1 FROM ledger_transfer AS posting
                        WHERE posting.answers_id = t.answers_id
                            AND posting.kind = 'post' AND posting.id < t.id
                    )
                ))
            )
    ), 0)
    WHERE wallet.kind = 'wallet'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='account',
            name='earned',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
    ]
