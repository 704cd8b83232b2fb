from django.db import migrations, models

# What is told of now was told of before, as far as anybody knows.
KNOWN_TODAY = """
    UPDATE operations_received SET known_fields = (
        SELECT jsonb_agg(field ORDER BY module_at, field_at)
        FROM jsonb_array_elements(modules) WITH ORDINALITY AS told(module, module_at),
            jsonb_array_elements(module -> 'fields') WITH ORDINALITY AS asked(field, field_at)
    )
    WHERE jsonb_path_exists(modules, '$[*].fields[*]')
"""


class Migration(migrations.Migration):
    dependencies = [("operations", "0007_announced_to")]

    operations = [
        migrations.AddField(
            "receivedoperation", "known_fields", models.JSONField(default=list, db_default=[])
        ),
        migrations.RunSQL(KNOWN_TODAY, migrations.RunSQL.noop),
    ]
