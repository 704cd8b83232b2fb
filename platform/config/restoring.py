"""What a restored merchant missed happens to it at once, and nobody hears of it (R25).

Between a backup and its restoration, rewards fell due and reminders left; customers had those
emails. So all that is due by now is done in the restored schema, with the emails it asks for put
aside instead of sent, and without a word to partners: `operations reconcile` tells those.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.outbox import HANDLERS as ACCOUNTS
from config import refusals
from kernel.outbox.relay import relay
from kernel.outbox.types import EventData, Handler
from operations.sharing.handlers import HANDLERS as SHARING
from tenants.messaging.models import Email, EmailState
from tenants.messaging.outbox import HANDLERS as MESSAGING
from tenants.programme import clock
from tenants.programme.campaigns import sending as campaigns
from tenants.programme.scenarios import clock as reminders

logger = logging.getLogger(__name__)

RESTORED = "restored"
# What leaves the merchant: for customers, for its team, and for partners' schemas.
LEAVING = frozenset({*MESSAGING, *SHARING, *ACCOUNTS})
_BATCH = 500
# A merchant that never comes to rest would be a defect of ours: better told than waited for.
_MOST_ROUNDS = 10_000


def catch_up(*, before: str | None, now: datetime) -> None:
    """In the restored schema: do all that is due by `now`; RuntimeError if that never ends.

    `before` is the schema that it replaces; a copy replaces none, and opens nothing to anybody.
    """
    if before is None:
        refusals.close_doors(now=now)
    else:
        refusals.carry_over(before=before, now=now)
    handlers: dict[str, Handler] = {
        kind: _silence if kind in LEAVING else handler
        for kind, handler in import_string(settings.OUTBOX_HANDLERS).items()
    }
    work: tuple[Callable[[], int], ...] = (
        lambda: clock.settle(now=now, limit=_BATCH),
        lambda: campaigns.launch_due(now=now),
        lambda: reminders.run(now=now, limit=_BATCH),
        lambda: relay(handlers=handlers, clock=lambda: now, limit=_BATCH),
    )
    for _round in range(_MOST_ROUNDS):
        if not sum(one() for one in work):
            break
    else:
        raise RuntimeError("a restored merchant did not come to rest")
    silenced = Email.objects.filter(state=EmailState.QUEUED)
    count = silenced.update(state=EmailState.SKIPPED, skipped_because=RESTORED)
    logger.info("%d emails of a restored merchant are not sent again", count)


def _silence(event: EventData) -> None:
    """Done, without doing it."""
