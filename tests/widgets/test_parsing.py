"""Which referrer a report points to."""

import uuid
from datetime import UTC, datetime

import pytest

from tenants.activity.models import Source
from tenants.referrals.visitors import Visitor, parse_visitor
from tests.widgets.origins import CLICK
from widgets.tracker.parsing import Fields, parse_order

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORDER = {"id": "LUM-1", "amount": 8400, "currency": "EUR", "email": "lea@example.com"}


@pytest.mark.parametrize(
    ("cookie", "visitor"),
    [
        ("", Visitor()),
        (CLICK, Visitor(click_id=uuid.UUID(CLICK))),
        (f"{CLICK}.CAMILLE-D7", Visitor(click_id=uuid.UUID(CLICK))),
        (".CAMILLE-D7", Visitor(code="CAMILLE-D7")),
        ("another.CAMILLE-D7", Visitor()),
        (".<script>", Visitor()),
        (".é-4", Visitor()),
        ("." + "A" * 33, Visitor()),
        (".", Visitor()),
    ],
)
def test_the_cookie_is_a_click_or_else_a_code(cookie: str, visitor: Visitor) -> None:
    assert parse_visitor(cookie) == visitor


def test_a_followed_link_is_not_taken_for_a_typed_code() -> None:
    """The ladder believes a typed code before a click: only what was typed may stand there."""
    order = parse_order(Fields(ORDER | {"visitor": f"{CLICK}.CAMILLE-D7"}), currency="EUR", now=NOW)
    assert (order.referral_code, order.click_id) == ("", uuid.UUID(CLICK))
    assert (order.source, order.ordered_at) == (Source.TRACKER, NOW)


def test_a_typed_code_comes_beside_the_click() -> None:
    fields = Fields(ORDER | {"visitor": f"{CLICK}.CAMILLE-D7", "code": " nadia-4 "})
    order = parse_order(fields, currency="EUR", now=NOW)
    assert (order.referral_code, order.click_id) == ("nadia-4", uuid.UUID(CLICK))


def test_a_code_from_the_address_stands_where_nobody_typed_one() -> None:
    """FS-13: `…?ref=CODE` applies the code by itself."""
    bare = parse_order(Fields(ORDER | {"visitor": ".CAMILLE-D7"}), currency="EUR", now=NOW)
    typed = parse_order(
        Fields(ORDER | {"visitor": ".CAMILLE-D7", "code": "NADIA-4"}), currency="EUR", now=NOW
    )
    assert (bare.referral_code, typed.referral_code) == ("CAMILLE-D7", "NADIA-4")
