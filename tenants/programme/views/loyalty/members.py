"""Who is in the loyalty programme, each with their points (SO-11, SO-12)."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.money import POINTS
from shell import undo
from shell.tables import BulkAction, Column, Empty, ListPage, View
from tenants.features import Feature, feature_required
from tenants.loyalty import membership, versions
from tenants.loyalty.membership import JoinedBy
from tenants.loyalty.models import MembershipMode
from tenants.profiles.models import Profile
from tenants.programme import listing, loyalty_listing
from tenants.programme.views import bulk
from tenants.programme.views.common import (
    back_to,
    can_change,
    customer_url,
    profile_or_404,
    unit,
)

_UNDO = "loyalty.membership"


def _how(row: Any) -> str:
    """How somebody joined; a dash for who never did."""
    return str(JoinedBy(row.joined_by).label) if row.joined_by in JoinedBy.values else "—"


def amount_columns(unit: str, *columns: tuple[str, Any]) -> tuple[Column, ...]:
    """Columns of amounts in the cagnottes' unit."""
    kind = "points" if unit == POINTS else "money"
    return tuple(Column(key, label, kind=kind, sort=key, unit=unit) for key, label in columns)


class MembersPage(ListPage):
    label = gettext_lazy("Membres")
    nouns = (gettext_lazy("client"), gettext_lazy("clients"))
    export_name = "membres"
    search_label = gettext_lazy("Nom, e-mail, téléphone ou code")
    default_sort = "-earned"
    views = (
        View("membres", gettext_lazy("Membres"), loyalty_listing.members),
        View("anciens", gettext_lazy("Anciens membres"), loyalty_listing.former),
        View("autres", gettext_lazy("Jamais inscrits"), loyalty_listing.outside),
    )
    empty = Empty(
        gettext_lazy("Vos membres apparaîtront ici"),
        gettext_lazy(
            "Un client rejoint le programme en cochant une case à la commande, par votre import,"
            " ou quand vous l’ajoutez."
        ),
        gettext_lazy("Voir vos clients"),
        "/clients",
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.unit = unit(request)
        exported = "export" in request.GET
        columns: list[Column] = [
            Column(
                "name",
                gettext_lazy("Client"),
                kind="person",
                main=True,
                sort=("last_name", "first_name"),
                detail=lambda p: p.email or p.phone,
                template="programme/cells/customer.html",
            ),
            *amount_columns(self.unit, ("points", _("Disponible")), ("earned", _("Gagné en tout"))),
            Column("joined_at", gettext_lazy("Membre depuis"), kind="date", sort="joined_at"),
            Column("joined_by", gettext_lazy("Comment"), value=_how, phone=False),
        ]
        if exported:
            columns.insert(1, Column("email", gettext_lazy("E-mail")))
        elif can_change(request):
            columns.append(
                Column(
                    "acts",
                    "",
                    value=lambda _row: "",
                    template="programme/cells/membership.html",
                    export=False,
                )
            )
        self.columns = tuple(columns)  # type: ignore[misc]

    def queryset(self) -> QuerySet[Any]:
        return loyalty_listing.people(unit=self.unit)

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return listing.find_customers(rows, text=query)

    def row_url(self, row: Any) -> str:
        return customer_url(row)

    def bulk(self) -> Sequence[BulkAction]:
        if not can_change(self.request):
            return ()
        join = BulkAction(
            gettext_lazy("Ajouter à la fidélité"), reverse("programme:join_many"), "star"
        )
        leave = BulkAction(
            gettext_lazy("Retirer de la fidélité"), reverse("programme:leave_many"), "cross"
        )
        return (leave,) if self.state.view and self.state.view.key == "membres" else (join,)


@require_safe
@member_required()
@feature_required(Feature.LOYALTY)
def members(request: HttpRequest) -> HttpResponseBase:
    """Members with their points; those who left; those who never joined."""
    version = versions.in_force(now=timezone.now())
    context = {
        "tab": "members",
        "members": loyalty_listing.member_count(),
        "customers": loyalty_listing.present().count(),
        "everyone": version is not None and version.membership == MembershipMode.EVERYONE,
        "can_change": can_change(request),
    }
    return MembersPage(request).respond("programme/loyalty/members.html", context)


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.LOYALTY)
def join_many(request: HttpRequest) -> HttpResponse:
    """Ask before these customers join (B7)."""
    return bulk.begin(request, act="loyalty-join", rows=MembersPage(request).selected())


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.LOYALTY)
def leave_many(request: HttpRequest) -> HttpResponse:
    """Ask before these customers leave (B7)."""
    return bulk.begin(request, act="loyalty-leave", rows=MembersPage(request).selected())


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.LOYALTY)
def set_member(request: HttpRequest, customer: str) -> HttpResponse:
    """Let one customer join or leave at once, with a way back (B8)."""
    profile = profile_or_404(customer)
    member = request.POST.get("member") == "1"
    if _set(profile, member=member):
        words = (
            _("%(name)s a rejoint le programme de fidélité")
            if member
            else _("%(name)s a quitté le programme de fidélité")
        )
        undo.offer(
            request,
            words % {"name": profile.name},
            url=reverse("programme:undo_member"),
            purpose=_UNDO,
            payload={"customer": profile.public_id, "member": "0" if member else "1"},
        )
    return redirect(back_to(request, reverse("programme:members")))


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.LOYALTY)
def undo_member(request: HttpRequest) -> HttpResponse:
    """Put one customer's membership back."""
    payload = undo.take(request, purpose=_UNDO)
    profile = profile_or_404(payload["customer"])
    _set(profile, member=payload["member"] == "1")
    messages.success(request, _("C’est annulé pour %(name)s") % {"name": profile.name})
    return redirect(back_to(request, reverse("programme:members")))


def _set(profile: Profile, *, member: bool) -> bool:
    changed = membership.set_many(
        profile_ids=[profile.id], member=member, source=JoinedBy.MANUAL, now=timezone.now()
    )
    return bool(changed)
