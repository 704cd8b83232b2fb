"""What was sent: a list, and each email as it was kept. Tokens are masked in the copies."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import member_required
from kernel.ids import parse_public_id
from shell.tables import Column, Empty, Filter, ListPage, View
from tenants.messaging import selectors
from tenants.messaging.kinds import KINDS
from tenants.messaging.models import Email, EmailState, Outcome
from tenants.messaging.views.common import framed, tabs


class SentPage(ListPage):
    label = gettext_lazy("Messages envoyés")
    nouns = (gettext_lazy("message"), gettext_lazy("messages"))
    export_name = "messages"
    search_label = gettext_lazy("Adresse, nom ou objet")
    default_sort = "-when"
    columns = (
        Column(
            "subject",
            gettext_lazy("Message"),
            main=True,
            value=lambda email: email.subject or selectors.title_of(email),
            detail=selectors.title_of,
        ),
        Column(
            "state",
            gettext_lazy("État"),
            kind="state",
            value=lambda email: str(selectors.look_of(email).word),
            template="messaging/cells/state.html",
        ),
        Column("to", gettext_lazy("À"), value=lambda email: email.to or _("Adresse effacée")),
        Column("when", gettext_lazy("Demandé"), kind="moment", value="queued_at", sort="queued_at"),
    )
    views = (
        View("tous", gettext_lazy("Tous")),
        View("envoyes", gettext_lazy("Envoyés"), lambda rows: rows.filter(state=EmailState.SENT)),
        View(
            "attente",
            gettext_lazy("En attente"),
            lambda rows: rows.filter(state=EmailState.QUEUED),
        ),
        View(
            "problemes",
            gettext_lazy("Non envoyés ou revenus"),
            lambda rows: rows.filter(
                Q(state=EmailState.SKIPPED) | Q(outcome__in=[Outcome.BOUNCED, Outcome.COMPLAINED])
            ),
        ),
    )
    filters = (
        Filter(
            "type",
            gettext_lazy("Message"),
            lambda rows, value: rows.filter(kind=value),
            choices=[(kind.name, kind.label) for kind in KINDS.values()],
        ),
    )
    empty = Empty(
        gettext_lazy("Aucun message pour l’instant"),
        gettext_lazy("Ils partent d’eux-mêmes : à la première invitation, à la première commande."),
    )

    def queryset(self) -> QuerySet[Any]:
        return selectors.emails()

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return rows.filter(
            Q(to__icontains=query)
            | Q(subject__icontains=query)
            | Q(profile__search_text__icontains=query)
        )

    def row_url(self, row: Any) -> str:
        return reverse("messaging:email", args=[row.public_id])


@require_safe
@member_required()
def sent(request: HttpRequest) -> HttpResponseBase:
    """Every email, with what became of it."""
    return SentPage(request).respond("messaging/sent.html", tabs("sent"))


@csp_update({"frame-src": [SELF]})
@require_safe
@member_required()
def email(request: HttpRequest, email: str) -> HttpResponse:
    """One email: to whom, when, what became of it, and its copy."""
    row = _email_or_404(email)
    context = {
        "email": row,
        "look": selectors.look_of(row),
        "title": row.subject or selectors.title_of(row),
        "kind_label": selectors.title_of(row),
        "reason": selectors.REASONS.get(row.skipped_because, ""),
        "clicks": sum(click.count for click in row.clicks.all()),
        **tabs("sent"),
    }
    return render(request, "messaging/email.html", context)


@require_safe
@member_required()
def copy(request: HttpRequest, email: str) -> HttpResponse:
    """The kept copy of one email, for the frame."""
    row = _email_or_404(email)
    if not row.html:
        raise Http404
    return framed(row.html, theme=request.GET.get("theme", "light"))


def _email_or_404(public_id: str) -> Email:
    number = parse_public_id("eml", public_id)
    row = Email.objects.select_related("profile").filter(id=number).first() if number else None
    if row is None:
        raise Http404
    return row
