"""Points at checkout: quotes, holds, the order that uses them, and what a refund gives back."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kernel.errors import RicochetError
from kernel.ledger import selectors as ledger
from tenants import features
from tenants.activity.models import Source
from tenants.activity.types import RefundInput
from tenants.features import Feature
from tenants.loyalty.models import HoldState, MembershipMode
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import clock, conductor, sentences, services
from tenants.programme.conductor import Basket
from tenants.programme.history import wallet_history
from tenants.programme.models import Decision
from tests.fixtures.loyalty import identity, publish_loyalty
from tests.fixtures.programme import NOW, make_order

pytestmark = pytest.mark.usefixtures("in_points")
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def thomas() -> Profile:
    """500 points at 1 cent each; 1 point for each euro paid."""
    publish_loyalty(checkout_on=True, line_label="Points Lumen")
    return give(500)


def give(points: int) -> Profile:
    profile, _ = conductor.loyalty_joined(
        identity=identity(), source="checkout", origin=Source.API, now=NOW
    )
    services.adjust(
        profile=profile, amount=points, reason="Cadeau", key=f"g{points}", author_id=None, now=NOW
    )
    return profile


def quote(amount=5000, who="thomas@exemple.fr", **more):
    return conductor.quote(
        identity=identity(who), basket=Basket(more.pop("id", ""), amount, "EUR"), now=LATER
    )


def hold(points, basket="B-1", amount=5000, who="thomas@exemple.fr", now=LATER):
    row, _new = conductor.points_held(
        identity=identity(who), basket=Basket(basket, amount, "EUR"), points=points, now=now
    )
    return row


def order(now=LATER, **changes):
    return conductor.order_received(order=make_order(ordered_at=now, **changes), now=now)


def refund(amount, number="R-1", of="LUM-1"):
    given = RefundInput(external_id=number, amount=amount, refunded_at=LATER)
    return conductor.refund_received(order_id=of, refund=given, now=LATER)


def balance():
    return ledger.balance(owner_id=Profile.objects.get(email="thomas@exemple.fr").id, unit="PTS")


def said():
    rows = Decision.objects.order_by("decided_at", "id")
    return [sentences.explain(d).replace("\u00a0", " ") for d in rows]


def test_fifty_euros_earn_fifty_points_which_save_fifty_cents(merchant):
    """SO-06's own example."""
    publish_loyalty(checkout_on=True)
    assert quote(5000).earns == 50
    give(50)
    most = quote(5000).most
    assert (most.points, most.discount) == (50, 50)


@pytest.mark.parametrize(
    ("rules", "amount", "expected"),
    [
        ({}, 5000, (500, 500, "")),
        ({"most_points": 120}, 5000, (120, 120, "")),
        ({"minimum_order": 5001}, 5000, (0, 0, "order_too_small")),
        ({"minimum_order": 5000}, 5000, (500, 500, "")),
        ({}, 400, (399, 399, "")),
        ({}, 1, (0, 0, "order_too_small")),
        ({"point_value": Decimal("0.5")}, 5000, (500, 250, "")),
        ({"point_value": Decimal("0.5"), "most_points": 121}, 5000, (120, 60, "")),
        ({"point_value": Decimal("10")}, 105, (10, 100, "")),
        ({"checkout_on": False}, 5000, (0, 0, "checkout_off")),
        ({"active": False}, 5000, (0, 0, "checkout_off")),
    ],
)
def test_the_most_that_can_be_used(thomas, rules, amount, expected):
    """SO-04, SO-05, SO-09: cap, minimum, balance, basket; one cent stays to be paid."""
    publish_loyalty(**{"checkout_on": True, **rules, "now": NOW + timedelta(minutes=1)})
    most = quote(amount).most
    assert (most.points, most.discount, most.reason) == expected


def test_the_line_is_ready_made_and_its_parts_add_up(thomas):
    """SO-02."""
    publish_loyalty(point_value=Decimal("0.5"), now=NOW + timedelta(minutes=1))
    line = quote().line
    assert line == {
        "label": "Points Lumen", "quantity": 500, "unit_amount_decimal": "-0.5", "amount": -250,
        "tax": "exempt", "category": "loyalty", "sellable": False,
    }  # fmt: skip
    assert Decimal(line["unit_amount_decimal"]) * line["quantity"] == line["amount"]


