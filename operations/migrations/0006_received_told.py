from django.db import migrations, models

# What runs already was begun before anybody was told of beginnings: its end is told.
BEGUN_BEFORE = """
    UPDATE operations_received SET begun_told_at = refreshed_at
    WHERE state = 'live' AND NOT is_archived AND starts_at <= now() AND ends_at > now()
"""


class Migration(migrations.Migration):
    dependencies = [("operations", "0005_received_subtitle")]

    operations = [
        migrations.AddField("receivedoperation", "begun_told_at", models.DateTimeField(null=True)),
        migrations.AddField("receivedoperation", "over_told_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "receivedoperation", "results_told_at", models.DateTimeField(null=True)
        ),
        migrations.RunSQL(BEGUN_BEFORE, migrations.RunSQL.noop),
    ]
