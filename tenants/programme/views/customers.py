"""The customers: the list, adding one, changing one."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import member_required
from accounts.models import Role
from billing.plans import Limit
from kernel.db import atomic_with_retry
from kernel.errors import RicochetError
from shell import formats
from shell.forms import answer
from shell.tables import Empty, Filter, ListPage, View
from tenants import limits
from tenants.context import current_tenant
from tenants.features import Feature, is_on
from tenants.profiles import services as profiles
from tenants.profiles.forgetting import is_erased
from tenants.profiles.models import Profile
from tenants.profiles.services import ProfileExistsError
from tenants.programme import customer_columns, listing
from tenants.programme.forms import CustomerForm
from tenants.programme.views.common import (
    can_change,
    confirm,
    customer_url,
    profile_or_404,
    put_error,
    unit,
)

_FIELDS = ("first_name", "last_name", "email", "phone", "shop", "gender", "notes")
_LOOKS = (
    ("active", gettext_lazy("Actif")),
    ("new", gettext_lazy("Nouveau")),
    ("inactive", gettext_lazy("Inactif")),
    ("not_yet", gettext_lazy("Aucun achat")),
    ("unsubscribed", gettext_lazy("Désinscrit")),
)


_OF_REFERRALS = ("parrains", "filleuls")
_MEMBERS = View("membres", gettext_lazy("Membres"), listing.members)


class CustomersPage(ListPage):
    label = gettext_lazy("Clients")
    nouns = (gettext_lazy("client"), gettext_lazy("clients"))
    export_name = "clients"
    search_label = gettext_lazy("Nom, e-mail, code ou commande")
    default_sort = "-last_order"
    views: ClassVar[Sequence[View]] = (
        View("tous", gettext_lazy("Tous")),
        View("parrains", gettext_lazy("Parrains"), listing.referrers),
        View("filleuls", gettext_lazy("Filleuls"), listing.referees),
        View("cagnottes", gettext_lazy("Cagnottes")),
        View("inactifs", gettext_lazy("Inactifs"), lambda rows: rows.filter(look="inactive")),
    )
    filters = (Filter("etat", gettext_lazy("État"), lambda q, v: q.filter(look=v), choices=_LOOKS),)
    empty = Empty(
        gettext_lazy("Ajoutez votre premier client"),
        gettext_lazy("Vos clients arrivent aussi d’eux-mêmes, avec leur première commande."),
        gettext_lazy("Ajouter un client"),
        reverse_lazy("programme:add_customer"),  # type: ignore[arg-type]
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        counted, loyalty = unit(request), is_on(Feature.LOYALTY)
        referral = is_on(Feature.REFERRAL)
        self.exporting = "export" in request.GET
        # Which columns there are follows the merchant's programme; the names in the URL are
        # looked up in them (R37).
        self.columns = (  # type: ignore[misc]
            customer_columns.in_files(
                unit=counted,
                currency=current_tenant().currency,
                loyalty=loyalty,
                referral=referral,
            )
            if self.exporting
            else customer_columns.on_screen(counted, referral=referral)
        )
        views = [
            self._holders(view) if view.key == "cagnottes" else view
            for view in self.views
            if referral or view.key not in _OF_REFERRALS
        ]
        self.views = [*views, _MEMBERS] if loyalty else views  # type: ignore[misc]

    def _holders(self, view: View) -> View:
        return replace(view, apply=lambda rows: listing.holders(rows, unit=unit(self.request)))

    def queryset(self) -> QuerySet[Any]:
        rows = listing.customers(unit=unit(self.request), now=timezone.now())
        return listing.with_membership(rows.defer(None)) if self.exporting else rows

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return listing.find_customers(rows, text=query)

    def row_url(self, row: Any) -> str:
        return customer_url(row)

    def can_create(self) -> bool:
        return can_change(self.request)

    def rows(self) -> QuerySet[Any]:
        """Whoever never ordered comes last, whichever way the dates run."""
        rows = super().rows()
        if self.state.sort == "-last_order":
            return rows.order_by(F("last_order_at").desc(nulls_last=True), "-id")
        if self.state.sort.removeprefix("-") == "balance":
            descending = self.state.sort.startswith("-")
            return listing.by_balance(rows, unit=unit(self.request), descending=descending)
        return rows


@require_safe
@member_required()
def customers(request: HttpRequest) -> HttpResponseBase:
    """Everybody this merchant knows."""
    page = CustomersPage(request)
    total = Profile.objects.count()
    context = {
        "total": total,
        "referrers": listing.referrers(Profile.objects.all()).count(),
        "can_change": can_change(request),
    }
    return page.respond("programme/customers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def add_customer(request: HttpRequest) -> HttpResponse:
    """Enter a customer; the same form sent twice makes one."""
    form = CustomerForm(request.POST or None, initial=_typed(request.GET.get("q", "")))
    asked_for = _asked_for(request)
    context = {"editing": None, "back": asked_for or reverse("programme:customers")}
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"]
        email = form.cleaned_data["email"]
        if email and request.POST.get("sure") != "1" and is_erased(address=email):
            return _ask_again(request, form)
        fields = {name: form.cleaned_data[name] for name in _FIELDS}
        try:
            profile = _added(key, fields)
        except ProfileExistsError as error:
            put_error(form, error)
        except RicochetError as error:
            put_error(form, error)
        else:
            done = _("Fiche de %(name)s ajoutée") % {"name": profile.name}
            messages.success(request, formats.elided(done, profile.name))
            if asked_for:
                return redirect(f"{asked_for}?{urlencode({'personne': profile.public_id})}")
            return redirect(customer_url(profile))
    return answer(request, "programme/customer_form.html", context, form)


def _typed(text: str) -> dict[str, str]:
    """What was searched for in vain, in the field where it belongs."""
    text = text.strip()[:80]
    if "@" in text:
        return {"email": text}
    if text and not text.strip("+0123456789 .-()"):
        return {"phone": text[:20]}
    first, _gap, last = text.partition(" ")
    return {"first_name": first, "last_name": last.strip()} if text else {}


def _asked_for(request: HttpRequest) -> str:
    """The page that links two people, where somebody came from it; "" elsewhere."""
    side = request.GET.get("cote", "")
    if side not in ("parrain", "filleul") or not is_on(Feature.REFERRAL):
        return ""
    known = profile_or_404(request.GET.get("fiche", ""))
    return reverse("programme:attach", args=[known.public_id, side])


@atomic_with_retry
def _added(key: uuid.UUID, fields: dict[str, Any]) -> Profile:
    """The form's own customer, if it was sent before; else one more, if the plan has room."""
    known = Profile.objects.filter(id=key).first()
    if known is not None:
        return known
    now = timezone.now()
    limits.require(Limit.PROFILES, now=now)
    return profiles.create(id=key, now=now, source="manual", **fields)


