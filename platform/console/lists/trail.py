"""Who logs in, and what operators did."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.admin import display
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from console.lists.base import ChoiceFilter, ReadOnlyAdmin, named
from console.models import Act, Person
from console.words import label
from shell import formats


class StaffFilter(ChoiceFilter):
    title = gettext_lazy("Console")
    parameter_name = "console"
    choices_of = [("yes", gettext_lazy("Peut l’ouvrir"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(is_staff=True) if self.value() == "yes" else queryset


class PersonAdmin(ReadOnlyAdmin):
    """People who log in: teams of merchants and operators, never customers."""

    list_display = ["who", "address", "teams", "second_factor", "rights", "since"]
    list_filter = [StaffFilter]
    search_fields = ["email", "first_name", "last_name"]
    search_help_text = gettext_lazy("Nom ou adresse e-mail")
    ordering = ["-created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        codes = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
        return Person.objects.defer("password").annotate(
            team_count=Count("memberships"), has_code=Exists(codes)
        )

    @display(description=gettext_lazy("Personne"), ordering="last_name")
    def who(self, row: Any) -> str:
        return str(row.name)

    @display(description=gettext_lazy("E-mail"), ordering="email")
    def address(self, row: Any) -> str:
        return str(row.email)

    @display(description=gettext_lazy("Équipes"), ordering="team_count")
    def teams(self, row: Any) -> str:
        return formats.number(row.team_count)

    @display(description=gettext_lazy("Second facteur"))
    def second_factor(self, row: Any) -> Any:
        return label(_("Actif"), "success") if row.has_code else "—"

    @display(description=gettext_lazy("Console"))
    def rights(self, row: Any) -> Any:
        if not row.is_active:
            return label(_("Désactivé"), "danger")
        return label(_("Peut l’ouvrir"), "info") if row.is_staff else "—"

    @display(description=gettext_lazy("Depuis"), ordering="created_at")
    def since(self, row: Any) -> str:
        return formats.day(row.created_at)


class ActFilter(ChoiceFilter):
    title = gettext_lazy("Intervention")
    parameter_name = field = "act"
    choices_of = Act.choices


class EntryAdmin(ReadOnlyAdmin):
    list_display = ["when", "what", "who", "merchant", "why", "shown_about"]
    list_filter = [ActFilter]
    search_fields = ["operator_name", "tenant_name", "reason", "about"]
    search_help_text = gettext_lazy("Personne, commerçant ou raison")
    ordering = ["-at", "-id"]

    def get_changelist(self, request: HttpRequest, **_kwargs: Any) -> type[ChangeList]:
        return named(lambda row: row.tenant_id)

    @display(description=gettext_lazy("Quand"), ordering="at")
    def when(self, row: Any) -> str:
        return formats.moment(timezone.localtime(row.at))

    @display(description=gettext_lazy("Intervention"), ordering="act")
    def what(self, row: Any) -> str:
        return str(Act(row.act).label)

    @display(description=pgettext_lazy("intervention", "Par"), ordering="operator_name")
    def who(self, row: Any) -> str:
        return row.operator_name or _("Ligne de commande")

    @display(description=gettext_lazy("Commerçant"), ordering="tenant_name")
    def merchant(self, row: Any) -> Any:
        return row.names.link(row.tenant_id, row.tenant_name or "—")

    @display(description=gettext_lazy("Raison"))
    def why(self, row: Any) -> str:
        return row.reason or "—"

    @display(description=gettext_lazy("À propos de"))
    def shown_about(self, row: Any) -> str:
        return row.about_words or "—"
