"""The measured recalculation and the loop beside it come to the same points."""

from django.db.models import F, Sum

from kernel.ledger import selectors as books
from kernel.ledger.models import Account, AccountKind
from tenants.activity.models import Order
from tenants.loyalty.models import Earning
from tenants.models import Tenant
from tests.benchmarks import recalculation


def test_both_sides_give_every_customer_the_same(live_merchant: Tenant) -> None:
    found = recalculation.run(facts=40, sample=40)
    assert found.recalculated > 0 and found.one_by_one > 0
    for prefix, given in (("set", False), ("one", True)):
        orders = Order.objects.filter(profile__email_key__startswith=prefix)
        expected = sum(order.amount // 100 for order in orders)
        mine = Earning.objects.filter(profile__email_key__startswith=prefix)
        left = mine.aggregate(left=Sum(F("amount") - F("reversed")))["left"]
        # What the sets gave was reset afterwards; what the loop gave is still there.
        assert left == (expected if given else 0)
        wallets = Account.objects.filter(
            kind=AccountKind.WALLET, owner_id__in=orders.values("profile_id")
        )
        assert sum(wallet.posted for wallet in wallets) == left
    assert books.discrepancies() == []
