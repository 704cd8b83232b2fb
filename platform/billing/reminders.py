"""What owners are told of their subscription: a payment that failed, a trial that ends, a freeze.

The clock finds what is due by looking at how accounts stand, so that nothing depends on an event
that came, and a key makes telling twice the same as telling once. The outbox is the platform's.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import translation
from django.utils.timezone import now as clock

from accounts.links import tenant_of, tenant_url
from accounts.models import Role
from accounts.selectors import members_of
from billing.mail import send_mail
from billing.models import Account, AccountState, Invoice, InvoiceState
from billing.pages.words import price
from billing.plans import plan_named
from kernel.outbox.services import Draft, emit_all
from kernel.outbox.types import EventData

TELL, MAIL = "billing.tell_owners", "billing.mail_owner"
SUBSCRIBED = "subscribed"
# Days after the first payment that failed.
STEPS = (0, 3, 7)
_TRIAL_NEAR = timedelta(days=3)
# What fell due longer ago is not told any more: a clock that stood still must not flood anybody.
_LATE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Due:
    account: Account
    what: str
    moment: datetime

    @property
    def key(self) -> str:
        return f"billing:{self.what}:{self.account.id}:{self.moment.isoformat()}"


def remind(*, now: datetime) -> int:
    """Ask for every message that is due; returns how many were looked at."""
    due = [one for one in falling_due(now) if now - _LATE < one.moment <= now]
    drafts = [
        Draft(
            kind=TELL,
            payload={"account_id": str(one.account.id), "what": one.what},
            key=one.key,
        )
        for one in due
    ]
    emit_all(drafts=drafts, now=now)
    return len(drafts)


def falling_due(now: datetime) -> Iterator[Due]:
    """What accounts have to be told about; who was told all of it long ago is not read again."""
    unpaid = (AccountState.PAST_DUE, AccountState.FROZEN)
    lately = now - _LATE
    for account in Account.objects.filter(state__in=unpaid, grace_ends_at__gt=lately):
        since, ends = account.past_due_since, account.grace_ends_at
        if account.state == AccountState.PAST_DUE and since:
            for days in STEPS:
                yield Due(account, f"unpaid_{days}", since + timedelta(days=days))
        if ends:
            yield Due(account, "frozen", ends)
    near = now + _TRIAL_NEAR
    trials = Account.objects.filter(
        state=AccountState.TRIALING,
        stripe_subscription_id=None,
        trial_ends_at__gt=lately,
        trial_ends_at__lte=near,
    )
    for account in trials:
        if account.trial_ends_at:
            yield Due(account, "trial_ends", account.trial_ends_at - _TRIAL_NEAR)
            yield Due(account, "trial_over", account.trial_ends_at)


def confirm(account: Account, *, now: datetime) -> None:
    """Have owners told that a subscription stands: once for each that Stripe ever named."""
    draft = Draft(
        kind=TELL,
        payload={"account_id": str(account.id), "what": SUBSCRIBED},
        key=f"billing:{SUBSCRIBED}:{account.stripe_subscription_id}",
    )
    emit_all(drafts=[draft], now=now)


def tell_owners(event: EventData) -> None:
    """Ask for one email to each owner, unless things stand otherwise by now."""
    account = Account.objects.filter(id=uuid.UUID(event.payload["account_id"])).first()
    what = event.payload["what"]
    if account is None or not still_true(account, what):
        return
    drafts = [
        Draft(
            kind=MAIL,
            payload={"account_id": str(account.id), "what": what, "user_id": str(owner.user_id)},
            key=f"{event.id}:{owner.user_id}",
        )
        for owner in members_of(tenant_id=account.tenant_id)
        if owner.role == Role.OWNER
    ]
    emit_all(drafts=drafts, now=clock())


def still_true(account: Account, what: str) -> bool:
    """Whether a message says how things stand: who has paid in the meantime is left in peace."""
    if what.startswith("unpaid_"):
        return account.state == AccountState.PAST_DUE
    if what == SUBSCRIBED:
        paid_for = account.state in (AccountState.TRIALING, AccountState.ACTIVE)
        return bool(account.stripe_subscription_id) and paid_for
    if what == "frozen":
        return account.state in (AccountState.PAST_DUE, AccountState.FROZEN)
    return account.state == AccountState.TRIALING and not account.stripe_subscription_id


def mail_owner(event: EventData) -> None:
    """Send one owner one email."""
    account = Account.objects.filter(id=uuid.UUID(event.payload["account_id"])).first()
    if account is None or not still_true(account, event.payload["what"]):
        return
    owners = members_of(tenant_id=account.tenant_id)
    owner = next((one for one in owners if str(one.user_id) == event.payload["user_id"]), None)
    tenant = tenant_of(account.tenant_id)
    if owner is None or tenant is None or owner.role != Role.OWNER or tenant.state != "active":
        return
    what = event.payload["what"]
    send_mail(
        template=what.partition("_")[0] if what.startswith("unpaid") else what,
        to=owner.user.email,
        language=owner.user.language,
        message_id=str(event.id),
        context={
            "person": owner.user,
            "tenant": tenant,
            "account": account,
            "plan": plan_named(account.plan),
            "price": _price(account, owner.user.language),
            "invoice": open_invoice(account),
            "again": what not in ("unpaid_0",),
            "url": tenant_url(account.tenant_id, "billing:subscription"),
        },
    )


def _price(account: Account, language: str) -> str:
    with translation.override(language):
        return price(plan_named(account.plan), account.interval)


def open_invoice(account: Account) -> Invoice | None:
    """The oldest that waits since the account is unpaid: nothing hangs on one from before."""
    if not account.past_due_since:
        return None
    rows = Invoice.objects.filter(
        tenant_id=account.tenant_id,
        state=InvoiceState.OPEN,
        created_at__gte=account.past_due_since,
    )
    return rows.order_by("created_at").first()
