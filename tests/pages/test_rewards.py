"""Claims by the dozen, codes that only some may read, and lists that are exported."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone

from kernel.jobs.models import Job
from kernel.jobs.services import run_step
from tenants.features import Feature, switch
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme import reward_jobs, services
from tenants.rewards import services as rewards
from tenants.rewards.models import Claim, ClaimState
from tests.fixtures.programme import NOW, make_camille, publish
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import text_of

HOME = {"name": "Camille Rouvière", "street": "12 rue des Lilas", "postcode": "69007",
        "city": "Lyon"}  # fmt: skip
CLAIMS = "/recompenses/demandes"


@pytest.fixture
def parcels(merchant: Tenant) -> Callable[[int], list[Claim]]:
    """`parcels(3)`: so many claims of Camille's that wait for the post."""
    publish()
    camille: Profile = make_camille()
    services.adjust(profile=camille, amount=1_000_000, reason="x", key="x", author_id=None, now=NOW)
    prize = rewards.save_prize(now=NOW, unit="EUR", name="Affiche", cost=100, kind="post")

    def make(count: int) -> list[Claim]:
        return [
            services.claim_prize(
                profile=camille, prize_id=prize.id, key=f"k{n}", address=HOME, now=NOW
            )
            for n in range(count)
        ]

    return make


def states() -> list[str]:
    return sorted(Claim.objects.values_list("state", flat=True))


def test_parcels_are_marked_as_sent_together_after_saying_how_many(
    claire: TenantClient, parcels: Callable[[int], list[Claim]]
) -> None:
    """B7: the count first, then the act; what was closed meanwhile is left out, and said."""
    rows = parcels(3)
    rewards.hand_over(claim_id=rows[0].id, now=NOW)
    chosen = {"selected": [str(row.id) for row in rows]}
    path = f"{CLAIMS}/plusieurs/envoyer?vue=toutes"
    asked = claire.post(path, chosen)
    assert "Cela s’applique à 2 demandes sur 3 choisies." in text_of(asked)
    assert states() == ["claimed", "claimed", "handed"]
    done = claire.post(path, {**chosen, "sure": "1", "key": "k"})
    assert done.status_code == 302
    assert "2 lots marqués comme envoyés" in claire.get(done["Location"]).content.decode()
    assert states() == ["handed", "sent", "sent"]


def test_many_parcels_are_sent_in_the_background_and_those_that_were_closed_are_counted(
    claire: TenantClient,
    parcels: Callable[[int], list[Claim]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """B7, B9: a job with its page; a double click starts one."""
    monkeypatch.setattr(reward_jobs, "AT_ONCE", 1)
    rows = parcels(3)
    path = f"{CLAIMS}/plusieurs/envoyer?vue=a-envoyer"
    sent = [claire.post(path, {"every": "1", "sure": "1", "key": "k"}) for _ in range(2)]
    job = Job.objects.get()
    assert {answer["Location"] for answer in sent} == {f"/travaux/{job.public_id}"}
    services.cancel_claim(claim_id=rows[0].id, author_id=None, now=NOW)
    run_step(job_id=job.id, step=0, now=timezone.now())
    assert states() == ["cancelled", "sent", "sent"]
    page = text_of(claire.get(f"/travaux/{job.public_id}"))
    assert "2 lots marqués. 1 demande était déjà close." in page


def test_labels_are_those_of_the_parcels_that_were_chosen(
    claire: TenantClient, parcels: Callable[[int], list[Claim]]
) -> None:
    rows = parcels(3)
    assert "3 adresses à imprimer" in text_of(claire.get(f"{CLAIMS}/etiquettes"))
    some = claire.post(f"{CLAIMS}/etiquettes?vue=a-envoyer", {"selected": [str(rows[1].id)]})
    assert "1 adresse à imprimer" in text_of(some)


def test_the_export_for_the_post_holds_addresses_and_only_for_who_may_change(
    claire: TenantClient, louis: TenantClient, parcels: Callable[[int], list[Claim]]
) -> None:
    """SP-04, R23: the address is for who sends the parcel."""
    parcels(1)
    path = f"{CLAIMS}?vue=a-envoyer&export=csv"
    assert "12 rue des Lilas" in b"".join(claire.get(path)).decode()  # type: ignore[call-overload]
    looked = b"".join(louis.get(path)).decode()  # type: ignore[call-overload]
    assert "Camille" in looked
    assert "Lilas" not in looked


def test_who_may_only_look_reads_no_code_and_finds_none_by_searching(
    claire: TenantClient, louis: TenantClient, parcels: Callable[[int], list[Claim]]
) -> None:
    """R32: a voucher's code is money; letter by letter it is not told either."""
    parcels(0)
    camille = Profile.objects.get(email="camille@exemple.fr")
    prize = rewards.save_prize(
        now=NOW, unit="EUR", name="Bon", cost=100, kind="voucher", value=1000
    )
    claim = services.claim_prize(profile=camille, prize_id=prize.id, key="v", now=NOW)
    shown = re.sub(r"\s", "", text_of(claire.get(f"{CLAIMS}?vue=toutes")))
    assert claim.code in shown
    for path in (f"{CLAIMS}?vue=toutes", f"/clients/{camille.public_id}", "/a-traiter"):
        assert claim.code not in re.sub(r"\s", "", text_of(louis.get(path))), path
    assert "Bon" in text_of(claire.get(f"{CLAIMS}?vue=toutes&q={claim.code[:4]}"))
    assert "Rien parmi" in text_of(louis.get(f"{CLAIMS}?vue=toutes&q={claim.code[:4]}"))


def test_an_address_is_forgotten_in_the_pages_too(
    claire: TenantClient, parcels: Callable[[int], list[Claim]]
) -> None:
    [claim] = parcels(1)
    Claim.objects.update(address={}, state=ClaimState.SENT, sent_at=NOW)
    assert "effacée" in text_of(claire.get(f"{CLAIMS}?vue=envoyes"))
    assert claim.code  # the claim itself stays


def test_tiers_are_neither_shown_nor_reached_where_the_module_is_off(
    claire: TenantClient, merchant: Tenant
) -> None:
    """OF-07, FS-04."""
    switch(tenant_id=merchant.id, off=[Feature.TIERS])
    assert "/recompenses/paliers" not in claire.get("/recompenses").content.decode()
    assert claire.get("/recompenses/paliers").status_code == 404
    assert claire.post("/recompenses/paliers/ajouter", {"name": "x"}).status_code == 404
