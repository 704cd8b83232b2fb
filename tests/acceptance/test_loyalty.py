"""Loyalty as a photographer's people meet it: points from payments, sessions and by hand."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenants import features
from tenants.features import Feature
from tenants.programme import versions
from tests.acceptance.conftest import Lumen, words

MARC = "marc@exemple.fr"
RULES = {
    "active": "on",
    "payments_on": "on",
    "way": "per_euro",
    "rate": "1",
    "membership": "everyone",
    "expiry_months": "",
}


class Studio:
    """The merchant's loyalty, through its pages and the API."""

    def __init__(self, lumen: Lumen) -> None:
        self.lumen = lumen

    def publish(self, **changes: str) -> None:
        """See what rules would give, then publish them."""
        fields = {**RULES, **changes}
        seen = self.lumen.send("/fidelite", step="preview", **fields)
        assert seen.status_code == 200, words(seen.content.decode())
        assert "Avant de publier" in words(seen.content.decode())
        done = self.lumen.send("/fidelite", step="publish", **fields)
        assert done.status_code == 302, words(done.content.decode())

    def add_type(self, name: str) -> str:
        """A type of session; the name of its field among the rules."""
        assert self.lumen.send("/reglages/seances", name=name).status_code == 302
        html = self.lumen.office().get("/fidelite").content.decode()
        found = re.findall(r'name="(session_[0-9a-f]{32})"', html)
        return str(found[-1])

    def call(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.lumen.call(path, body)
        assert answer.status_code in (200, 201), answer.content
        found: dict[str, Any] = answer.json()
        return found

    def invoice(self, number: str, total: int, email: str = MARC) -> None:
        person = {"email": email, "first_name": email.split("@", maxsplit=1)[0].title()}
        self.call("invoices", id=number, total=total, currency="EUR", customer=person)

    def pay(self, number: str, amount: int, key: str, kind: str = "deposit") -> dict[str, Any]:
        return self.call(f"invoices/{number}/payments", id=key, amount=amount, kind=kind)

    def session(self, number: str, kind: str, email: str = MARC) -> None:
        self.call("sessions", id=number, type=kind, customer={"email": email, "first_name": "Marc"})
        self.call(f"sessions/{number}/validate")

    def points(self, email: str = MARC) -> int:
        """What the record's box says."""
        record = self.lumen.page(self.lumen.record(email))
        found = re.search(r"Cagnotte Historique ([\d ]+) points?", record)
        assert found, record
        return int(found[1].replace(" ", ""))


@pytest.fixture
def studio(lumen: Lumen) -> Studio:
    """Cagnottes that count points: 1 for each euro, 50 for a portrait session."""
    made = Studio(lumen)
    field = made.add_type("Portrait")
    more = {field: "50", f"{field}_on": "on"}
    made.publish(unit="PTS", sessions_on="on", **more)
    return made


def test_fs01_customers_earn_from_payments_sessions_and_referrals(studio: Studio) -> None:
    """FS-01: customers earn points from payments, validated sessions and referrals."""
    lumen = studio.lumen
    versions.publish(
        now=timezone.now(), active=True, referrer_amount=100, referee_amount=50, pending_days=0,
        minimum_order=0,
    )  # fmt: skip
    studio.invoice("F-1", 20_000)
    studio.pay("F-1", 20_000, "P-1", "full")
    studio.session("S-1", "portrait")
    assert studio.points() == 250
    code = lumen.code_of(MARC)
    lumen.order("O-1", "lea@exemple.fr", amount=3_000, referral_code=code)
    assert studio.points() == 350
    assert studio.points("lea@exemple.fr") == 50 + 30


def test_fs02_the_record_shows_balance_full_history_and_rewards(studio: Studio) -> None:
    """FS-02: a loyalty box on each customer: balance, full history (date, description, points +
    or -, source, linked object), rewards obtained."""
    lumen = studio.lumen
    studio.invoice("F-1", 20_000)
    studio.pay("F-1", 20_000, "P-1", "full")
    studio.session("S-1", "portrait")
    studio.pay("F-1", 5_000, "R-1", "refund")
    record = lumen.record(MARC)
    box = lumen.page(record)
    assert "Cagnotte Historique 200 points" in box
    assert "Gagné en tout 200 points" in box
    history = lumen.page(f"{record}/cagnotte")
    assert "2 mars 2026 Gain repris La facture n° F-1 −50 points 200 points" in history
    assert "2 mars 2026 Gain de fidélité La séance « Portrait » +50 points 250 points" in history
    assert "2 mars 2026 Gain de fidélité La facture n° F-1 +200 points 200 points" in history
    html = lumen.office().get(f"{record}/cagnotte").content.decode()
    links = re.findall(r'href="(/(?:factures|seances)/\w+)"', html)
    assert len(links) == 3
    for link in links:
        assert "a rapporté" in lumen.page(link)


def test_fs03_points_are_added_and_removed_by_hand(studio: Studio) -> None:
    """FS-03, in part: add points, remove points."""
    lumen = studio.lumen
    studio.invoice("F-1", 20_000)
    path = f"{lumen.record(MARC)}/cagnotte/corriger"
    assert "points" in lumen.page(path)
    given = {"amount": "1 200", "reason": "Exposition", "sure": "1"}
    assert lumen.send(path, way="credit", **given).status_code == 302
    assert studio.points() == 1_200
    taken = {"amount": "200", "reason": "Erreur", "sure": "1"}
    assert lumen.send(path, way="debit", **taken).status_code == 302
    assert studio.points() == 1_000


def test_fs04_automatic_loyalty_is_switched_on_and_off(studio: Studio) -> None:
    """FS-04: what is off is neither shown nor reachable, and nothing is earned."""
    lumen = studio.lumen
    assert "Fidélité" in lumen.office().get("/").content.decode()
    features.switch(tenant_id=lumen.tenant.id, off=[Feature.LOYALTY])
    assert "/fidelite" not in lumen.office().get("/").content.decode()
    assert lumen.office().get("/fidelite").status_code == 404
    studio.invoice("F-1", 20_000)
    studio.pay("F-1", 20_000, "P-1", "full")
    assert studio.points() == 0
    features.switch(tenant_id=lumen.tenant.id, on=[Feature.LOYALTY])
    studio.invoice("F-2", 5_000)
    studio.pay("F-2", 5_000, "P-1", "full")
    assert studio.points() == 50


def test_fs05_a_fully_paid_invoice_earns_by_a_fractional_ratio(studio: Studio) -> None:
    """FS-05: points per euro: on/off, a ratio that may be fractional (0.5, 1, 2), credited when an
    invoice is fully paid, deposits and balances included."""
    studio.publish(rate="0,5")
    studio.invoice("F-1", 20_100)
    assert studio.pay("F-1", 6_000, "P-1")["invoice"]["earned"] is None
    assert studio.points() == 0
    studio.pay("F-1", 14_100, "P-2", "balance")
    assert studio.points() == 100
    studio.publish(payments_on="")
    studio.invoice("F-2", 20_000)
    studio.pay("F-2", 20_000, "P-1", "full")
    assert studio.points() == 100


def test_fs06_each_type_of_session_earns_its_own_points(studio: Studio) -> None:
    """FS-06: points per validated session: on/off, a number for each session type, each type
    on/off, credited when the session is marked validated."""
    portrait = re.findall(
        r'name="(session_[0-9a-f]{32})"',
        studio.lumen.office().get("/fidelite").content.decode(),
    )[0]
    family = studio.add_type("Famille")
    rules = {"sessions_on": "on", portrait: "50", f"{portrait}_on": "on", family: "80"}
    studio.publish(**rules, **{f"{family}_on": "on"})
    studio.session("S-1", "portrait")
    assert studio.points() == 50
    studio.session("S-2", "famille")
    assert studio.points() == 130
    studio.publish(**rules)  # a family session is off now
    studio.session("S-3", "famille")
    assert studio.points() == 130
    studio.publish(**{**rules, "sessions_on": ""})
    studio.session("S-4", "portrait")
    assert studio.points() == 130


def test_fs07_payment_and_session_add_up(studio: Studio) -> None:
    """FS-07: 200 € for a portrait session earns 200 + 50 = 250 points."""
    story = studio.lumen.page("/fidelite")
    assert "200,00 € payés donnent 200 points ; une séance « Portrait » validée en ajoute" in story
    assert "soit 250 points" in story
    studio.invoice("F-1", 20_000)
    studio.pay("F-1", 20_000, "P-1", "full")
    studio.session("S-1", "portrait")
    assert studio.points() == 250


def test_fs21_changing_a_rule_never_changes_what_was_earned(studio: Studio) -> None:
    """FS-21: new rules apply to later actions only, also for what is told late."""
    studio.invoice("F-1", 20_000)
    studio.pay("F-1", 20_000, "P-1", "full")
    studio.invoice("F-2", 10_000)
    paid_at = timezone.now()
    studio.lumen.later(days=2)
    studio.publish(rate="3")
    assert studio.points() == 200
    late = (paid_at + timedelta(hours=1)).isoformat()
    studio.call("invoices/F-2/payments", id="P", amount=10_000, kind="full", paid_at=late)
    assert studio.points() == 300


def test_fs22_doubling_the_ratio_doubles_later_payments_only(studio: Studio) -> None:
    """FS-22: changing 1 € = 1 point to 1 € = 2 points doubles later payments only."""
    studio.invoice("F-1", 20_000)
    studio.pay("F-1", 20_000, "P-1", "full")
    studio.lumen.later(days=1)
    studio.publish(rate="2")
    studio.invoice("F-2", 20_000)
    studio.pay("F-2", 20_000, "P-1", "full")
    assert studio.points() == 200 + 400


def test_so03_one_point_for_every_n_euros_of_order(studio: Studio) -> None:
    """SO-03: "points earned for": 1 point per N € of order."""
    studio.publish(way="every", every="3,00", rate="")
    studio.lumen.order("O-1", MARC, amount=10_000)
    assert studio.points() == 33
    assert "1 point tous les 3,00 €" in studio.lumen.page("/fidelite")


def test_a_photographer_notes_a_session_and_its_payment_on_a_phone(studio: Studio) -> None:
    """O8: what takes place in the studio is entered on the customer's record."""
    lumen = studio.lumen
    lumen.call("accounts", {"customer": {"email": MARC, "first_name": "Marc"}})
    record = lumen.record(MARC)
    noted = lumen.send(f"{record}/seance", kind="portrait", on="02/03/2026", validated="on")
    assert noted.status_code == 302
    assert studio.points() == 50
    made = lumen.send(f"{record}/facture", number="F-1", total="200,00", issued_on="02/03/2026")
    assert made.status_code == 302
    invoice = made["Location"]
    for kind, amount in (("deposit", "60,00"), ("balance", "140,00")):
        paid = lumen.send(f"{invoice}/paiement", kind=kind, amount=amount, paid_on="02/03/2026")
        assert paid.status_code == 302, words(paid.content.decode())
    assert studio.points() == 250
    html = lumen.office().get(record).content.decode()
    session = re.search(r"/seances/ses_\w+", html)
    assert session
    assert lumen.send(f"{session[0]}/annuler").status_code == 302
    assert studio.points() == 200
