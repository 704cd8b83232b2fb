from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0006_public_email'),
    ]

    operations = [
        migrations.AddField(
            model_name='tenant',
            name='policy_url',
            field=models.URLField(blank=True, db_default='', default='', max_length=300),
        ),
    ]