def _ask_again(request: HttpRequest, form: CustomerForm) -> HttpResponse:
    """Who was forgotten is not added again by mistake (D4)."""
    return confirm(
        request,
        title=_("Ajouter cette personne à nouveau ?"),
        text=_(
            "Ses données ont été effacées : à sa demande, ou après 3 ans sans nouvelles d’elle."
            " Ajoutez-la seulement si elle vous l’a demandé elle-même."
        ),
        act=_("Ajouter ce client"),
        back=reverse("programme:customers"),
        hidden={**{name: request.POST.get(name, "") for name in form.fields}, "sure": "1"},
        busy=_("Enregistrement"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def edit_customer(request: HttpRequest, customer: str) -> HttpResponse:
    """Change who a customer is and how to reach them."""
    profile = profile_or_404(customer)
    if profile.erased_at is not None:
        raise Http404
    initial = {name: getattr(profile, name) for name in _FIELDS}
    form = CustomerForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = profiles.update(
                profile_id=profile.id, **{name: form.cleaned_data[name] for name in _FIELDS}
            )
        except RicochetError as error:
            put_error(form, error)
        else:
            done = _("Fiche de %(name)s enregistrée") % {"name": saved.name}
            messages.success(request, formats.elided(done, saved.name))
            return redirect(customer_url(profile))
    context = {"editing": profile, "back": customer_url(profile)}
    return answer(request, "programme/customer_form.html", context, form)
