"""Sessions: those that are booked, those that took place, and what they earned (FS-06, O8)."""

from datetime import date, datetime, time
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from kernel.money import Amount
from shell import formats
from shell.forms import answer
from shell.tables import Column, Empty, ListPage, View
from shell.text import folded
from tenants.activity.models import Session, SessionState, SessionType
from tenants.loyalty.models import Earning, FactKind
from tenants.profiles.models import Profile
from tenants.programme import by_hand_facts
from tenants.programme.conductor import SessionOutcome
from tenants.programme.explaining import decisions_about
from tenants.programme.forms_facts import SessionForm
from tenants.programme.views.common import (
    can_change,
    confirm,
    customer_url,
    number_or_404,
    profile_or_404,
    put_error,
)

# The words of `shell.states` for a session.
LOOKS = {
    SessionState.BOOKED: "planned",
    SessionState.VALIDATED: "validated",
    SessionState.CANCELLED: "cancelled",
}


def session_url(session: Session) -> str:
    return reverse("programme:session", args=[session.public_id])


class SessionsPage(ListPage):
    label = gettext_lazy("Séances")
    nouns = (gettext_lazy("séance"), gettext_lazy("séances"))
    export_name = "seances"
    search_label = gettext_lazy("Nom, e-mail ou type de séance")
    default_sort = "-when"
    columns = (
        Column(
            "type",
            gettext_lazy("Séance"),
            main=True,
            value="type.name",
            template="programme/cells/session.html",
        ),
        Column(
            "customer",
            gettext_lazy("Client"),
            value="profile.name",
            href=lambda row: customer_url(row.profile),
        ),
        Column(
            "state",
            gettext_lazy("État"),
            kind="state",
            value=lambda row: LOOKS[row.state],
            template="programme/cells/session_state.html",
        ),
        Column("when", gettext_lazy("Date"), kind="date", sort=("takes_place_at", "booked_at"),
               value=lambda row: row.takes_place_at or row.booked_at),
    )  # fmt: skip
    views = (
        View("toutes", gettext_lazy("Toutes")),
        View(
            "a-valider",
            gettext_lazy("À valider"),
            lambda rows: rows.filter(state=SessionState.BOOKED, takes_place_at__lte=timezone.now()),
        ),
        View(
            "a-venir",
            gettext_lazy("À venir"),
            lambda rows: rows.filter(state=SessionState.BOOKED, takes_place_at__gt=timezone.now()),
        ),
        View(
            "validees",
            gettext_lazy("Validées"),
            lambda rows: rows.filter(state=SessionState.VALIDATED),
        ),
    )
    empty = Empty(
        gettext_lazy("Notez votre première séance"),
        gettext_lazy("Elles arrivent de votre agenda par l’API, ou se notent sur une fiche."),
        gettext_lazy("Choisir un client"),
        "/clients",
    )

    def queryset(self) -> QuerySet[Any]:
        return Session.objects.select_related("profile", "type")

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        words = folded(query).split()
        named = rows.filter(type__name__icontains=query.strip())
        for word in words:
            rows = rows.filter(profile__search_text__contains=word)
        return rows | named

    def row_url(self, row: Any) -> str:
        return session_url(row)

    def can_create(self) -> bool:
        return can_change(self.request)


@require_safe
@member_required()
def sessions(request: HttpRequest) -> HttpResponseBase:
    """Every session, the latest first."""
    return SessionsPage(request).respond("programme/sessions.html", {"current": "sessions"})


