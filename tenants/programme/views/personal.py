"""One person's timeline; their data as a file, and their erasure, when they ask for it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import has_role, member_required
from accounts.models import Role
from kernel.ledger.selectors import balance
from tenants.programme import erasing, timeline
from tenants.programme.timeline import Topic
from tenants.programme.views.common import author, customer_url, profile_or_404, unit

TOPICS = {
    Topic.PURCHASES: gettext_lazy("Achats"),
    Topic.REFERRAL: gettext_lazy("Parrainage"),
    Topic.WALLET: gettext_lazy("Cagnotte"),
    Topic.OPERATIONS: gettext_lazy("Opérations"),
    Topic.MESSAGES: gettext_lazy("Messages"),
    Topic.RECORD: gettext_lazy("Fiche"),
}


@require_safe
@member_required()
def activity(request: HttpRequest, customer: str) -> HttpResponse:
    """Everything that a customer did and that happened to them (FS-02)."""
    profile = profile_or_404(customer)
    wanted = request.GET.get("sujet", "")
    shown = timeline.topics()
    topic = Topic(wanted) if wanted in shown else None
    page = timeline.page(profile=profile, topic=topic, after=request.GET.get("avant", ""))
    context = {
        "profile": profile,
        "page": page,
        "topics": [(one, TOPICS[one]) for one in shown],
        "topic": topic,
    }
    return render(request, "programme/activity.html", context)


@require_safe
@member_required(role=Role.OWNER)
def person_file(request: HttpRequest, customer: str) -> HttpResponse:
    """A zip of all that is known of somebody, for them."""
    profile = profile_or_404(customer)
    content = erasing.person_file(profile=profile, now=timezone.now())
    return zip_answer(content, profile.public_id)


def zip_answer(content: bytes, name: str) -> HttpResponse:
    """A zip as a download."""
    response = HttpResponse(content, content_type="application/zip")
    day = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="{name}-{day}.zip"'
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.OWNER)
def erase(request: HttpRequest, customer: str) -> HttpResponse:
    """Erase somebody's personal data, after a question and the word typed (B8)."""
    profile = profile_or_404(customer)
    typed = request.POST.get("confirm", "").strip()
    expected = _("effacer")
    wrong = request.method == "POST" and typed.casefold() != expected
    if request.method == "POST" and not wrong:
        erasing.erase(profile_id=profile.id, author_id=author(request), now=timezone.now())
        messages.success(request, _("Données personnelles effacées"))
        return redirect(reverse("programme:customers"))
    context = {
        "profile": profile,
        "expected": expected,
        "wrong": wrong,
        "typed": typed,
        "wallet": balance(owner_id=profile.id, unit=unit(request)),
        "back": customer_url(profile),
    }
    return render(request, "programme/erase.html", context, status=422 if wrong else 200)


def may_erase(request: HttpRequest) -> bool:
    """Whether to show the doors to these pages."""
    return has_role(request, Role.OWNER)
