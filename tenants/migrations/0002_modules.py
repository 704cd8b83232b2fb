from django.db import migrations, models

# Whoever is here already has been using the referral programme.
ON_FOR_THOSE_HERE = """UPDATE tenants_tenant SET modules = '["referral"]'"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='tenant',
            name='modules',
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.RunSQL(ON_FOR_THOSE_HERE, migrations.RunSQL.noop),
    ]