@require_safe
@member_required()
def session(request: HttpRequest, session: str) -> HttpResponse:
    """One session: the fact, what it earned, and every decision taken about it."""
    row = session_or_404(session)
    earning = Earning.objects.filter(fact_kind=FactKind.SESSION, fact_id=row.id).first()
    context = {
        "session": row,
        "look": LOOKS[SessionState(row.state)],
        "earned": earned_words(earning),
        "decisions": decisions_about(profile=row.profile, fact_id=row.id),
        "can_change": can_change(request),
    }
    return render(request, "programme/session.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def add_session(request: HttpRequest, customer: str) -> HttpResponse:
    """Note a session of a customer, booked or taken place already."""
    profile = profile_or_404(customer)
    types = list(SessionType.objects.filter(active=True))
    today = timezone.localdate()
    form = SessionForm(request.POST or None, types=types, today=today, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        done = _added(profile, form)
        if done is not None:
            messages.success(request, said(done))
            return redirect(customer_url(profile))
    context = {"profile": profile, "types": types}
    return answer(request, "programme/session_form.html", context, form)


def _added(profile: Profile, form: SessionForm) -> SessionOutcome | None:
    data, now = form.cleaned_data, timezone.now()
    try:
        return by_hand_facts.add_session(
            profile=profile,
            session_type=form.types[data["kind"]],
            takes_place_at=moment_of(data["on"], now=now),
            code=data["code"],
            key=data["key"],
            validated=data["validated"],
            now=now,
        )
    except RicochetError as error:
        names = {"type": "kind", "booked_at": "on", "validated_at": "on"}
        error.param = names.get(error.param or "", error.param)
        put_error(form, error)
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def validate_session(request: HttpRequest, session: str) -> HttpResponse:
    """Say that a session took place: it earns, so it is asked first (B8)."""
    row = session_or_404(session)
    if request.method == "POST":
        try:
            outcome = by_hand_facts.validate_session(session=row, now=timezone.now())
        except RicochetError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, said(outcome))
        return redirect(session_url(row))
    words = {"type": row.type.name, "name": row.profile.name}
    return confirm(
        request,
        title=_("Valider la séance « %(type)s » de %(name)s ?") % words,
        text=_("Elle a eu lieu : elle rapporte ce que disent vos règles d’aujourd’hui."),
        act=_("Valider la séance"),
        back=session_url(row),
        danger=False,
        busy=_("Validation"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def cancel_session(request: HttpRequest, session: str) -> HttpResponse:
    """Cancel a session; what it earned is taken back."""
    row = session_or_404(session)
    if request.method == "POST":
        by_hand_facts.cancel_session(session=row, now=timezone.now())
        messages.success(request, _("Séance « %(type)s » annulée") % {"type": row.type.name})
        return redirect(session_url(row))
    earning = Earning.objects.filter(fact_kind=FactKind.SESSION, fact_id=row.id).first()
    words = {"type": row.type.name, "name": row.profile.name, "earned": earned_words(earning)}
    return confirm(
        request,
        title=_("Annuler la séance « %(type)s » de %(name)s ?") % words,
        text=(
            _("Ce qu’elle a rapporté est repris : %(earned)s.") % words
            if words["earned"]
            else _("Elle n’a encore rien rapporté.")
        ),
        act=_("Annuler la séance"),
        back=session_url(row),
        busy=_("Annulation"),
    )


def session_or_404(public_id: str) -> Session:
    """The session that an address names (R23)."""
    rows = Session.objects.select_related("profile", "type")
    row = rows.filter(id=number_or_404("ses", public_id)).first()
    if row is None:
        raise Http404
    return row


def earned_words(earning: Earning | None) -> str:
    """What is left of an earning, or nothing."""
    left = earning.amount - earning.reversed if earning else 0
    return formats.amount(Amount(left, earning.unit)) if earning and left else ""


def said(outcome: SessionOutcome) -> str:
    """What was noted, and what it earned."""
    row = outcome.session
    words = {"type": row.type.name, "earned": earned_words(outcome.earning)}
    if row.state != SessionState.VALIDATED:
        return _("Séance « %(type)s » notée") % words
    if outcome.earning is None:
        return _("Séance « %(type)s » validée") % words
    return _("Séance « %(type)s » validée : %(earned)s gagnés") % words


def moment_of(day: date, *, now: datetime) -> datetime:
    """What happens today happens now; another day's at noon of that day."""
    if day == timezone.localdate(now):
        return now
    return timezone.make_aware(datetime.combine(day, time(12)))
