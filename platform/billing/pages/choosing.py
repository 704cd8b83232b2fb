"""Choosing a plan: what each holds and costs, what a change would bill, and then doing it."""

import uuid
from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing.models import Account
from billing.pages.common import account_of, address, buyer_of, opened_account_of, owners_page, page
from billing.pages.words import SLUGS, day, price
from billing.plans import SOLD, Allowed, Interval, Limit, Plan, PlanKey, plan_named
from billing.stripe import changing, checkout
from billing.stripe.changing import Agreed, AmountChangedError, When
from billing.stripe.client import CardDeclinedError
from billing.stripe.customers import subscribes
from kernel.errors import RicochetError


@dataclass(frozen=True, slots=True)
class Offer:
    """One plan as the page of choice shows it."""

    plan: Plan
    price: str
    a_month: int
    current: bool
    waiting: bool
    recommended: bool
    above: Plan | None

    @property
    def adds(self) -> list[Allowed]:
        """What this plan holds beside what the one below it holds, in the table's order."""
        below = self.above.features if self.above else frozenset()
        return [one for one in Allowed if one in self.plan.features - below]

    @property
    def limits(self) -> list[tuple[Limit, int | None]]:
        """How much of each limit it holds."""
        return list(self.plan.limits.items())


@require_safe
@owners_page
def plans(request: HttpRequest) -> HttpResponse:
    """The three plans, by the month or by the year."""
    account = account_of(request)
    chosen = request.GET.get("par", SLUGS.get(cast(Interval, account.interval), "mensuel"))
    interval: Interval = "year" if chosen == SLUGS["year"] else "month"
    return page(
        request,
        "plans",
        account=account,
        by_month=interval == "month",
        by_year=interval == "year",
        slug=SLUGS[interval],
        offers=[_offer(account, plan, interval) for plan in SOLD],
    )


def _offer(account: Account, plan: Plan, interval: Interval) -> Offer:
    pays = subscribes(account)
    return Offer(
        plan=plan,
        price=price(plan, interval),
        a_month=plan.price(interval) // (12 if interval == "year" else 1),
        current=pays and (account.plan, account.interval) == (plan.key, interval),
        waiting=pays and (account.next_plan, account.next_interval) == (plan.key, interval),
        recommended=plan.key == PlanKey.GROWING and not pays,
        above=next((one for one in reversed(SOLD[: SOLD.index(plan)])), None),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@owners_page
def choose(request: HttpRequest, plan: str, interval: str) -> HttpResponse:
    """Say what it will cost, then lead to the checkout, or change the subscription there is."""
    wanted, every = _wanted(plan, interval)
    account = account_of(request)
    if not subscribes(account):
        return _buy(request, account, wanted, every)
    if request.method == "POST":
        return _change(request, account, wanted, every)
    return _confirm(request, account, wanted, every)


def _wanted(plan: str, interval: str) -> tuple[Plan, Interval]:
    by_slug = {slug: interval for interval, slug in SLUGS.items()}
    if plan not in set(PlanKey) or interval not in by_slug or not plan_named(plan).sold:
        raise Http404
    return plan_named(plan), by_slug[interval]


def _buy(request: HttpRequest, account: Account, plan: Plan, interval: Interval) -> HttpResponse:
    if request.method != "POST":
        return page(
            request,
            "buy",
            account=account,
            plan=plan,
            price=price(plan, interval),
            slug=SLUGS[interval],
            trial_until=checkout.trial_left(account, timezone.now()),
            attempt=uuid.uuid4().hex,
        )
    url = checkout.begin(
        account_id=opened_account_of(request).id,
        plan=plan,
        interval=interval,
        buyer=buyer_of(request),
        done_url=address(request, "billing:done"),
        back_url=address(request, "billing:subscription"),
        attempt=request.POST.get("attempt", "")[:40] or uuid.uuid4().hex,
        now=timezone.now(),
    )
    return HttpResponseRedirect(url)


def _confirm(
    request: HttpRequest,
    account: Account,
    plan: Plan,
    interval: Interval,
    refused: RicochetError | None = None,
) -> HttpResponse:
    """What the change would bill, and why it was refused a moment ago."""
    foreseen = changing.foresee(account=account, plan=plan, interval=interval, now=timezone.now())
    if foreseen.when == When.SAME:
        return redirect("billing:subscription")
    return page(
        request,
        "change",
        status=refused.status if refused else 200,
        account=account,
        now_plan=plan_named(account.plan),
        plan=plan,
        price=price(plan, interval),
        by_year=interval == "year",
        restarts=account.interval != interval,
        change=foreseen,
        refused=refused,
        declined=isinstance(refused, CardDeclinedError),
    )


def _change(request: HttpRequest, account: Account, plan: Plan, interval: Interval) -> HttpResponse:
    try:
        account = changing.change(
            account_id=account.id,
            plan=plan,
            interval=interval,
            agreed=Agreed(due=_whole(request, "due"), as_of=_whole(request, "as_of")),
            now=timezone.now(),
        )
    except (CardDeclinedError, AmountChangedError) as refusal:
        return _confirm(request, account_of(request), plan, interval, refusal)
    if account.next_plan == plan.key:
        words = _("Changement enregistré : formule %(plan)s à partir du %(day)s.")
        said = words % {"plan": plan.name, "day": day(account.period_ends_at)}
    else:
        said = _("Vous avez maintenant la formule %(plan)s.") % {"plan": plan.name}
    messages.success(request, said)
    return redirect("billing:subscription")


def _whole(request: HttpRequest, name: str) -> int:
    """A number of our own form; where it is none, nothing was agreed to."""
    said = request.POST.get(name, "")
    return int(said) if said.isdecimal() and len(said) < 12 else 0
