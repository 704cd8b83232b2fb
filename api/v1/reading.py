"""From parsed fields to what the conductor takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from kernel.errors import InvalidInputError
from tenants.activity.models import Source
from tenants.activity.types import OrderInput, RefundInput
from tenants.profiles.services import Identity
from tenants.referrals.facts import Clues
from tenants.referrals.visitors import parse_visitor

_OF_CUSTOMER = {"email", "first_name", "last_name", "phone"}


def order_input(fields: dict[str, Any], *, is_test: bool, now: datetime) -> OrderInput:
    """An order; a typed code comes before the cookie's."""
    visitor = parse_visitor(fields["visitor"])
    return OrderInput(
        external_id=fields["id"],
        amount=fields["amount"],
        currency=fields["currency"],
        ordered_at=fields["ordered_at"] or now,
        customer=identity(fields["customer"]),
        source=Source.API,
        referral_code=fields["referral_code"] or visitor.code,
        click_id=visitor.click_id,
        referral_link=fields["referral_link"],
        is_test=is_test or fields["test"],
        points_hold=fields["points_hold"],
        join_loyalty=fields["join_loyalty"],
        device=fields["device"],
        shipping_address=fields["shipping_address"],
    )


def clues(fields: dict[str, Any]) -> Clues:
    """What an account's door was told of who sent the customer."""
    visitor = parse_visitor(fields["visitor"])
    return Clues(
        typed_code=fields["referral_code"] or visitor.code,
        click_id=visitor.click_id,
        link=fields["referral_link"],
    )


def refund_input(fields: dict[str, Any], *, now: datetime) -> RefundInput:
    """A refund."""
    return RefundInput(
        external_id=fields["id"],
        amount=fields["amount"],
        refunded_at=fields["refunded_at"] or now,
    )


def identity(fields: dict[str, Any]) -> Identity:
    """Whom the shop names."""
    return Identity(
        email=fields["email"],
        external_id=fields["id"],
        first_name=fields["first_name"],
        last_name=fields["last_name"],
        phone=fields["phone"],
    )


@contextmanager
def naming_customer_fields() -> Iterator[None]:
    """Errors about a person name the field as the body has it: `customer.email`."""
    try:
        yield
    except InvalidInputError as error:
        if error.param in _OF_CUSTOMER:
            error.param = f"customer.{error.param}"
        raise
