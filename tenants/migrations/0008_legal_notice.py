from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0007_policy_url'),
    ]

    operations = [
        migrations.AddField(
            model_name='tenant',
            name='legal_notice',
            field=models.CharField(blank=True, db_default='', default='', max_length=300),
        ),
    ]
