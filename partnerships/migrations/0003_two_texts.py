"""Partnerships that began although each side had accepted another text (before `terms` existed).

An arrangement (GDPR art. 26) is what both have agreed on; of two texts with different parties in
them there is none. So both are asked again, by their pages and by letter, and the partnership stays
what it is: its words are kept as proofs, what arrived by people's own yes stays, and whatever people
take back still arrives. Nothing new moves until both have accepted one text, as with any other
agreement that waits (D5); what is given meanwhile waits with it and is lost to nobody.
"""

import re

from django.db import migrations
from django.utils import timezone

# No hash is like it: no word counts any more. The first word given anew puts the text in force.
TWO_TEXTS = "two-texts"
# Where the version of that time names its parties, in the languages that it had.
_PARTIES = {
    "fr": re.compile(
        r"Entre \*\*(?P<major>.+)\*\*, l’organisateur, et \*\*(?P<minor>.+)\*\*, le partenaire\."
        r".+ est .+ \((?P<major_contact>.+)\)\s; pour ce .+ \((?P<minor_contact>.+?)\)\.$",
        re.DOTALL | re.MULTILINE,
    ),
    "en": re.compile(
        r"Between \*\*(?P<major>.+)\*\*, the organiser, and \*\*(?P<minor>.+)\*\*, the partner\."
        r".+ is .+ \((?P<major_contact>.+)\); for what .+ \((?P<minor_contact>.+?)\)\.$",
        re.DOTALL | re.MULTILINE,
    ),
}


def ask_again(apps, schema_editor):
    """Again changes nothing: what was marked has `terms`."""
    rows = apps.get_model("partnerships", "Partnership").objects.filter(state="active", terms="")
    words = apps.get_model("partnerships", "AgreementAcceptance").objects
    for row in rows.order_by("id").iterator():
        given = words.filter(partnership_id=row.id, version=row.agreement, terms="")
        read = {(one.version, _read(one)) for one in given}
        if len(read) > 1:
            row.terms = TWO_TEXTS
            row.save(update_fields=["terms"])
            _write_to_both(apps, row)


def _read(word):
    """Who the parties are in a text; in another language they are the same."""
    pattern = _PARTIES.get(word.language)
    found = pattern.search(word.text) if pattern else None
    return tuple(sorted(found.groupdict().items())) if found else word.text_hash


def _write_to_both(apps, row):
    now = timezone.now()
    for to in (row.major_id, row.minor_id):
        apps.get_model("outbox", "Event").objects.get_or_create(
            key=f"partnerships.two-texts:{row.id}:{to}",
            defaults={
                "kind": "partnerships.tell",
                "payload": {
                    "partnership_id": str(row.id),
                    "to": str(to),
                    "kind": "partner_agreement_changed",
                },
                "created_at": now,
                "due_at": now,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0002_agreement_terms"), ("outbox", "0001_initial")]

    operations = [migrations.RunPython(ask_again, migrations.RunPython.noop)]
