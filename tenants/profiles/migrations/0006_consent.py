from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("profiles", "0005_erasure_asked")]

    operations = [
        migrations.AddField(
            model_name="profile",
            name="consented_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
