"""Everything that waits for somebody, each with what to do about it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.outbox.services import retry_dead
from shell import formats
from tenants.features import Feature, is_on
from tenants.programme import erasing, gifts, verifications, waiting
from tenants.programme.views import stuck_tasks, tasks
from tenants.programme.views.common import can_change
from tenants.programme.views.personal import may_erase
from tenants.rewards.code_lists import low

_SHOWN = 8


@require_safe
@member_required()
def todo(request: HttpRequest) -> HttpResponse:
    """The page: the rows themselves, with their buttons."""
    now, referral = timezone.now(), is_on(Feature.REFERRAL)
    work = waiting.waiting(now=now)
    context = {
        "work": work,
        "notices": stuck_tasks.tasks(work),
        "won": tasks.won(work),
        "claims": waiting.open_claims(limit=_SHOWN),
        "held": verifications.waiting(limit=_SHOWN) if referral else [],
        "orders": waiting.reported_orders(limit=_SHOWN),
        "refusals": waiting.recent_refusals(now=now).order_by("-received_at")[:_SHOWN],
        "sold_out": waiting.sold_out(),
        "dead": waiting.dead_events(limit=_SHOWN),
        "due_gifts": gifts.due_gifts(limit=_SHOWN) if referral else [],
        "low_codes": low(),
        "erasures": erasing.asked()[:_SHOWN],
        "may_erase": may_erase(request),
        "can_change": can_change(request),
    }
    return render(request, "programme/todo.html", context)


@require_POST
@member_required(role=Role.MANAGER)
def retry(request: HttpRequest) -> HttpResponse:
    """Send again what failed every time."""
    count = retry_dead(now=timezone.now())
    words = ngettext("%(n)s envoi repart", "%(n)s envois repartent", count) % {
        "n": formats.number(count)
    }
    messages.success(request, words)
    return redirect("programme:todo")
