"""Influencers and partners: their codes and links, and what they brought (FS-13)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
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
from shell.forms import HouseForm, answer
from shell.tables import Column, Empty, ListPage, View
from tenants.context import current_tenant
from tenants.features import Feature, feature_required
from tenants.profiles.models import ProfileKind
from tenants.programme import ambassadors
from tenants.programme.views.common import can_change, customer_url, put_error, unit

_KINDS = [(kind.value, kind.label) for kind in ambassadors.KINDS]


class AmbassadorForm(HouseForm):
    """Somebody who shares a code that the merchant chose."""

    kind = forms.ChoiceField(label=gettext_lazy("Qui est-ce"), choices=_KINDS)
    name = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=80,
        help_text=gettext_lazy("Vos visiteurs le lisent : « Nina vous invite »."),
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=32,
        help_text=gettext_lazy("Lettres sans accent, chiffres et tirets, par exemple NINA10."),
    )
    email = forms.EmailField(
        label=gettext_lazy("Adresse e-mail"),
        max_length=254,
        help_text=gettext_lazy("Pour ouvrir sa cagnotte. Rien ne lui est envoyé maintenant."),
    )
    shop = forms.CharField(label=gettext_lazy("Compte ou société"), max_length=120, required=False)


def link_of(row: Any) -> str:
    """The shop's address with their code; "" while the merchant has given none."""
    site = current_tenant().site_url.rstrip("/")
    return f"{site}/?ref={row.referral_code.code}" if site else ""


class AmbassadorsPage(ListPage):
    label = gettext_lazy("Influenceurs et partenaires")
    nouns = (gettext_lazy("personne"), gettext_lazy("personnes"))
    export_name = "ambassadeurs"
    search_label = gettext_lazy("Nom, e-mail ou code")
    default_sort = "-brought"
    views = (
        View("tous", gettext_lazy("Tous")),
        View(
            "influenceurs",
            gettext_lazy("Influenceurs"),
            lambda rows: rows.filter(kind=ProfileKind.INFLUENCER),
        ),
        View(
            "partenaires",
            gettext_lazy("Partenaires"),
            lambda rows: rows.filter(kind=ProfileKind.PARTNER),
        ),
    )
    empty = Empty(
        gettext_lazy("Un code pour chaque personne qui parle de vous"),
        gettext_lazy(
            "Choisissez leur code : leurs visites, leurs filleuls et leurs gains se comptent ici."
        ),
        gettext_lazy("Ajouter une personne"),
        "/parrainage/ambassadeurs/ajouter",
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        in_unit = unit(request)
        currency = current_tenant().currency
        columns: list[Column] = [
            Column(
                "name",
                gettext_lazy("Nom"),
                main=True,
                value="name",
                sort=("last_name", "first_name"),
                detail=lambda row: row.get_kind_display(),
            ),
            Column("code", gettext_lazy("Code"), value="referral_code.code"),
            Column("link", gettext_lazy("Lien"), value=link_of),
            Column("clicks", gettext_lazy("Visites"), kind="number", sort="clicks"),
            Column("referrals", gettext_lazy("Filleuls"), kind="number", sort="referrals"),
            Column(
                "brought",
                gettext_lazy("Commandes"),
                kind="money",
                sort="brought",
                value=lambda row: Amount(row.brought, currency),
            ),
            Column(
                "earned",
                gettext_lazy("Gains"),
                kind="money",
                sort="earned",
                value=lambda row: Amount(row.earned, in_unit),
            ),
        ]
        self.columns = tuple(columns)  # type: ignore[misc]  # they follow the programme's unit

    def queryset(self) -> QuerySet[Any]:
        return ambassadors.listed()

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return ambassadors.find(rows, text=query)

    def row_url(self, row: Any) -> str:
        return customer_url(row)


@require_safe
@member_required()
@feature_required(Feature.REFERRAL)
def ambassadors_list(request: HttpRequest) -> HttpResponseBase:
    """The list, with what each brought."""
    context = {"can_change": can_change(request)}
    return AmbassadorsPage(request).respond("programme/ambassadors.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def add_ambassador(request: HttpRequest) -> HttpResponse:
    """Add one with their code."""
    form = AmbassadorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            made = ambassadors.create(
                kind=ProfileKind(wanted["kind"]),
                name=wanted["name"],
                code=wanted["code"],
                email=wanted["email"],
                shop=wanted["shop"],
                now=timezone.now(),
            )
        except RicochetError as error:
            error.param = "name" if error.param == "first_name" else error.param
            put_error(form, error)
        else:
            words = {"name": made.name, "code": made.referral_code.code}
            text = _("Le code %(code)s de %(name)s est ouvert") % words
            messages.success(request, formats.elided(text, made.name))
            return redirect("programme:ambassadors")
    context = {"form": form, "back": reverse("programme:ambassadors")}
    return answer(request, "programme/ambassador_form.html", context, form)
