from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("profiles", "0004_distinct_pairs")]

    operations = [
        migrations.AddField(
            model_name="profile",
            name="consented_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
