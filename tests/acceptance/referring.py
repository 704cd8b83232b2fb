"""What the tests of referrals share: rules on every axis, accounts, and what an inbox says."""

import re
from typing import Any

from tests.acceptance.conftest import Lumen

THOMAS = "thomas@exemple.fr"
NOTHING = {"referrer_amount": "0,00", "referee_amount": "0,00"}
AXES = {
    "who": "both",
    "what": "fact",
    "qualifying": "order",
    "leads_to": "shop",
}


def publish(lumen: Lumen, **changes: str) -> None:
    lumen.publish(**{**AXES, **changes})


def known(lumen: Lumen, email: str) -> str:
    """A customer with an account; the path of their record."""
    name = email.partition("@")[0].title()
    assert (
        lumen.call("accounts", {"customer": {"email": email, "first_name": name}}).status_code
        == 201
    )
    return lumen.record(email)


def account(lumen: Lumen, email: str, **clues: str) -> None:
    person = {"email": email, "first_name": email.partition("@")[0].title()}
    body: dict[str, Any] = {"customer": person}
    assert lumen.call("accounts", {**body, **clues}).status_code == 201


def text(message: Any, lumen: Lumen) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", lumen.text_of(message))


def pending(lumen: Lumen, email: str) -> int:
    found = lumen.read(f"customers/{lumen.record(email).rpartition('/')[2]}")
    return int(found["balance"]["pending"])
