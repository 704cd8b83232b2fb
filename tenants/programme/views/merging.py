"""Records that may be of one person: suggested, laid side by side, made one."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from kernel.ledger.selectors import balance
from shell import formats
from tenants.profiles import duplicates
from tenants.profiles.importing.fields import BY_KEY
from tenants.profiles.models import Profile
from tenants.programme import listing, merging
from tenants.programme.views.common import (
    author,
    can_change,
    customer_url,
    profile_or_404,
    unit,
)
from tenants.programme.views.referral import removal_text

REASONS = {
    "email": gettext_lazy("Même adresse, alias compris"),
    "phone": gettext_lazy("Même téléphone"),
    "name": gettext_lazy("Même nom"),
}


@require_safe
@member_required()
def suggested(request: HttpRequest) -> HttpResponse:
    """Pairs of records that look like one person."""
    found = duplicates.suggestions()
    pairs = [
        (pair.first, pair.second, formats.join([str(REASONS[why]) for why in pair.reasons]))
        for pair in found[:50]
    ]
    context = {"pairs": pairs, "count": len(found), "can_change": can_change(request)}
    return render(request, "programme/duplicates.html", context)


@require_POST
@member_required(role=Role.MANAGER)
def distinct(request: HttpRequest, customer: str) -> HttpResponse:
    """These two are two people."""
    one, other = profile_or_404(customer), profile_or_404(request.POST.get("other", ""))
    duplicates.say_distinct(one=one.id, other=other.id, now=timezone.now())
    names = {"one": one.name, "other": other.name}
    messages.success(request, _("%(one)s et %(other)s restent deux clients") % names)
    return redirect("programme:duplicates")


@dataclass(frozen=True, slots=True)
class Choice:
    """One field of both records; `asks` where they differ and one has to be chosen."""

    key: str
    label: str
    kept: str
    gone: str

    @property
    def asks(self) -> bool:
        return bool(self.kept and self.gone and self.kept != self.gone)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def merge(request: HttpRequest, customer: str) -> HttpResponse:
    """Find the other record, then both side by side: which values stay, and what will happen."""
    kept = profile_or_404(customer)
    other = request.POST.get("other") or request.GET.get("avec", "")
    if not other:
        return _search(request, kept)
    gone = profile_or_404(other)
    if gone.id == kept.id:
        # A form sent twice: the other record is this one already.
        return redirect(customer_url(kept))
    if request.method == "POST":
        try:
            merging.merge(
                kept_id=kept.id,
                gone_id=gone.id,
                from_gone=[key for key in merging.CHOICES if request.POST.get(key) == "gone"],
                author_id=author(request),
                now=timezone.now(),
            )
        except RicochetError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Fiches réunies"))
        return redirect(customer_url(kept))
    return render(request, "programme/merge.html", _side_by_side(request, kept, gone))


def _search(request: HttpRequest, kept: Profile) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:100]
    found: list[Profile] = []
    if text:
        rows = Profile.objects.filter(erased_at__isnull=True).exclude(id=kept.id)
        found = list(listing.find_customers(rows, text=text).order_by("last_name", "id")[:12])
    context = {"profile": kept, "query": text, "found": found}
    return render(request, "programme/merge_search.html", context)


def _side_by_side(request: HttpRequest, kept: Profile, gone: Profile) -> dict[str, Any]:
    seen = merging.preview(kept=kept, gone=gone)
    choices = [
        Choice(key, str(BY_KEY[key].label), _shown(kept, key), _shown(gone, key))
        for key in merging.CHOICES
    ]
    return {
        "kept": kept,
        "gone": gone,
        "choices": [one for one in choices if one.kept or one.gone],
        "kept_wallet": balance(owner_id=kept.id, unit=unit(request)),
        "gone_wallet": balance(owner_id=gone.id, unit=unit(request)),
        "moves": _moves(seen.moves),
        "ends": [(referral, removal_text(referral)) for referral in seen.between],
        "second": (seen.second, removal_text(seen.second)) if seen.second else None,
    }


def _shown(profile: Profile, key: str) -> str:
    if key == "gender":
        return str(profile.get_gender_display()) if profile.gender else ""
    return str(getattr(profile, key) or "")


def _moves(counts: dict[str, int]) -> str:
    """`3 commandes et 1 parrainage`; empty where nothing moves."""
    words = {
        "orders": ngettext("%(n)s commande", "%(n)s commandes", counts["orders"]),
        "invoices": ngettext("%(n)s facture", "%(n)s factures", counts["invoices"]),
        "sessions": ngettext("%(n)s séance", "%(n)s séances", counts["sessions"]),
        "referrals": ngettext("%(n)s parrainage", "%(n)s parrainages", counts["referrals"]),
        "awards": ngettext("%(n)s récompense", "%(n)s récompenses", counts["awards"]),
    }
    parts = [words[key] % {"n": formats.number(n)} for key, n in counts.items() if n]
    return formats.join(parts) if parts else ""
