"""Subscriptions, invoices, Stripe's events, grants and partnerships, as they stand."""

from typing import Any

from django.contrib.admin import display
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from billing.models import AccountState, EventState, InvoiceState
from billing.plans import PLANS, Allowed, Limit
from console.lists.base import ChoiceFilter, ReadOnlyAdmin, named
from console.words import label
from partnerships.models import State
from shell import formats

_DEAL_TONES = {
    AccountState.FREE: "",
    AccountState.TRIALING: "info",
    AccountState.ACTIVE: "success",
    AccountState.PAST_DUE: "warning",
    AccountState.FROZEN: "danger",
    AccountState.CANCELED: "",
}
BILL_TONES = {"paid": "success", "open": "warning", "uncollectible": "danger"}
_INTERVALS = {"month": gettext_lazy("mensuel"), "year": gettext_lazy("annuel")}
_PLAN_NAMES = {plan.key.value: plan.name for plan in PLANS.values()}


class OfTenant(ReadOnlyAdmin):
    """A list whose rows name a merchant by `tenant_id`."""

    def get_changelist(self, request: HttpRequest, **_kwargs: Any) -> type[ChangeList]:
        return named(lambda row: row.tenant_id)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """By the merchant's name or address: the rows themselves name nobody."""
        from tenants.models import Tenant

        found, distinct = super().get_search_results(request, queryset, search_term)
        if search_term:
            ids = Tenant.objects.filter(name__icontains=search_term).values("id")
            slugs = Tenant.objects.filter(slug__icontains=search_term).values("id")
            found = (
                found | queryset.filter(tenant_id__in=ids) | queryset.filter(tenant_id__in=slugs)
            )
        return found, distinct

    @display(description=gettext_lazy("Commerçant"))
    def who(self, row: Any) -> Any:
        return row.names.link(row.tenant_id, _("Supprimé"))


class PlanFilter(ChoiceFilter):
    title = gettext_lazy("Formule")
    parameter_name = field = "plan"
    choices_of = _PLAN_NAMES.items()


class DealStateFilter(ChoiceFilter):
    title = gettext_lazy("État")
    parameter_name = field = "state"
    choices_of = AccountState.choices


class DealAdmin(OfTenant):
    list_display = ["who", "shown_plan", "shown_state", "trial", "period", "next", "customer"]
    list_filter = [PlanFilter, DealStateFilter]
    search_fields = ["stripe_customer_id", "stripe_subscription_id"]
    search_help_text = gettext_lazy("Commerçant ou client Stripe")
    ordering = ["-created_at"]

    @display(description=gettext_lazy("Formule"), ordering="plan")
    def shown_plan(self, row: Any) -> str:
        name, interval = _PLAN_NAMES.get(row.plan, row.plan), _INTERVALS.get(row.interval)
        return f"{name} · {interval}" if interval else str(name)

    @display(description=gettext_lazy("État"), ordering="state")
    def shown_state(self, row: Any) -> Any:
        state = AccountState(row.state)
        return label(state.label, _DEAL_TONES[state])

    @display(description=gettext_lazy("Fin de l’essai"), ordering="trial_ends_at")
    def trial(self, row: Any) -> str:
        return _day(row.trial_ends_at)

    @display(description=gettext_lazy("Fin de la période"), ordering="period_ends_at")
    def period(self, row: Any) -> str:
        return _day(row.period_ends_at)

    @display(description=gettext_lazy("Ensuite"))
    def next(self, row: Any) -> str:
        if row.cancel_at:
            return _("Fin le %(day)s") % {"day": formats.day(row.cancel_at)}
        if row.next_plan:
            return str(_PLAN_NAMES.get(row.next_plan, row.next_plan))
        return "—"

    @display(description=gettext_lazy("Client Stripe"))
    def customer(self, row: Any) -> str:
        return row.stripe_customer_id or "—"


class BillStateFilter(ChoiceFilter):
    title = gettext_lazy("État")
    parameter_name = field = "state"
    choices_of = InvoiceState.choices


class BillAdmin(OfTenant):
    list_display = ["who", "shown_number", "shown_state", "amount", "paid", "at"]
    list_filter = [BillStateFilter]
    search_fields = ["number", "stripe_id"]
    search_help_text = gettext_lazy("Commerçant ou numéro")
    ordering = ["-created_at"]

    @display(description=gettext_lazy("Numéro"), ordering="number")
    def shown_number(self, row: Any) -> str:
        return str(row.number or row.stripe_id)

    @display(description=gettext_lazy("État"), ordering="state")
    def shown_state(self, row: Any) -> Any:
        return label(InvoiceState(row.state).label, BILL_TONES.get(row.state, ""))

    @display(description=gettext_lazy("Total TTC"), ordering="total")
    def amount(self, row: Any) -> str:
        return formats.money(row.total, row.currency.upper())

    @display(description=gettext_lazy("Payé"), ordering="amount_paid")
    def paid(self, row: Any) -> str:
        return formats.money(row.amount_paid, row.currency.upper())

    @display(description=gettext_lazy("Émise le"), ordering="created_at")
    def at(self, row: Any) -> str:
        return _day(row.created_at)


