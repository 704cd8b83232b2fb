"""Rules in a page that stays open while somebody else amends them."""

import html
from datetime import timedelta

from django.utils import timezone

from operations import editing, official
from tests.fixtures.operations import make_module, make_operation
from tests.fixtures.tenants import TenantClient

FIRST = {"fr": "# Règlement\n\nUn lot.", "en": "# Rules\n\nOne prize."}
SECOND = {"fr": "# Règlement\n\nDeux lots.", "en": "# Rules\n\nTwo prizes."}


def test_a_title_that_is_saved_takes_no_amendment_back(claire: TenantClient) -> None:
    now = timezone.now()
    row = make_operation(rules=FIRST, ends_at=now + timedelta(days=9))
    make_module(row)
    path = f"/operations/{row.public_id}/textes"
    page = html.unescape(claire.get(path).content.decode())
    read = page.partition('name="rules_read" value="')[2].partition('"')[0]
    sent = {f"rules_{code}": text.replace("\n", "\r\n") for code, text in FIRST.items()}
    form = {"title_fr": "Un hiver", "rules_read": read, **sent}
    editing.save_words(operation_id=row.id, now=now, rules=SECOND)
    assert claire.post(path, form).status_code == 302
    row.refresh_from_db()
    assert row.title == {"fr": "Un hiver"} and row.rules == SECOND
    assert [one.text for one in official.versions(operation=row)] == [FIRST, SECOND]
    # Refused, the page shows those of now; a text that was typed is an amendment as ever.
    assert "Deux lots." in claire.post(path, form | {"title_fr": ""}).content.decode()
    claire.post(path, form | {"rules_fr": "Trois lots."})
    assert len(official.versions(operation=row)) == 3
