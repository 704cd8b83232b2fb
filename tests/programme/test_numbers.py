"""A shop's number counts once for what is real, and once for what is tried (R3)."""

from kernel.ledger import selectors as ledger
from tenants.activity.models import Order, Source
from tenants.activity.types import RefundInput
from tenants.programme import conductor
from tests.fixtures.programme import NOW


def receive(order):
    return conductor.order_received(order=order, now=NOW)


def test_a_real_order_counts_though_a_test_had_its_number(camille, order_of):
    """R3: each kind counts once for ever, and neither stands in the other's way."""
    code_used = camille.referral_code.code
    tried = receive(order_of(referral_code=code_used, is_test=True))
    real = receive(order_of(referral_code=code_used))
    assert real.created and len(real.rewards) == 2
    assert real.order.id != tried.order.id
    again = receive(order_of(referral_code=code_used))
    once_more = receive(order_of(referral_code=code_used, is_test=True))
    assert (again.order.id, once_more.order.id) == (real.order.id, tried.order.id)
    assert Order.objects.count() == 2
    back = RefundInput(external_id="R", amount=6000, refunded_at=NOW)
    number = real.order.external_id
    undone = conductor.refund_received(order_id=number, refund=back, of_test=True, now=NOW)
    assert undone.id == tried.order.id
    real.order.refresh_from_db()
    assert real.order.refunded == 0
    undone = conductor.refund_received(order_id=number, refund=back, now=NOW)
    assert (undone.id, undone.refunded) == (real.order.id, 6000)


def test_a_test_neither_confirms_nor_undoes_what_a_browser_reported(camille, order_of):
    """D2: a trial shop whose numbers are those of the real one touches nothing that is real."""
    reported = receive(order_of(source=Source.TRACKER, referral_code=camille.referral_code.code))
    receive(order_of(is_test=True))
    reported.order.refresh_from_db()
    assert (reported.order.state, reported.order.is_test) == ("reported", False)
    assert ledger.balance(owner_id=camille.id, unit="EUR").pending == 800
