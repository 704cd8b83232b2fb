"""The space as a draft programme would show it: the real page, with a sample person."""

from datetime import timedelta

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from accounts.access import member_required
from accounts.models import Role
from billing.plans import Allowed
from kernel.ledger.selectors import Balance
from kernel.money import Amount
from tenants.features import feature_required
from tenants.profiles.models import Profile
from tenants.programme import setting_up
from tenants.programme.models import ProgrammeVersion
from tenants.programme.setting_up import Draft
from tenants.rewards.models import Prize
from widgets.space.invite_form import InviteForm
from widgets.space.pages import show, tenant_of
from widgets.space.selectors import PendingLine, PrizeLine, RefereeLine, Space
from widgets.space.sharing import sharing_of

_CODE = "CAMILLE-7KXD"


@csp_replace({"frame-ancestors": [SELF]})
@xframe_options_sameorigin
@require_safe
@member_required(role=Role.MANAGER)
@feature_required(Allowed.REFERRAL)
def preview(request: HttpRequest) -> HttpResponse:
    """For a frame of the set-up: nothing on it is stored, and its buttons lead nowhere."""
    plan = setting_up.draft()
    space = _sample(plan)
    context = {
        "space": space,
        "profile": space.profile,
        "sharing": sharing_of(code=_CODE, tenant=tenant_of(request), version=space.version),
        "form": InviteForm(),
        "claims": [],
        "credited": False,
        "done": "",
        "languages": settings.LANGUAGES,
        "referral_on": True,  # publishing the set-up switches it on
        "wallet_on": True,
    }
    return show(request, "home", context)


def _sample(plan: Draft) -> Space:
    """Camille, who brought Thomas, and whose second friend has just ordered."""
    now = timezone.now()
    gain = plan.referrer_amount or plan.referee_amount
    available = gain * 2
    prizes = []
    for planned in setting_up.planned_prizes(plan):
        if not planned.wanted:
            continue
        cost = planned.cost
        missing = max(cost - available, 0)
        prizes.append(
            PrizeLine(
                prize=Prize(name=planned.name, kind=planned.kind, cost=cost, unit=plan.unit),
                cost=Amount(cost, plan.unit),
                available=min(available, cost),
                missing=Amount(missing, plan.unit),
                friends=-(-missing // gain) if missing and gain else 0,
            )
        )
    ordered = now - timedelta(days=2)
    return Space(
        profile=Profile(first_name=_("Camille"), email="camille@exemple.fr"),
        unit=plan.unit,
        version=ProgrammeVersion(
            unit=plan.unit,
            name=plan.name,
            referrer_amount=plan.referrer_amount if plan.who != "referee" else 0,
            referee_amount=plan.referee_amount if plan.who != "referrer" else 0,
            minimum_order=plan.minimum_order,
            pending_days=plan.pending_days,
        ),
        balance=Balance(unit=plan.unit, available=available, pending=gain, posted=available),
        pendings=[
            PendingLine(
                amount=Amount(gain, plan.unit),
                thanks_to=_("Hugo"),
                own_order=False,
                due_at=now + timedelta(days=max(plan.pending_days, 1)),
            )
        ],
        prizes=prizes,
        claims=[],
        referees=[
            RefereeLine(
                name=_("Thomas"),
                state="validated",
                detail="",
                ordered_at=now - timedelta(days=40),
                gained=Amount(gain, plan.unit),
            ),
            RefereeLine(name=_("Hugo"), state="pending", detail="", ordered_at=ordered),
        ],
        history=[],
    )
