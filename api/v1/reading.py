"""From parsed fields to what the conductor takes."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from kernel.errors import InvalidInputError
from tenants.activity.models import Source
from tenants.activity.types import OrderInput, RefundInput
from tenants.profiles.services import Identity

_CODE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{1,31}\Z")
_OF_CUSTOMER = {"email", "first_name", "last_name", "phone"}


def order_input(fields: dict[str, Any], *, is_test: bool, now: datetime) -> OrderInput:
    """An order; a typed code comes before the cookie's."""
    click_id, code = visitor(fields["visitor"])
    return OrderInput(
        external_id=fields["id"],
        amount=fields["amount"],
        currency=fields["currency"],
        ordered_at=fields["ordered_at"] or now,
        customer=identity(fields["customer"]),
        source=Source.API,
        referral_code=fields["referral_code"] or code,
        click_id=click_id,
        is_test=is_test or fields["test"],
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


def visitor(value: str) -> tuple[uuid.UUID | None, str]:
    """The click and the code in the cookie `ricochet_ref`: `<click id>.<code>`, or `.<code>`.

    It comes from a visitor's browser: what cannot be read is no visitor, and the order stands.
    The code counts only where no click came with it: the click knows its code, and its age.
    """
    click, _dot, code = value.partition(".")
    try:
        return uuid.UUID(click), ""
    except ValueError:
        return None, code if not click and _CODE.match(code) else ""


@contextmanager
def naming_customer_fields() -> Iterator[None]:
    """Errors about a person name the field as the body has it: `customer.email`."""
    try:
        yield
    except InvalidInputError as error:
        if error.param in _OF_CUSTOMER:
            error.param = f"customer.{error.param}"
        raise
