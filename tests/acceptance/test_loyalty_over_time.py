"""Loyalty seen over time: the ranking, recalculating the past, the reset, and the members."""

import csv
import io

import pytest
from django.http import HttpResponse

from tests.acceptance.conftest import OWNER, words
from tests.acceptance.test_loyalty import MARC, Studio, studio  # noqa: F401  a fixture
from tests.acceptance.test_tiers import add_tier

ANA = "ana@exemple.fr"


def fr(number: int) -> str:
    """A number as a page shows it, its spaces plain."""
    return f"{number:,}".replace(",", " ")


class Back:
    """The pages of Fidélité that look back."""

    def __init__(self, studio: Studio) -> None:  # noqa: F811
        self.studio, self.lumen = studio, studio.lumen

    def count(self, **form: str) -> str:
        """Ask what would change; the address of what was counted."""
        answer = self.lumen.send("/fidelite/recalcul", **form)
        assert answer.status_code == 302, words(answer.content.decode())
        self.lumen.later(seconds=1)
        return str(answer["Location"])

    def carry_out(self, page: str, **form: str) -> HttpResponse:
        answer = self.lumen.send(f"{page}/lancer", **form)
        self.lumen.later(seconds=1)
        return answer


@pytest.fixture
def back(studio: Studio) -> Back:  # noqa: F811
    return Back(studio)


def test_fs18_the_ranking_tells_who_is_active_and_who_leads(back: Back) -> None:
    """FS-18: active members, points distributed, referrals made, rewards unlocked, most loyal
    customers."""
    lumen, clairval = back.lumen, back.studio
    lumen.publish()
    add_tier(lumen, "Argent", "150")
    for number, email, total in (("F-1", MARC, 20_000), ("F-2", ANA, 5_000)):
        clairval.invoice(number, total, email)
        clairval.pay(number, total, f"P-{number}", "full")
    lumen.order("O-1", "lea@exemple.fr", referral_code=lumen.code_of(MARC))
    lumen.order("O-2", "lea@exemple.fr")  # she comes back: no second referral
    lumen.later(days=15)
    page = lumen.page("/fidelite/classement")
    assert "Membres actifs 3" in page
    assert "Parrainages validés 1" in page
    assert "Récompenses débloquées 1" in page  # Marc's tier: 200 are there, Ana's 50 are not
    order = [page.index(email) for email in (MARC, "lea@exemple.fr", ANA)]
    assert order == sorted(order)  # 200 and a referral, two orders, 50
    lines = lumen.page("/fidelite/classement/points")
    assert "Facture réglée 200" in lines and "Facture réglée 50" in lines
    file = lumen.office().get("/fidelite/classement/points?export=csv")
    text = b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    amounts = [int(row["Points"]) for row in csv.DictReader(io.StringIO(text), delimiter=";")]
    assert len(amounts) == 6 and f"Points distribués {fr(sum(amounts))} " in page
    assert "ana@exemple.fr" not in lumen.page("/fidelite/classement?q=marc")
    # A period has figures of its own, and what was before it is none of them.
    lumen.later(days=60)
    assert "Membres actifs 0" in lumen.page("/fidelite/classement?periode=30")
    recent = lumen.page("/fidelite/classement?periode=90")
    assert "Membres actifs 3" in recent and "Parrainages validés 1" in recent
    lumen.later(days=60)
    gone = lumen.page("/fidelite/classement?periode=90")
    for figure in ("Membres actifs", "Points distribués", "Parrainages validés"):
        assert f"{figure} 0" in gone, figure
    assert "Récompenses débloquées 0" in gone
    ever = lumen.page("/fidelite/classement?periode=")
    assert "Membres actifs 3" in ever and "Récompenses débloquées 1" in ever


def test_fs19_history_is_recalculated_in_the_background_with_an_email(back: Back) -> None:
    """FS-19: for 3, 6, 12 months or for ever, automatic points are recomputed, manual ones
    untouched; in the background, with an email when done."""
    lumen, clairval = back.lumen, back.studio
    clairval.publish(membership="joined", unit="PTS")
    clairval.invoice("F-1", 20_000)
    clairval.pay("F-1", 20_000, "P-1", "full")
    record = lumen.record(MARC)
    given = {"way": "credit", "amount": "7", "reason": "Exposition", "sure": "1"}
    lumen.send(f"{record}/cagnotte/corriger", **given)
    assert clairval.points() == 7  # not a member: the invoice earned nothing
    lumen.later(days=200)
    customer = record.rsplit("/", maxsplit=1)[1]
    lumen.send(f"/fidelite/membres/{customer}", member="1")
    for months, gaining in (("3", False), ("6", False), ("12", True), ("all", True)):
        shown = lumen.page(back.count(months=months))
        assert ("Gagneraient 1 200 points en tout" in shown) is gaining, (months, shown)
    page = back.count(months="all")
    assert clairval.points() == 7
    assert lumen.send(f"{page}/lancer").status_code == 302
    assert clairval.points() == 7  # the work waits for the worker
    lumen.later(seconds=1)
    assert clairval.points() == 207
    assert "Cagnottes changées 1 comme annoncé" in lumen.page(page)
    assert "Recalcul du" in lumen.page(f"{record}/cagnotte")
    (email,) = [m for m in lumen.inbox(OWNER) if "Recalcul" in str(m["Subject"])]
    assert page in lumen.text_of(email)


def test_fs20_a_reset_removes_automatic_points_and_keeps_manual_ones(back: Back) -> None:
    """FS-20: removes all automatic points and keeps manual ones."""
    lumen, clairval = back.lumen, back.studio
    clairval.invoice("F-1", 20_000)
    clairval.pay("F-1", 20_000, "P-1", "full")
    given = {"way": "credit", "amount": "15", "reason": "Exposition", "sure": "1"}
    lumen.send(f"{lumen.record(MARC)}/cagnotte/corriger", **given)
    page = back.count(kind="reset", months="all")
    assert "Perdraient 1 200 points en tout" in lumen.page(page)
    back.carry_out(page)
    assert clairval.points() == 215  # not without the words
    back.carry_out(page, confirm="remettre à zéro")
    assert clairval.points() == 15
    lumen.later(days=3)
    assert clairval.points() == 15


def test_so12_the_members_list_shows_each_members_points(back: Back) -> None:
    """SO-12: the members' list shows each member's points."""
    lumen, clairval = back.lumen, back.studio
    for number, email, total in (("F-1", MARC, 20_000), ("F-2", ANA, 5_000)):
        clairval.invoice(number, total, email)
        clairval.pay(number, total, f"P-{number}", "full")
    customer = lumen.record(MARC).rsplit("/", maxsplit=1)[1]
    lumen.send(f"/fidelite/membres/{customer}", member="1")
    page = lumen.page("/fidelite/membres")
    assert "marc@exemple.fr 200 200 2 mars 2026 À la main" in page
    assert "ana@exemple.fr" not in page
