from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0014_wins"),
    ]

    operations = [
        migrations.AddField(
            model_name="operation",
            name="rules_from_settings",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