def test_a_stranger_reads_what_the_basket_earns_and_is_not_made(thomas):
    seen = quote(who="inconnue@exemple.fr")
    assert (seen.profile, seen.member, seen.earns, seen.most.reason) == (
        None,
        False,
        50,
        "no_points",
    )
    assert not Profile.objects.filter(email="inconnue@exemple.fr").exists()


def test_who_has_not_joined_reads_what_the_order_would_earn_and_uses_nothing(thomas):
    """SO-07."""
    publish_loyalty(membership=MembershipMode.JOINED, now=NOW + timedelta(minutes=1))
    services.adjust(
        profile=order(customer=Identity(email="lea@exemple.fr"), external_id="L-0").order.profile,
        amount=300, reason="x", key="lea", author_id=None, now=NOW,
    )  # fmt: skip
    seen = quote(who="lea@exemple.fr")
    assert (seen.earns, seen.member, seen.joining_needed) == (50, False, True)
    assert seen.most.reason == "not_a_member"
    with pytest.raises(RicochetError) as refused:
        hold(10, who="lea@exemple.fr")
    assert refused.value.code == "points_not_usable"


def test_the_box_ticked_with_the_order_counts_for_that_very_order(thomas):
    """SO-07."""
    publish_loyalty(membership=MembershipMode.JOINED, now=NOW + timedelta(minutes=1))
    lea = {"customer": Identity(email="lea@exemple.fr"), "external_id": "L-1"}
    assert order(join_loyalty=True, **lea).earning.amount == 60
    assert order(external_id="T", customer=Identity(email="t@exemple.fr")).earning is None


def test_a_browser_can_neither_join_nor_spend(thomas):
    row = hold(100)
    order(source=Source.TRACKER, points_hold="B-1", join_loyalty=True)
    row.refresh_from_db()
    assert row.state == HoldState.HELD


def test_held_points_become_a_spending_and_the_order_earns_on_what_was_paid(thomas):
    """SO-09. The paid amount is the basket's less the discount."""
    row = hold(500)
    assert (balance().available, balance().held, row.discount) == (0, 500, 500)
    made = order(amount=4500, points_hold=row.public_id)
    assert made.points.hold.order_id == made.order.id
    assert made.earning.amount == 45
    assert (balance().available, balance().held) == (45, 0)
    again = order(amount=4500, points_hold="B-1")
    assert (again.created, again.points.again, balance().available) == (False, True, 45)
    assert "Thomas a utilisé 500 points sur la commande n° LUM-1 : 5,00 € de remise." in said()
    assert ledger.discrepancies() == []


def test_the_same_hold_again_is_one_and_another_number_replaces_it(thomas):
    first = hold(100)
    assert hold(100).id == first.id
    assert balance().held == 100
    assert quote(id="B-1").most.points == 500, "what this basket holds stays usable for it"
    assert quote(id="B-2").most.points == 400
    changed = hold(450)
    assert (changed.id, changed.points, balance().held) == (first.id, 450, 450)
    with pytest.raises(RicochetError) as refused:
        hold(501)
    assert (refused.value.code, refused.value.param) == ("too_many_points", "points")
    assert balance().held == 450, "what was held stays held"
    assert ledger.discrepancies() == []


def test_a_basket_cannot_hold_for_two_people_until_it_is_released(thomas):
    hold(100)
    lea = order(customer=Identity(email="lea@exemple.fr"), external_id="L-1").order.profile
    services.adjust(profile=lea, amount=200, reason="x", key="lea", author_id=None, now=NOW)
    with pytest.raises(RicochetError) as refused:
        hold(50, who="lea@exemple.fr")
    assert refused.value.code == "points_hold_of_another"
    for _again in range(2):
        conductor.points_released(reference="B-1", now=LATER)
    assert (balance().held, balance().available) == (0, 500)
    assert hold(50, who="lea@exemple.fr").profile_id == lea.id


