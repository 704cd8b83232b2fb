"""What the organiser sees of an operation once it is online: its dates, and the way to its page."""

import html
from datetime import timedelta

import pytest
from django.utils import timezone

from operations.models import Operation, OperationModule
from tests.fixtures.operations import make_module, make_operation, take
from tests.fixtures.tenants import TenantClient

HINT = "Nécessaire pour mettre en ligne"


@pytest.fixture
def online() -> Operation:
    now = timezone.now()
    begins = (now - timedelta(days=2)).replace(second=0, microsecond=0)
    row = make_operation(starts_at=begins, ends_at=begins + timedelta(days=9), live_at=begins)
    make_module(row)
    return row


def read(client: TenantClient, address: str) -> str:
    page = html.unescape(client.get(address).content.decode())
    return page.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_start_of_what_has_begun_is_shown_and_not_typed(
    claire: TenantClient, online: Operation
) -> None:
    path = f"/operations/{online.public_id}/dates"
    page = read(claire, path)
    assert 'name="starts_at"' not in page and HINT not in page
    assert "L’opération a commencé : il ne change plus." in page
    later = (online.ends_at + timedelta(days=3)).replace(second=0)
    assert claire.post(path, {"ends_at": later.strftime("%Y-%m-%dT%H:%M")}).status_code == 302
    row = Operation.objects.get()
    assert row.starts_at == online.starts_at and row.ends_at > online.ends_at


def test_a_start_that_is_sent_all_the_same_is_refused_with_the_reason(
    claire: TenantClient, online: Operation
) -> None:
    """The page stood open from before it began."""
    typed = {"starts_at": "2030-12-01T08:00", "ends_at": "2030-12-24T20:00"}
    answer = claire.post(f"/operations/{online.public_id}/dates", typed)
    assert answer.status_code == 422
    page = html.unescape(answer.content.decode()).replace("\u00a0", " ")
    assert "L’opération a déjà commencé : son début ne change plus. Sa fin peut changer." in page
    row = Operation.objects.get()
    assert (row.starts_at, row.ends_at) == (online.starts_at, online.ends_at)


def test_a_draft_is_told_what_going_online_needs_and_what_is_planned_is_not(
    claire: TenantClient, online: Operation
) -> None:
    path = f"/operations/{online.public_id}/dates"
    Operation.objects.update(state="draft")
    assert read(claire, path).count(HINT) == 2
    Operation.objects.update(state="live", starts_at=timezone.now() + timedelta(days=1))
    page = read(claire, path)
    assert 'name="starts_at"' in page and HINT not in page


def test_what_leads_away_opens_another_tab_and_says_so(
    claire: TenantClient, online: Operation
) -> None:
    page = read(claire, f"/operations/{online.public_id}")
    link = page.partition(f'href="/o/{online.slug}"')[2].partition("</a>")[0]
    assert 'target="_blank" rel="noopener"' in link
    assert '<span class="sr-only"> (nouvel onglet)</span>' in link


def test_the_lists_of_participants_name_the_participations_that_they_count(
    claire: TenantClient, online: Operation
) -> None:
    """« Comptées » agrees with what the tab before it names."""
    take(OperationModule.objects.get(), now=timezone.now())
    page = read(claire, f"/operations/{online.public_id}/participants")
    tabs = page.partition('<nav class="tabs"')[2].partition("</nav>")[0]
    assert "Toutes les participations" in tabs and "Comptées" in tabs
