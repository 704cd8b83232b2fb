from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("tenants", "0005_copies"),
    ]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="public_email",
            field=models.EmailField(blank=True, db_default="", max_length=254),
        ),
    ]
