"""What comes after a game: whoever won has a code, and the shop hands the prize over for it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Role
from accounts.services import create_member
from operations.models import OperationModule, WinningMoment
from partnerships.models import Partnership
from tenants import lookup
from tenants.models import Tenant
from tests.acceptance.conftest import PASSWORD, STARTED, Lumen, words
from tests.acceptance.joint import NORA, Guest, Shopper
from tests.fixtures.mechanics import LAMP, prepare
from tests.fixtures.sharing import agree, shared_module
from tests.fixtures.tenants import host_of

LIST = "/operations/gagnants"


@pytest.fixture
def partnership(lumen: Lumen, other_merchant: Tenant) -> Partnership:
    return agree(lumen.tenant, other_merchant)


@pytest.fixture
def module(lumen: Lumen, partnership: Partnership) -> OperationModule:
    """An instant win of two brands that began yesterday: two lamps, whose moments have come."""
    now = timezone.now()
    made = shared_module(partnership, goes=("first_name",))
    made.kind, made.settings = "instant_win", {"prizes": [LAMP], "wins": 1}
    made.save(update_fields=["kind", "settings"])
    operation = made.operation
    operation.starts_at, operation.ends_at = now - timedelta(days=1), now + timedelta(days=9)
    operation.save(update_fields=["starts_at", "ends_at"])
    prepare(made, now=now)
    WinningMoment.objects.update(at=now)
    return made


@pytest.fixture
def code(lumen: Lumen, module: OperationModule) -> str:
    """Thomas has won; the code that he reads in his email."""
    page = Shopper(lumen).take_part("thomas")
    found = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}")
    # Whoever typed his address learns that the form won, and no code (R33).
    assert "Gagné : Lampe Halo" in words(page.content.decode())
    assert not found.search(words(page.content.decode()))
    letters = [lumen.text_of(message) for message in lumen.inbox("thomas@exemple.fr")]
    [told] = [text for text in letters if "Vous avez gagné" in text and found.search(text)]
    code = found.search(told)[0]  # type: ignore[index]
    link = re.search(r"/o/merci/\S+", told)
    assert link and code in lumen.page(link[0], Shopper(lumen).client)
    return code


def rows(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<tbody")[2]))


def form(page: str, name: str) -> str:
    found = re.search(rf'action="({LIST}/win_\w+/{name})"', page)
    assert found, f"no button for {name}"
    return found[1]


def test_pa09_whoever_won_is_handed_the_prize_for_their_code_once(lumen: Lumen, code: str) -> None:
    """From the first page, by the code as it is read out at the counter, and back."""
    office = lumen.office()

    def shown(**asked: Any) -> str:
        return office.get(LIST, asked).content.decode()

    assert "1 lot gagné à remettre" in lumen.page("/", office)
    waiting = office.get(f"{LIST}?vue=a-remettre").content.decode()
    assert "thomas@exemple.fr" in rows(waiting) and code in rows(waiting)
    spoken = code.replace("-", " ").lower()
    page = shown(q=spoken)
    assert "Lampe Halo" in rows(page) and "À remettre" in rows(page)
    done = office.post(form(page, "remettre"), {"next": LIST}, follow=True).content.decode()
    assert "« Lampe Halo » remis à Thomas" in re.sub("[\u00a0\u202f]", " ", done)
    assert re.search(r"Remis le .+ par Claire Aubanel", re.sub("[\u00a0\u202f]", " ", rows(done)))
    assert "lot gagné" not in lumen.page("/", office)
    # Whoever comes with the same code again is told when it was used.
    again = shown(q=code)
    assert "Remis" in rows(again) and f"{LIST}/win_" in again
    assert "/remettre" not in again.partition("<tbody")[2].partition("</tbody")[0]
    back = office.post(form(again, "reprendre"), {"next": LIST}, follow=True).content.decode()
    assert "À remettre" in rows(back)
    file = b"".join(office.get(f"{LIST}?export=csv").streaming_content).decode("utf-8-sig")
    assert code in file and "thomas@exemple.fr" in file


@pytest.fixture(params=["a client", "no client"])
def guest(request: pytest.FixtureRequest, lumen: Lumen, other_merchant: Tenant) -> Iterator[Tenant]:
    """The guest brand: a merchant of its own, and a limited back office (PA-15)."""
    create_member(
        email=NORA,
        first_name="Nora",
        last_name="Carpentier",
        password=PASSWORD,
        tenant_id=other_merchant.id,
        role=Role.OWNER,
        now=STARTED,
    )
    other_merchant.partner_only = request.param == "no client"
    other_merchant.save(update_fields=["partner_only"])
    hosts = [host_of(other_merchant)]
    lookup.forget_hosts(hosts)
    yield other_merchant
    lookup.forget_hosts(hosts)  # the row is rolled back, of which the caches know nothing


def test_pa05_the_winners_are_the_organisers_alone(
    lumen: Lumen, code: str, module: OperationModule, guest: Tenant
) -> None:
    """The guest brand of the operation finds neither the list, nor a code."""
    nora = Guest(guest)
    win = form(lumen.office().get(LIST).content.decode(), "remettre")
    assert nora.get(LIST).status_code == (404 if guest.partner_only else 200)
    for path in (LIST, f"{LIST}?q=thomas", "/search?q=" + code.replace("-", "+")):
        page = nora.get(path).content.decode()
        assert code not in page and "Lampe Halo" not in page, path
    assert nora.get(f"/operations/{module.operation.public_id}/gagnants").status_code == 404
    assert nora.client.post(win).status_code == 404
    assert "À remettre" in rows(lumen.office().get(LIST).content.decode())
