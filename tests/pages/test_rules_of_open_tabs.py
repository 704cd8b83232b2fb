"""Rules in a page that stays open while somebody else amends them."""

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from operations import editing, official
from operations.models import Operation
from partnerships.models import AgreementAcceptance, Partnership, Side
from tenants.models import Tenant
from tests.fixtures.mechanics import LAMP
from tests.fixtures.operations import add_partner, make_module, make_operation, settle, sign
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
    # Refused, the page shows those of now.
    assert "Deux lots." in claire.post(path, form | {"title_fr": ""}).content.decode()
    # A text typed over those of then is kept on the page, and is an amendment once sent again.
    typed = form | {"rules_fr": "Trois lots."}
    refused = claire.post(path, typed)
    page = html.unescape(refused.content.decode())
    assert refused.status_code == 422 and "Le règlement a changé" in page and "Trois lots." in page
    assert len(official.versions(operation=row)) == 2
    again = page.partition('name="rules_read" value="')[2].partition('"')[0]
    assert claire.post(path, typed | {"rules_read": again}).status_code == 302
    assert len(official.versions(operation=row)) == 3


@pytest.fixture
def draft(merchant: Tenant) -> Operation:
    """A draw whose rules follow its settings, of a merchant who has said all that they need."""
    settle(merchant)
    ends = timezone.now() + timedelta(days=9)
    row = make_operation(state="draft", rules={}, starts_at=timezone.now(), ends_at=ends)
    make_module(row, kind="draw", settings={"prizes": [LAMP]})
    return row


def read(client: TenantClient, path: str) -> str:
    return html.unescape(client.get(path).content.decode())


def seal_in(client: TenantClient, path: str) -> str:
    """Of the rules in the question before going live."""
    found = re.search(r'name="rules_read" value="([0-9a-f]{64})"', read(client, path))
    assert found
    return found[1]


def test_rules_that_nobody_read_are_not_published(claire: TenantClient, draft: Operation) -> None:
    """A colleague changes a prize while the question stands on a screen."""
    path = f"/operations/{draft.public_id}"
    seal = seal_in(claire, path)
    draft.modules.update(settings={"prizes": [LAMP | {"stock": 5}]})
    claire.post(f"{path}/en-ligne", {"rules_read": seal})
    draft.refresh_from_db()
    assert draft.state == "draft" and not official.versions(operation=draft)
    assert "Cette page a changé" in read(claire, path)
    claire.post(f"{path}/en-ligne", {"rules_read": seal_in(claire, path)})
    draft.refresh_from_db()
    assert draft.state == "live" and "5 × Lampe Halo" in draft.rules["fr"].replace("\u00a0", " ")


def test_a_brand_that_has_agreed_to_nothing_is_not_named(
    claire: TenantClient, draft: Operation
) -> None:
    """Its word brings it in, and the amendment is proposed then."""
    add_partner(draft.modules.get())
    AgreementAcceptance.objects.filter(side=Side.MINOR).delete()
    path, partnership = f"/operations/{draft.public_id}", Partnership.objects.get()
    assert claire.post(f"{path}/en-ligne").status_code == 302
    draft.refresh_from_db()
    assert draft.state == "live" and "Brûlerie Noé" not in draft.rules["fr"]
    assert "Relire et publier l’avenant" not in read(claire, path)
    sign(partnership, Side.MINOR, partnership.minor_id)
    assert "Relire et publier l’avenant" in read(claire, path)
