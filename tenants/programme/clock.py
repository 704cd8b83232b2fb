"""What time alone brings about: rewards that become definitive, holds and credits that end."""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import InterfaceError, OperationalError

from kernel.db import atomic_with_retry
from kernel.ledger import selectors as ledger_selectors
from kernel.ledger import services as ledger
from kernel.ledger.errors import AlreadyResolvedError
from kernel.ledger.models import TransferKind
from tenants.programme import awarding, conductor, notices
from tenants.referrals import services as referrals
from tenants.rewards import awards

logger = logging.getLogger(__name__)


def settle(*, now: datetime, limit: int) -> int:
    """In the current tenant: post what is due, end holds and credits whose time has passed.

    Returns how many.

    Each row is a transaction of its own: what a crash interrupts is taken up by the next call.
    """
    done = 0
    for transfer_id in ledger_selectors.due_pendings(now=now, limit=limit):
        done += _done(partial(conductor.post_due_reward, transfer_id=transfer_id, now=now))
    for award_id in awards.due(now=now, limit=limit):
        done += _done(partial(awarding.make_available, award_id=award_id, now=now))
    for transfer_id in ledger_selectors.due_holds(now=now, limit=limit):
        done += _done(partial(_give_up_hold, transfer_id=transfer_id, now=now))
    for lot_id in ledger_selectors.expired_lots(now=now, limit=limit):
        done += _done(partial(ledger.expire_lot, lot_id=lot_id, now=now))
    _forget_friends(now)
    return done


def _give_up_hold(*, transfer_id: uuid.UUID, now: datetime) -> bool | None:
    """Give back what was set aside for a basket that never became an order in time."""
    try:
        if conductor.hold_expired(transfer_id=transfer_id, now=now):
            return True
        ledger.void(
            pending_id=transfer_id, reason="hold_expired", now=now, kind=TransferKind.EXPIRE
        )
        return True
    except AlreadyResolvedError:
        return None  # the order came, or the basket was given up, at this very moment


@atomic_with_retry
def _forget_friends(now: datetime) -> None:
    """In one step: an address that only the email still held would never be found again."""
    if forgotten := referrals.forget_unused_addresses(now=now):
        notices.invitations_forgotten(ids=forgotten)


def _done(step: Callable[[], object | None]) -> bool:
    """Take one step; one that fails is logged, and those behind it need not wait for it."""
    try:
        return step() is not None
    except (InterfaceError, OperationalError):
        raise  # the database is away: nothing else would succeed either
    except Exception:
        logger.exception("a due amount could not be settled")
        return False
