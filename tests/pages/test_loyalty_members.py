"""Members with their points, one by one and many at once (SO-11, SO-12, B7, B8)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from kernel.jobs import outbox as jobs_outbox
from kernel.ledger import services as ledger
from kernel.outbox.relay import relay
from tenants.features import Feature, switch
from tenants.loyalty import membership
from tenants.loyalty.models import LoyaltyVersion
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme.bulk import services as bulk
from tenants.programme.bulk.models import Item, ItemState, Selection
from tenants.programme.models import ProgrammeVersion
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import customer, text_of


def work() -> None:
    relay(handlers=jobs_outbox.HANDLERS, clock=timezone.now)


@pytest.fixture
def loyalty(rules: ProgrammeVersion) -> LoyaltyVersion:
    """One cent of cagnotte for each euro, for members."""
    return LoyaltyVersion.objects.create(
        number=1,
        starts_at=timezone.now() - timedelta(days=200),
        unit="EUR",
        membership="joined",
        rate=Decimal(1),
        per=100,
    )


@pytest.fixture
def people(loyalty: LoyaltyVersion) -> list[Profile]:
    return [customer(name, "Martin") for name in ("Ana", "Bo", "Cy")]


def join(profile: Profile) -> None:
    membership.join(profile_id=profile.id, source="checkout", now=timezone.now())


def test_the_list_shows_each_members_points(claire: TenantClient, people: list[Profile]) -> None:
    """SO-12."""
    ana, _bo, _cy = people
    join(ana)
    ledger.issue(
        owner_id=ana.id, unit="EUR", amount=1234, reason="adjusted", source="t:1", key="k",
        now=timezone.now(),
    )  # fmt: skip
    page = text_of(claire.get("/fidelite/membres"))
    assert "1 membre sur 3 clients" in page
    assert "Ana Martin" in page and "12,34 €" in page and "Case cochée à la commande" in page
    assert "Bo Martin" not in page
    assert "Bo Martin" in text_of(claire.get("/fidelite/membres", {"vue": "autres"}))


def test_one_customer_joins_at_once_with_a_way_back(
    claire: TenantClient, people: list[Profile]
) -> None:
    """B8."""
    ana = people[0]
    page = claire.post(f"/fidelite/membres/{ana.public_id}", {"member": "1"}, follow=True)
    assert "Ana Martin a rejoint le programme de fidélité" in text_of(page)
    assert membership.is_member(profile_id=ana.id)
    token = page.content.decode().split('name="undo" value="')[1].split('"')[0]
    claire.post("/fidelite/membres/annuler", {"undo": token})
    assert not membership.is_member(profile_id=ana.id)


def test_many_join_after_the_question_says_to_how_many_it_applies(
    claire: TenantClient, people: list[Profile]
) -> None:
    """B7, SO-11: "applicable à N sur M", then in the background."""
    join(people[0])
    selected = {"selected": [str(one.id) for one in people]}
    asked = claire.post("/fidelite/membres/ajouter?vue=autres", selected, follow=True)
    words = text_of(asked)
    assert "Applicable à 2 sur 3 clients" in words
    assert "Déjà membre 1" in words and "Ana Martin" in words
    assert not membership.is_member(profile_id=people[1].id)
    (selection,) = Selection.objects.all()
    for _ in range(2):  # a double click is one job
        job = claire.post(f"/actions/{selection.public_id}")
        assert job.status_code == 302
    work()
    assert all(membership.is_member(profile_id=one.id) for one in people)
    assert "2 clients ont rejoint le programme." in text_of(claire.get(job["Location"]))


def test_all_that_match_are_taken_not_only_the_page(
    claire: TenantClient, people: list[Profile]
) -> None:
    """B7: "les 1 243"."""
    answer = claire.post("/fidelite/membres/ajouter?vue=autres&q=martin", {"every": "1"})
    assert answer.status_code == 302
    assert Selection.objects.get().applicable == 3


def test_nothing_ticked_asks_nothing(claire: TenantClient, people: list[Profile]) -> None:
    page = claire.post("/fidelite/membres/ajouter", {}, follow=True)
    assert "Cochez au moins une ligne." in text_of(page)
    assert not Selection.objects.exists()


def test_each_row_that_failed_is_named_with_its_reason(
    claire: TenantClient, people: list[Profile]
) -> None:
    """B7: erased between the question and the work."""
    claire.post("/fidelite/membres/ajouter", {"selected": [str(one.id) for one in people]})
    (selection,) = Selection.objects.all()
    Profile.objects.filter(id=people[0].id).update(erased_at=timezone.now())
    job = claire.post(f"/actions/{selection.public_id}")
    work()
    assert "1 ligne n’a pas pu être faite." in text_of(claire.get(job["Location"]))
    report = text_of(claire.get(f"/actions/{selection.public_id}"))
    assert "Lignes en échec" in report and "Fiche fusionnée ou effacée" in report
    assert Item.objects.filter(state=ItemState.DONE).count() == 2


def test_a_question_that_nobody_answered_is_forgotten_after_a_day(
    claire: TenantClient, people: list[Profile]
) -> None:
    rows = Profile.objects.all()
    now = timezone.now()
    old = bulk.prepare(act="loyalty-join", rows=rows, author_id=None, now=now - timedelta(days=2))
    bulk.prepare(act="loyalty-join", rows=rows, author_id=None, now=now)
    assert claire.get(f"/actions/{old.public_id}").status_code == 404


def test_a_viewer_looks_and_changes_nothing(louis: TenantClient, people: list[Profile]) -> None:
    page = louis.get("/fidelite/membres", {"vue": "autres"}).content.decode()
    assert "Ana" in page and 'name="selected"' not in page and "Ajouter" not in page
    assert louis.post("/fidelite/membres/ajouter", {"every": "1"}).status_code == 403
    ana = people[0]
    assert louis.post(f"/fidelite/membres/{ana.public_id}", {"member": "1"}).status_code == 403
    assert not membership.is_member(profile_id=ana.id)


def test_without_the_module_nothing_of_it_is_reachable(
    claire: TenantClient, people: list[Profile], merchant: Tenant
) -> None:
    """OF-07, FS-04."""
    rows = Profile.objects.all()
    selection = bulk.prepare(act="loyalty-join", rows=rows, author_id=None, now=timezone.now())
    switch(tenant_id=merchant.id, off=[Feature.LOYALTY])
    pages = ("membres", "classement", "classement/points", "recalcul")
    for path in (*(f"/fidelite/{name}" for name in pages), f"/actions/{selection.public_id}"):
        assert claire.get(path).status_code == 404, path
    assert claire.post("/fidelite/membres/ajouter", {"every": "1"}).status_code == 404
