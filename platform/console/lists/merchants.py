"""The list of merchants: plan, state, health, size, last order."""

from typing import Any

from django.contrib.admin import display
from django.contrib.admin.views.main import ChangeList
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Account, AccountState
from billing.plans import PLANS
from console.lists.base import ChoiceFilter, ReadOnlyAdmin, link_to
from console.models import Merchant
from console.selectors.health import Health, health, unwell
from console.words import bytes_of, health_words, label
from shell import formats
from tenants.models import TenantState

STATES = {
    TenantState.PROVISIONING: gettext_lazy("En création"),
    TenantState.ACTIVE: gettext_lazy("Ouvert"),
    TenantState.SUSPENDED: gettext_lazy("Suspendu"),
    TenantState.DELETING: gettext_lazy("Suppression prévue"),
    TenantState.DELETED: gettext_lazy("Supprimé"),
}
TONES = {
    TenantState.PROVISIONING: "info",
    TenantState.ACTIVE: "success",
    TenantState.SUSPENDED: "warning",
    TenantState.DELETING: "danger",
    TenantState.DELETED: "",
}


class StateFilter(ChoiceFilter):
    title = gettext_lazy("État")
    parameter_name = field = "state"
    choices_of = STATES.items()


class PlanFilter(ChoiceFilter):
    title = gettext_lazy("Formule")
    parameter_name = field = "plan"
    choices_of = [(plan.key.value, plan.name) for plan in PLANS.values()]


class DealFilter(ChoiceFilter):
    title = gettext_lazy("Abonnement")
    parameter_name = "abonnement"
    field = "deal"
    choices_of = AccountState.choices


class KindFilter(ChoiceFilter):
    title = gettext_lazy("Sorte")
    parameter_name = "sorte"
    choices_of = [
        ("merchant", gettext_lazy("Commerçant")),
        ("partner", gettext_lazy("Partenaire invité")),
    ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        kinds = {"merchant": False, "partner": True}
        value = self.value()
        return queryset.filter(partner_only=kinds[value]) if value in kinds else queryset


class HealthFilter(ChoiceFilter):
    title = gettext_lazy("Santé")
    parameter_name = "sante"
    choices_of = [("watch", gettext_lazy("À surveiller"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "watch":
            return queryset
        return queryset.filter(id__in=unwell(now=timezone.now()))


class MerchantList(ChangeList):
    """Asks the schemas of one page's merchants, and of no others."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        found = health(rows, now=timezone.now())
        for row in rows:
            row.health = found[row.id]
        self.result_list = rows


class MerchantAdmin(ReadOnlyAdmin):
    list_display = ["who", "shown_state", "shown_plan", "shown_health", "orders", "size", "since"]
    list_filter = [StateFilter, PlanFilter, DealFilter, KindFilter, HealthFilter]
    search_fields = ["name", "slug", "domains__domain", "schema_name"]
    search_help_text = gettext_lazy("Nom, adresse ou schéma")
    ordering = ["-created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Merchant]:
        account = Account.objects.filter(tenant_id=OuterRef("id"))
        return Merchant.objects.annotate(
            plan=Subquery(account.values("plan")[:1]), deal=Subquery(account.values("state")[:1])
        )

    def get_changelist(self, request: HttpRequest, **_: Any) -> type[ChangeList]:
        return MerchantList

    def change_view(self, request: HttpRequest, object_id: str, *_: Any, **__: Any) -> HttpResponse:
        """A merchant has a page of its own."""
        return HttpResponseRedirect(reverse("admin:merchant", args=[object_id]))

    @display(description=gettext_lazy("Commerçant"), ordering="name")
    def who(self, row: Any) -> Any:
        return link_to(row)

    @display(description=gettext_lazy("État"), ordering="state")
    def shown_state(self, row: Any) -> Any:
        return label(STATES[row.state], TONES[row.state])

    @display(description=gettext_lazy("Formule"), ordering="plan")
    def shown_plan(self, row: Any) -> str:
        if not row.plan:
            return _("Sans compte")
        name = next((plan.name for plan in PLANS.values() if plan.key == row.plan), row.plan)
        return f"{name} · {AccountState(row.deal).label}"

    @display(description=gettext_lazy("Santé"))
    def shown_health(self, row: Any) -> Any:
        found: Health = row.health
        return health_words(found)

    @display(description=gettext_lazy("Dernière commande"))
    def orders(self, row: Any) -> str:
        at = row.health.last_order_at
        return formats.ago(at, now=timezone.now()) if at else "—"

    @display(description=gettext_lazy("Taille"))
    def size(self, row: Any) -> str:
        return bytes_of(row.health.size)

    @display(description=gettext_lazy("Depuis"), ordering="created_at")
    def since(self, row: Any) -> str:
        return formats.day(row.created_at)
