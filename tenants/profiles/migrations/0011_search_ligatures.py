"""Searches fold œ and æ: what was written before follows, which is few rows of one pass."""

from django.db import migrations

FOLD = """
    UPDATE profiles_profile
    SET search_text = replace(replace(search_text, 'œ', 'oe'), 'æ', 'ae')
    WHERE search_text ~ '[œæ]'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0010_forgotten_by_time"),
    ]

    operations = [migrations.RunSQL(FOLD, migrations.RunSQL.noop)]
