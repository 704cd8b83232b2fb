"""Whom an address is for, and the names that an address's parameters take on one side."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from accounts.models import Role

if TYPE_CHECKING:
    from tests.isolation.conftest import Side

Kwargs = Callable[["Side"], dict[str, Any]]


class For(Enum):
    """Whom an address is for."""

    ANYBODY = "whoever comes: nothing of a merchant's is behind it"
    LINK = "whoever holds this link, which its address carries"
    MEMBER = "members of the merchant's team, from a role on"
    CUSTOMER = "a customer in their own space"
    SITE = "a script on one of the merchant's sites, with a public key"
    PROGRAM = "a program with a secret key"


@dataclass(frozen=True)
class Page:
    """`role` may look, `acts` may post; `names` gives the address's parameters on one side.

    `everybodys` says that these parameters name something of the product, the same for everyone.
    """

    whom: For
    role: Role = Role.VIEWER
    acts: Role = Role.MANAGER
    names: Kwargs | None = None
    data: dict[str, str] = field(default_factory=dict)
    everybodys: bool = False


def member(
    names: Kwargs | None = None, *, role: Role = Role.VIEWER, acts: Role = Role.MANAGER
) -> Page:
    return Page(For.MEMBER, role=role, acts=acts, names=names)


def link(names: Kwargs) -> Page:
    return Page(For.LINK, names=names)


def customer(side: "Side") -> dict[str, Any]:
    return {"customer": side.profile.public_id}


def referral(side: "Side") -> dict[str, Any]:
    return {"referral": side.referral.public_id}


def order(side: "Side") -> dict[str, Any]:
    return {"order": side.order.public_id}


def prize(side: "Side") -> dict[str, Any]:
    return {"prize": side.prize.public_id}


def claim(side: "Side") -> dict[str, Any]:
    return {"claim": side.claim.public_id}


def imported(side: "Side") -> dict[str, Any]:
    return {"customer_import": side.customer_import.public_id}


def job(side: "Side") -> dict[str, Any]:
    return {"job": side.job.public_id}


def session(side: "Side") -> dict[str, Any]:
    return {"session": side.session.public_id}


def session_type(side: "Side") -> dict[str, Any]:
    return {"kind": side.session.type.public_id}


def invoice(side: "Side") -> dict[str, Any]:
    return {"invoice": side.invoice.public_id}


def tier(side: "Side") -> dict[str, Any]:
    return {"tier": side.treats.tier.public_id}


def gift(side: "Side") -> dict[str, Any]:
    return {"gift": side.treats.gift.public_id}


def award(side: "Side") -> dict[str, Any]:
    return {"award": side.treats.award.public_id}


def side(side: "Side") -> dict[str, Any]:
    return {**customer(side), "side": "parrain"}


def email(side: "Side") -> dict[str, Any]:
    return {"email": side.email.public_id}


def text(kind: str = "reward_posted", **more: Any) -> Page:
    """A page about words of the product, which every merchant has: the names are nobody's."""
    return Page(For.MEMBER, names=lambda _: {"kind": kind, **more}, everybodys=True)


def campaign(side: "Side") -> dict[str, Any]:
    return {"campaign": side.campaign.public_id}


def scenario() -> Page:
    return Page(For.MEMBER, names=lambda _: {"scenario": "share"}, everybodys=True)


def key(side: "Side") -> dict[str, Any]:
    return {"key": side.key.public_id}


def shop_key(side: "Side") -> dict[str, Any]:
    return {"key": side.shop_key.public_id}


def invitation(side: "Side") -> dict[str, Any]:
    return {"invitation": side.invitation_id}


def colleague(side: "Side") -> dict[str, Any]:
    return {"member": side.member_id}


def run(side: "Side") -> dict[str, Any]:
    return {"run": side.recalculation.public_id}


OWN = member(acts=Role.VIEWER)
OWNER = {"role": Role.OWNER, "acts": Role.OWNER}
MANAGER = {"role": Role.MANAGER}
ANYBODY = Page(For.ANYBODY)
