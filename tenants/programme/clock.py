"""What time alone brings about: rewards that become definitive, credits that expire."""

from datetime import datetime

from kernel.ledger import selectors as ledger_selectors
from kernel.ledger import services as ledger
from tenants.programme import conductor
from tenants.referrals import services as referrals


def settle(*, now: datetime, limit: int) -> int:
    """In the current tenant: post what is due, expire what has passed; returns how many.

    Each row is a transaction of its own: what a crash interrupts is taken up by the next call.
    """
    done = 0
    for transfer_id in ledger_selectors.due_pendings(now=now, limit=limit):
        done += conductor.post_due_reward(transfer_id=transfer_id, now=now) is not None
    for lot_id in ledger_selectors.expired_lots(now=now, limit=limit):
        done += ledger.expire_lot(lot_id=lot_id, now=now) is not None
    referrals.forget_unused_addresses(now=now)
    return done
