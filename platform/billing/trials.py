"""The last days of a trial, said where the day begins."""

import uuid
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from billing.models import Account, AccountState
from billing.plans import SUBSCRIPTION
from shell import formats
from shell.banners import Banner

_LAST = timedelta(days=7)


def ending(*, tenant_id: uuid.UUID, now: datetime) -> Banner | None:
    """When a trial ends that nobody subscribed in; nothing until its last week."""
    account = Account.objects.filter(
        tenant_id=tenant_id,
        state=AccountState.TRIALING,
        stripe_subscription_id=None,
        trial_ends_at__gt=now,
        trial_ends_at__lte=now + _LAST,
    ).first()
    if account is None or account.trial_ends_at is None:
        return None
    return Banner(
        title=_("Votre essai se termine le %(day)s") % {"day": formats.day(account.trial_ends_at)},
        text=_("Choisissez une formule d’ici là pour continuer sans interruption."),
        url=SUBSCRIPTION,
        link=_("Choisir une formule"),
    )
