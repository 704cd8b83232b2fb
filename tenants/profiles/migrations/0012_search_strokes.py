"""Searches fold letters with a stroke as well: what was written before follows, few rows of one pass."""

from django.db import migrations

FOLD = """
    UPDATE profiles_profile SET search_text = translate(search_text, 'øłđ', 'old')
    WHERE search_text ~ '[øłđ]'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0011_search_ligatures"),
    ]

    operations = [migrations.RunSQL(FOLD, migrations.RunSQL.noop)]