def test_a_forgotten_basket_gives_its_points_back(thomas):
    row = hold(500)
    early, due = row.expires_at - timedelta(seconds=1), row.expires_at
    clock.settle(now=early, limit=100)
    assert balance().held == 500
    assert clock.settle(now=due, limit=100) == 1
    row.refresh_from_db()
    assert (row.state, balance().available) == (HoldState.RELEASED, 500)
    assert clock.settle(now=due, limit=100) == 0
    assert hold(200, now=due).state == HoldState.HELD


def test_an_order_whose_hold_ran_out_stands_and_says_why(thomas):
    row = hold(500)
    clock.settle(now=row.expires_at, limit=100)
    for _again in range(2):
        made = order(amount=4500, points_hold="B-1")
    assert made.points.refusal == "released"
    assert balance().posted == 500 + 45
    refused = [text for text in said() if "aucun point" in text]
    assert refused == [
        "La commande n° LUM-1 n’a utilisé aucun point : ils avaient été rendus, le panier étant"
        " oublié ou annulé."
    ]


def test_a_hold_that_the_clock_has_not_ended_yet_is_still_the_orders(thomas):
    row = hold(500)
    made = order(now=row.expires_at + timedelta(minutes=1), amount=4500, points_hold="B-1")
    assert made.points.hold is not None
    assert clock.settle(now=row.expires_at + timedelta(hours=1), limit=100) == 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"points_hold": "B-?"}, "unknown"),
        ({"points_hold": "B-1", "customer": Identity(email="x@exemple.fr")}, "another_customer"),
        ({"points_hold": "B-1", "is_test": True}, "test"),
    ],
)
def test_an_order_that_cannot_use_a_hold_stands_without_it(thomas, changes, reason):
    hold(500)
    made = order(amount=4500, **changes)
    assert (made.created, made.points.refusal) == (True, reason)
    assert balance().held == 500


def test_one_order_uses_one_hold_and_one_hold_serves_one_order(thomas):
    hold(100)
    hold(100, basket="B-2")
    assert order(amount=4500, points_hold="B-1").points.refusal == ""
    assert order(amount=4500, points_hold="B-2").points.refusal == "order_has_points"
    assert order(external_id="LUM-2", points_hold="B-1").points.refusal == "used_elsewhere"
    with pytest.raises(RicochetError) as refused:
        hold(10)
    assert refused.value.code == "points_hold_used"
    with pytest.raises(RicochetError) as refused:
        conductor.points_released(reference="B-1", now=LATER)
    assert refused.value.code == "points_hold_used"


def test_a_refund_gives_points_back_in_proportion_and_the_odd_one_to_the_customer(thomas):
    hold(500)
    order(amount=4500, points_hold="B-1")
    refund(1000)  # 500 x 1000 / 4500 = 111.1
    assert balance().posted == 45 - 10 + 112
    refund(1000)
    assert balance().posted == 45 - 10 + 112, "the same refund twice is one"
    refund(3500, number="R-2")
    assert balance().posted == 500
    titles = [line.title for line in wallet_history(profile=thomas, unit="PTS")]
    assert "Rendu après remboursement" in titles
    assert "Utilisé à la commande" in titles
    assert "112 points rendus à Thomas : la commande n° LUM-1 a été remboursée." in said()
    assert ledger.discrepancies() == []


def test_a_hold_whose_points_were_taken_back_meanwhile_is_paid_by_later_earnings(thomas):
    """The discount was given: what the hold no longer stands on is a debt."""
    order(amount=50_000, external_id="GROS")
    assert hold(1000, amount=50_000).points == 1000
    refund(50_000, of="GROS")
    order(amount=49_000, external_id="LUM-2", points_hold="B-1")
    assert balance().posted == 500 + 500 - 500 - 1000 + 490
    assert ledger.discrepancies() == []


def test_without_the_module_nothing_is_quoted_or_held_and_what_is_held_still_serves(
    thomas, merchant
):
    """OF-07, SO-01: what is off is not reachable; a discount that was given is honoured."""
    hold(500)
    features.switch(tenant_id=merchant.id, off=[Feature.LOYALTY])
    for act in (quote, lambda: hold(10, basket="B-9")):
        with pytest.raises(RicochetError) as refused:
            act()
        assert refused.value.code == "feature_off"
    assert order(amount=4500, points_hold="B-1").points.hold is not None
