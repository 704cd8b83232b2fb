"""R5: whatever is paid, given back and cancelled, an invoice's points equal a few lines."""

import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.errors import RicochetError
from kernel.ledger import selectors as ledger
from tenants.loyalty.models import Earning
from tenants.programme import conductor
from tests.fixtures.effort import effort
from tests.fixtures.loyalty import invoice, pay, pay_back, publish_loyalty
from tests.fixtures.programme import NOW

TOTAL, RATE = 1_000, 7  # 10 € at 7 points for each euro: 70 points
STEPS = st.lists(
    st.tuples(st.sampled_from("ppprrc"), st.integers(1, 8), st.integers(1, 1_000)), max_size=14
)


class Model:
    """What the invoice should have earned."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}
        self.paid, self.complete, self.cancelled = 0, False, False

    def move(self, name: str, amount: int) -> None:
        """Taken, unless it was told before or goes beyond what is owed or was paid."""
        signed = amount if name[0] == "p" else -amount
        fits = 0 <= self.paid + signed <= TOTAL and not (self.cancelled and signed > 0)
        if name in self.seen or not fits:
            return
        self.seen[name] = amount
        self.paid += signed
        self.complete |= self.paid == TOTAL

    @property
    def points(self) -> int:
        if not self.complete or self.cancelled:
            return 0
        return 70 - 70 * (TOTAL - self.paid) // TOTAL


@pytest.mark.usefixtures("in_points")
@given(steps=STEPS)
@settings(
    max_examples=effort(short=25, soak=2_000),
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_an_invoices_earning_equals_the_model(steps: list[tuple[str, int, int]]) -> None:
    """FS-05, R4, R5."""
    number = f"F-{uuid.uuid4().hex}"
    email = f"{number.lower()}@exemple.fr"
    if not Earning.objects.exists():
        publish_loyalty(rate=RATE)
    profile = invoice(number, TOTAL, email=email).invoice.profile
    model = Model()
    for act, nth, amount in steps:
        if act == "c":
            conductor.invoice_cancelled(invoice_id=number, now=NOW)
            model.cancelled = True
            continue
        name, move = f"{act}{nth}", pay if act == "p" else pay_back
        try:
            move(amount, number=name, of=number)
        except RicochetError as error:
            assert error.code in {
                "payment_too_large",
                "payment_refund_too_large",
                "invoice_cancelled",
                "payment_already_received",
            }
        model.move(name, amount)
        held = ledger.balance(owner_id=profile.id, unit="PTS")
        assert held.posted == held.earned == model.points
    assert ledger.discrepancies() == []
