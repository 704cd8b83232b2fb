"""Open a merchant's account, and set the plan of one that the operator looks after."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from billing.models import Account, AccountState
from billing.plans import TRIAL, Interval, PlanKey, UnknownPlanError, plan_named
from billing.services.changing import changed
from kernel.db import atomic_with_retry
from kernel.errors import ConflictError


@dataclass(frozen=True, slots=True)
class Opening:
    """How a new merchant begins: FREE (the operator's word), or TRIALING until a moment."""

    plan: str
    interval: Interval | None = None
    trial_ends_at: datetime | None = None

    @property
    def state(self) -> AccountState:
        """TRIALING where there is an end to the trial."""
        return AccountState.TRIALING if self.trial_ends_at else AccountState.FREE


class SubscribedError(ConflictError):
    """This merchant pays for a subscription: its plan is changed there, not by hand."""

    code = "subscribed"
    words = _("Cette formule suit un abonnement : elle se change dans l’abonnement.")


class TrialUsedError(ConflictError):
    """This merchant has tried a plan already: it subscribes now."""

    code = "trial_used"
    words = _("L’essai a déjà servi. Choisissez une formule dans Réglages, Abonnement.")


@atomic_with_retry
def open_account(*, tenant_id: uuid.UUID, opening: Opening, now: datetime) -> Account:
    """The merchant's account; one that is there is left as it is. Raises UnknownPlanError."""
    plan = plan_named(opening.plan)
    account, made = Account.objects.get_or_create(
        tenant_id=tenant_id,
        defaults={
            "plan": plan.key,
            "interval": opening.interval or "",
            "state": opening.state,
            "trial_ends_at": opening.trial_ends_at,
            "created_at": now,
        },
    )
    if made:
        changed(tenant_id=tenant_id, now=now)
    return account


@atomic_with_retry
def start_trial(
    *, tenant_id: uuid.UUID, plan: str, interval: Interval | None = None, now: datetime
) -> Account:
    """Let a merchant who never subscribed try a plan that is sold, without a card, once.

    Raises UnknownPlanError, or TrialUsedError with nothing changed.
    """
    wanted = plan_named(plan)
    if not wanted.sold:
        raise UnknownPlanError(param="plan")
    account, _made = Account.objects.select_for_update().get_or_create(
        tenant_id=tenant_id,
        defaults={"plan": PlanKey.PARTNER, "state": AccountState.FREE, "created_at": now},
    )
    if account.trial_ends_at is not None or account.stripe_subscription_id is not None:
        raise TrialUsedError
    account.plan, account.interval = wanted.key, interval or ""
    account.state, account.trial_ends_at = AccountState.TRIALING, now + TRIAL
    account.save(update_fields=["plan", "interval", "state", "trial_ends_at"])
    changed(tenant_id=tenant_id, now=now)
    return account


@atomic_with_retry
def set_plan(*, tenant_id: uuid.UUID, plan: str, now: datetime) -> Account:
    """Give a merchant without a subscription this plan, unpaid and without end.

    Raises UnknownPlanError, SubscribedError.
    """
    key = plan_named(plan).key
    account, _made = Account.objects.select_for_update().get_or_create(
        tenant_id=tenant_id,
        defaults={"plan": key, "state": AccountState.FREE, "created_at": now},
    )
    if account.stripe_subscription_id and account.state != AccountState.CANCELED:
        raise SubscribedError
    account.plan, account.interval, account.state = key, "", AccountState.FREE
    account.cancel_at = account.grace_ends_at = account.past_due_since = None
    account.save()
    changed(tenant_id=tenant_id, now=now)
    return account


def forget_account(*, tenant_id: uuid.UUID) -> None:
    """Take away the account of a tenant that was never in use."""
    Account.objects.filter(tenant_id=tenant_id).delete()


PARTNER = Opening(PlanKey.PARTNER)
