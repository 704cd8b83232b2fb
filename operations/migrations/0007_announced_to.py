from django.db import migrations, models


class Migration(migrations.Migration):
    """Whom a partner was when it was told; of what was told before nobody says, and it is told
    once more.
    """

    dependencies = [("operations", "0006_received_told")]

    operations = [
        migrations.AddField("announcement", "tenant_id", models.UUIDField(null=True)),
    ]
