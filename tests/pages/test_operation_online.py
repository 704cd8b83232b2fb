"""What the organiser sees of an operation once it is online: its dates, and the way to its page."""

import html
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.template import engines
from django.utils import timezone

from operations import sources
from operations.models import Draw, Operation, OperationModule, SourceKind
from operations.views.reaching import qr_address
from shell import formats
from tests.fixtures.mechanics import prepare
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


def test_the_winners_of_a_draw_that_is_to_come_are_promised_for_its_day(
    claire: TenantClient, online: Operation
) -> None:
    path = f"/operations/{online.public_id}/gagnants"
    row = OperationModule.objects.get()
    OperationModule.objects.update(kind="draw")
    prepare(OperationModule.objects.get(id=row.id), now=online.starts_at)
    page = read(claire, path)
    when = formats.moment(online.ends_at, language="fr").replace("\u00a0", " ")
    assert f"Le tirage a lieu après la fin des participations, le {when}." in page
    assert "Dès qu’un lot est gagné" not in page
    make_module(online, kind="instant_win", position=2)
    assert "Dès qu’un lot est gagné" in read(claire, path)


def ways(claire: TenantClient, row: Operation, state: str = "live") -> str:
    """The part that an operation's page includes, as one who may change things sees it."""
    context = {"operation": row, "state": state, "can_change": True}
    page = engines["django"].from_string("{% load operations %}{% next_after_live %}")
    return html.unescape(page.render(context)).replace("\u00a0", " ")


def test_what_is_live_is_shown_the_ways_to_bring_people_in(
    claire: TenantClient, online: Operation
) -> None:
    shown = ways(claire, online)
    assert "<svg" in shown and "Prévenir vos clients" in shown
    assert "Afficher l’opération sur votre site" in shown
    assert ways(claire, online, "planned").strip() == ""
    file = claire.get(f"/operations/{online.public_id}/qr.svg")
    assert file["Content-Type"] == "image/svg+xml" and b"<svg" in file.content
    # Whoever comes by it is counted apart.
    token = qr_address(online).partition("?s=")[2]
    assert sources.read(unquote(token)).kind == SourceKind.QR


def test_the_proof_of_a_draw_says_first_how_people_are_protected(
    claire: TenantClient, online: Operation
) -> None:
    OperationModule.objects.update(kind="draw")
    prepare(OperationModule.objects.get(), now=online.starts_at)
    page = read(claire, f"/o/tirage/{Draw.objects.get().public_id}")
    assert page.index("Personne ne peut choisir ni changer les gagnants") < page.index("SHA-256")
    assert f'href="/o/{online.slug}"' in page
