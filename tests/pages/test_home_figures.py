"""The first page's figures: each period, the one before it, and the lines behind every count."""

import random
import re
from collections.abc import Callable
from datetime import timedelta

from django.http import HttpResponse
from django.utils import timezone

from tenants import lookup
from tenants.activity import booking
from tenants.activity.models import Order, Source
from tenants.activity.types import RefundInput, SessionInput
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import conductor
from tenants.programme.models import ProgrammeVersion, Reward
from tenants.referrals import codes
from tenants.referrals.services import record_click
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import Story, customer, text_of

MANY = {
    "invitation": "invitations",
    "clic": "clics",
    "première commande": "premières commandes",
    "récompense validée": "récompenses validées",
    "réachat": "réachats",
}


def counts_of(response: HttpResponse) -> dict[str, tuple[str, str]]:
    """Each step of the road, by its plural: its count, and the address of its lines.

    None and one are singular in French.
    """
    html = response.content.decode().partition('class="funnel-steps"')[2].partition("</ol>")[0]
    found = re.findall(r'<a href="([^"]+)"><b>([^<]+)</b><span>([^<]+)</span>', html)
    assert len(found) == 5
    one = {count in ("0", "1") for _url, count, label in found if label in MANY}
    assert one <= {True}
    return {MANY.get(label, label): (n, url.replace("&amp;", "&")) for url, n, label in found}


def lines_at(claire: TenantClient, url: str) -> str:
    """How many lines a list says it has."""
    page = text_of(claire.get(url))
    listed = re.search(r"1 à \d+ sur ([\d ]+) [a-z]", page)
    return listed[1] if listed else "0"


def test_every_count_of_the_road_leads_to_as_many_lines(
    claire: TenantClient, story: Story, buy: Callable[..., Order]
) -> None:
    """B17, over random lives of referrals: reported, refused, refunded, validated, come back."""
    now, code = timezone.now(), codes.code_for(profile=story.camille, now=timezone.now()).code
    rng = random.Random(seed := random.randrange(10**6))
    print("seed", seed)  # noqa: T201
    for days, name in ((1, "Lately"), (80, "Long"), (1, "Again")):
        # Whatever chance brings, some friends came lately and one long ago.
        friend, at = customer(name, "Ago"), now - timedelta(days=days, hours=1)
        record_click(code=code, channel="link", now=at)
        buy(friend, f"A-{name}", 6000, code=code, source=Source.API, at=at)
    for number in range(14):
        at = now - timedelta(days=rng.choice([1, 5, 20, 45, 80]), hours=1)
        record_click(code=code, channel="link", now=at)
        friend = customer(f"Ami{number}", "Test")
        source = rng.choice([Source.API, Source.API, Source.TRACKER])
        amount = rng.choice([900, 6000, 9000])
        buy(friend, f"A-{number}", amount, code=code, source=source, at=at)
        if rng.random() < 0.3:
            buy(friend, f"B-{number}", 4000, at=at + timedelta(minutes=5))
        if source == Source.API and rng.random() < 0.3:
            conductor.refund_received(
                order_id=f"A-{number}", now=now,
                refund=RefundInput(external_id="R", amount=amount, refunded_at=now),
            )  # fmt: skip
    for reward in Reward.objects.filter(due_at__lte=now):
        conductor.post_due_reward(transfer_id=reward.transfer_id, now=now)
    seen = []
    for period in ("7", "30", "mois", "90", "365"):
        page = claire.get("/", {"periode": period})
        counts = counts_of(page)
        for label, (count, url) in counts.items():
            assert f"depuis={period}" in url
            assert lines_at(claire, url) == count, (label, period)
        brought = counts["premières commandes"][0]
        assert f"Nouveaux clients parrainés {brought}" in text_of(page)
        seen.append(brought)
        lines = text_of(claire.get(counts["premières commandes"][1]))
        if brought != "0":
            total = re.search(r"\d[\d ]*,\d\d € en tout", text_of(page))
            assert total and total[0] in lines
    assert len(set(seen)) > 1  # the period does matter


def test_a_period_is_compared_with_the_one_before(
    claire: TenantClient, story: Story, buy: Callable[..., Order]
) -> None:
    """Two new customers in 30 days against one in the 30 before; a period that is none is 30."""
    code = codes.code_for(profile=story.camille, now=timezone.now()).code
    for name, days in (("Rose", 5), ("Paul", 40)):
        at = timezone.now() - timedelta(days=days)
        buy(customer(name, "Test"), f"N-{name}", code=code, at=at)
    # None of these brought anybody: only a browser spoke of it, it is too small, it was refunded.
    for name, amount, source in (
        ("Vu", 6000, Source.TRACKER), ("Peu", 900, Source.API), ("Rendu", 6000, Source.API),
    ):  # fmt: skip
        buy(customer(name, "Test"), f"N-{name}", amount, code=code, source=source)
    refund = RefundInput(external_id="R", amount=6000, refunded_at=timezone.now())
    conductor.refund_received(order_id="N-Rendu", refund=refund, now=timezone.now())
    buy(Profile.objects.get(first_name="Rose"), "N-again", 4000)
    counts = {label: count for label, (count, _url) in counts_of(claire.get("/")).items()}
    assert counts == {
        "invitations": "0", "clics": "0", "premières commandes": "2",
        "récompenses validées": "0", "réachats": "1",
    }  # fmt: skip
    assert "Coût par nouveau client 13,00 € 26,00 € en tout" in text_of(claire.get("/"))
    for asked in ("30", "", "1; DROP TABLE", "-3"):
        page = text_of(claire.get("/", {"periode": asked} if asked else {}))
        assert "Nouveaux clients parrainés 2" in page
        assert "↗ 100 % contre 1 avant" in page
    year = claire.get("/", {"periode": "365"})
    assert "Nouveaux clients parrainés 3" in text_of(year)
    assert '?periode=365" aria-current="page"' in year.content.decode()


def test_a_photographers_first_day_ends_with_the_first_session(
    claire: TenantClient, merchant: Tenant, rules: ProgrammeVersion
) -> None:
    """O8: without a shop and without orders, the first page counts all the same."""
    Tenant.objects.filter(id=merchant.id).update(site_url="")
    lookup.forget(merchant)
    kind = booking.save_type(name="Portrait", now=timezone.now())
    first = text_of(claire.get("/"))
    assert "Enregistrer une première séance" in first and "clé d’API" not in first
    conductor.session_booked(
        session=SessionInput(
            external_id="S-1", type_key=kind.key, booked_at=timezone.now(),
            customer=Identity(email="ana@exemple.fr"), source=Source.MANUAL,
        ),
        now=timezone.now(),
    )  # fmt: skip
    assert "De l’invitation au réachat" in text_of(claire.get("/"))