class ToldStateFilter(ChoiceFilter):
    title = gettext_lazy("État")
    parameter_name = field = "state"
    choices_of = [
        (EventState.WAITING, gettext_lazy("En attente")),
        (EventState.HANDLED, gettext_lazy("Traité")),
        (EventState.IGNORED, gettext_lazy("Ignoré")),
    ]


class ToldAdmin(ReadOnlyAdmin):
    list_display = ["name", "shown_type", "shown_state", "came", "handled"]
    list_filter = [ToldStateFilter]
    search_fields = ["id", "type", "customer_id", "subscription_id"]
    search_help_text = gettext_lazy("Événement, sorte ou client Stripe")
    ordering = ["-received_at"]

    @display(description=gettext_lazy("Événement"))
    def name(self, row: Any) -> str:
        return str(row.id)

    @display(description=gettext_lazy("Sorte"), ordering="type")
    def shown_type(self, row: Any) -> str:
        return str(row.type)

    @display(description=gettext_lazy("État"), ordering="state")
    def shown_state(self, row: Any) -> Any:
        words = dict(ToldStateFilter.choices_of)
        tones = {EventState.WAITING: "warning", EventState.HANDLED: "success"}
        return label(words[row.state], tones.get(row.state, ""))

    @display(description=gettext_lazy("Reçu"), ordering="received_at")
    def came(self, row: Any) -> str:
        return formats.moment(row.received_at)

    @display(description=gettext_lazy("Traité"), ordering="handled_at")
    def handled(self, row: Any) -> str:
        return formats.moment(row.handled_at) if row.handled_at else "—"


class GivenAdmin(OfTenant):
    list_display = ["who", "what", "shown_reason", "shown_state", "begins", "ends"]
    search_fields = ["reason"]
    search_help_text = gettext_lazy("Commerçant ou raison")
    ordering = ["-created_at"]

    @display(description=gettext_lazy("Octroi"))
    def what(self, row: Any) -> str:
        return grant_words(row)

    @display(description=gettext_lazy("Raison"))
    def shown_reason(self, row: Any) -> str:
        return str(row.reason)

    @display(description=gettext_lazy("État"))
    def shown_state(self, row: Any) -> Any:
        if row.withdrawn_at:
            return label(pgettext("octroi", "Retiré"))
        over = row.ends_at is not None and row.ends_at <= timezone.now()
        return label(_("Terminé")) if over else label(_("En vigueur"), "success")

    @display(description=gettext_lazy("Du"), ordering="starts_at")
    def begins(self, row: Any) -> str:
        return _day(row.starts_at)

    @display(description=gettext_lazy("Au"), ordering="ends_at")
    def ends(self, row: Any) -> str:
        return _day(row.ends_at)


def grant_words(row: Any) -> str:
    """`Parrainage`, or `Clients : 20 000`."""
    if row.feature:
        return str(Allowed(row.feature).label)
    value = _("sans limite") if row.value is None else formats.number(row.value)
    return formats.labelled(Limit(row.limit).label, value)


class PairStateFilter(ChoiceFilter):
    title = gettext_lazy("État")
    parameter_name = field = "state"
    choices_of = State.choices


class PairAdmin(ReadOnlyAdmin):
    list_display = ["major_name", "minor_name", "shown_state", "began", "over"]
    list_filter = [PairStateFilter]
    search_fields = ["major__name", "major__slug", "minor__name", "minor__slug"]
    search_help_text = gettext_lazy("Organisateur ou partenaire")
    ordering = ["-created_at"]

    def get_changelist(self, request: HttpRequest, **_kwargs: Any) -> type[ChangeList]:
        return named(lambda row: row.major_id, lambda row: row.minor_id)

    @display(description=gettext_lazy("Organisateur"))
    def major_name(self, row: Any) -> Any:
        return row.names.link(row.major_id)

    @display(description=gettext_lazy("Partenaire"))
    def minor_name(self, row: Any) -> Any:
        return row.names.link(row.minor_id)

    @display(description=gettext_lazy("État"), ordering="state")
    def shown_state(self, row: Any) -> Any:
        tones = {State.ACTIVE: "success", State.PROPOSED: "info", State.MAKING: "info"}
        return label(State(row.state).label, tones.get(State(row.state), ""))

    @display(description=gettext_lazy("Demandé le"), ordering="created_at")
    def began(self, row: Any) -> str:
        return _day(row.created_at)

    @display(description=gettext_lazy("Fini le"), ordering="ended_at")
    def over(self, row: Any) -> str:
        return _day(row.ended_at)


def _day(value: Any) -> str:
    return formats.day(value) if value else "—"
