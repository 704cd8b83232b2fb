from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("operations", "0008_known_fields")]

    operations = [
        migrations.AddField("participation", "going", models.JSONField(null=True)),
    ]
