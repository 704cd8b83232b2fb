"""What can make a referral count, and what came with it to say who sent the customer."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tenants.activity.models import Order, OrderState, Session


class FactKind(StrEnum):
    ORDER = "order"
    ACCOUNT = "account"
    BOOKED = "booked"
    VALIDATED = "validated"
    HAND = "hand"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a customer did, or that the merchant says they did.

    `at` is when it happened: an account opened long before it stands against a referral.
    """

    kind: FactKind
    at: datetime
    order: Order | None = None
    session: Session | None = None

    @classmethod
    def of_order(cls, order: Order) -> "Fact":
        return cls(kind=FactKind.ORDER, at=order.ordered_at, order=order)

    @classmethod
    def of_account(cls, *, at: datetime) -> "Fact":
        return cls(kind=FactKind.ACCOUNT, at=at)

    @classmethod
    def of_booking(cls, session: Session) -> "Fact":
        return cls(kind=FactKind.BOOKED, at=session.booked_at, session=session)

    @classmethod
    def of_validation(cls, session: Session) -> "Fact":
        # A customer is new, or not, on the day they booked.
        return cls(kind=FactKind.VALIDATED, at=session.booked_at, session=session)

    @classmethod
    def by_hand(cls, *, at: datetime) -> "Fact":
        return cls(kind=FactKind.HAND, at=at)

    @property
    def confirmed(self) -> bool:
        """Whether somebody trusted said so, not a browser alone."""
        return self.order is None or self.order.state != OrderState.REPORTED


@dataclass(frozen=True, slots=True)
class Clues:
    """What a fact's door was told of who sent the customer.

    `typed_code` was typed or stood in the cookie; `click_id` is the click that the cookie
    remembers; `link` is the address by which they came, with its signature (`signed`).
    """

    typed_code: str = ""
    click_id: uuid.UUID | None = None
    link: str = ""

    def __bool__(self) -> bool:
        return bool(self.typed_code.strip() or self.click_id or self.link)
