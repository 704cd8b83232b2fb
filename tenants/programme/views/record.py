"""One customer's record, and the full history of their cagnotte."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.access import member_required
from kernel.ledger.selectors import balance
from kernel.money import Amount
from shell import charts, formats
from tenants.activity.models import Invoice, Session, SessionType
from tenants.addresses import absolute_url
from tenants.context import current_tenant
from tenants.features import Feature, is_on
from tenants.loyalty.models import Membership
from tenants.messaging import selectors as messaging
from tenants.profiles.models import Profile
from tenants.programme import listing, record, timeline
from tenants.programme.history import wallet_history
from tenants.programme.models import Side
from tenants.programme.sentences import explain_referral
from tenants.programme.views.common import can_change, customer_url, profile_or_404, unit
from tenants.programme.views.personal import may_erase
from tenants.referrals.models import OPEN_STATES, ReferralState
from tenants.rewards.models import Award, AwardState

_LINES = 8
_REFEREES = 5
_SERVICES = 4
PANELS = ("parrainage", "cagnotte", "activite")


def role_word(profile: Profile, *, referrer: bool) -> str:
    """Marraine or Parrain, Filleule or Filleul: the record's gender, else the neutral label."""
    if referrer:
        return _("Marraine") if profile.gender == "f" else _("Parrain")
    return _("Filleule") if profile.gender == "f" else _("Filleul")


@require_safe
@member_required()
def customer(request: HttpRequest, customer: str) -> HttpResponse:
    """Everything about one customer. `volet` is the tab that a phone shows."""
    profile = profile_or_404(customer)
    if profile.public_id != customer:  # it was merged into this one
        return redirect(customer_url(profile))
    now = timezone.now()
    wanted = request.GET.get("volet", "")
    panels = PANELS if is_on(Feature.REFERRAL) else PANELS[1:]
    context = {
        "profile": profile,
        "look": listing.state_of(profile=profile, now=now),
        "panel": wanted if wanted in panels else panels[0],
        "events": timeline.happenings(profile=profile),
        "claims": record.claims(profile=profile),
        "awards": record.awards(profile=profile),
        "bounce": messaging.bounce_of(profile=profile),
        "wishes": messaging.wishes_on_record(profile=profile),
        "can_change": can_change(request),
        "may_erase": may_erase(request),
        **_received(profile),
        **_made(profile),
        **_wallet(profile, unit(request)),
        **_services(profile),
        **_loyalty(profile),
    }
    return render(request, "programme/customer.html", context)


@require_safe
@member_required()
def history(request: HttpRequest, customer: str) -> HttpResponse:
    """Every line of one cagnotte: what the balance is made of (B17)."""
    profile = profile_or_404(customer)
    context = {
        "profile": profile,
        "lines": wallet_history(profile=profile, unit=unit(request)),
        "wallet": balance(owner_id=profile.id, unit=unit(request)),
        "expected": record.expected(profile=profile),
        "can_change": can_change(request),
    }
    return render(request, "programme/history.html", context)


def _received(profile: Profile) -> dict[str, Any]:
    referral = record.referral_received(profile=profile)
    word = role_word(profile, referrer=False)
    if referral is None:
        return {"received": None, "received_title": word}
    return {
        "received": referral,
        "received_title": word,
        "received_look": record.REFERRAL_LOOKS[referral.state],  # type: ignore[index]
        "received_words": explain_referral(referral),
        "received_day": referral.referred_on or referral.created_at,
        "received_open": referral.state in OPEN_STATES,
        "received_gift": record.granted(referral=referral, side=Side.REFEREE),
        "received_paid": record.granted(referral=referral, side=Side.REFERRER),
    }


def _made(profile: Profile) -> dict[str, Any]:
    people = record.referees(profile=profile)
    counted = [p for p in people if p.referral and p.referral.state in OPEN_STATES]
    received = record.referral_received(profile=profile)
    brought = received is not None and received.state in OPEN_STATES
    referrer = received.referrer if received is not None and brought else None
    code = getattr(profile, "referral_code", None)
    chain = ""
    if counted or referrer is not None:
        caption = (
            (_("%(n)s filleul") if len(counted) == 1 else _("%(n)s filleuls"))
            % {"n": formats.number(len(counted))}
            if counted
            else ""
        )
        chain = charts.chain(
            label=_chain_text(profile, referrer, len(counted)),
            referrer=referrer.short_name if referrer else "",
            person=profile.short_name,
            referees=len(counted),
            caption=caption,
        )
    return {
        "made_title": role_word(profile, referrer=True),
        "made": people[:_REFEREES],
        "made_rest": people[_REFEREES:],
        "made_count": len(people),
        "counted": len(counted),
        # The list of customers counts those that are validated; these are the rest.
        "waiting": sum(
            1 for p in counted if p.referral and p.referral.state != ReferralState.VALIDATED
        ),
        "last_referral": max(
            (record.day_of(p.referral) for p in counted if p.referral), default=None
        ),
        "last_gift": record.last_gift(profile=profile),
        "chain": chain,
        "code": code.code if code else "",
        "link": absolute_url(current_tenant(), f"/r/{code.code}") if code else "",
    }


def _chain_text(profile: Profile, referrer: Profile | None, count: int) -> str:
    """The drawing in words."""
    parts = []
    if referrer is not None:
        parts.append(_("%(name)s vient de %(by)s") % {"name": profile.name, "by": referrer.name})
    counted = ngettext("%(n)s filleul qui compte", "%(n)s filleuls qui comptent", count)
    parts.append(counted % {"n": formats.number(count)})
    return ", ".join(parts)


def _wallet(profile: Profile, unit: str) -> dict[str, Any]:
    lines = wallet_history(profile=profile, unit=unit)
    expiry = record.next_expiry(profile=profile, unit=unit)
    until = ""
    if expiry is not None:
        until = _("dont %(amount)s à utiliser jusqu’au %(day)s inclus") % {
            "amount": formats.amount(Amount(expiry[1], unit)),
            "day": formats.day(expiry[0]),
        }
    return {
        "wallet": balance(owner_id=profile.id, unit=unit),
        "until": until,
        "expected": record.expected(profile=profile),
        "lines": lines[:_LINES],
        "line_count": len(lines),
    }


def _services(profile: Profile) -> dict[str, Any]:
    """Sessions and invoices, the latest first; offered where the merchant has such things."""
    booked = Session.objects.select_related("type").filter(profile=profile)
    owed = Invoice.objects.filter(profile=profile)
    return {
        "sessions": booked.order_by("-booked_at", "-id")[:_SERVICES],
        "invoices": owed.order_by("-issued_at", "-id")[:_SERVICES],
        "has_services": SessionType.objects.filter(active=True).exists(),
    }


def _loyalty(profile: Profile) -> dict[str, Any]:
    """FS-02: since when they are a member, and the rewards that they obtained."""
    if not is_on(Feature.LOYALTY):
        return {}
    given = Award.objects.filter(profile=profile).exclude(state=AwardState.CANCELLED)
    return {
        "membership": Membership.objects.filter(profile=profile, left_at__isnull=True).first(),
        "awards": given.order_by("-granted_at", "-id")[:_SERVICES],
    }
