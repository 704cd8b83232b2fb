"""The people of whom something came: found, corrected, given their data, erased (GDPR)."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import has_role, member_required
from accounts.models import Role
from kernel.errors import RicochetError
from operations.received import people as services
from operations.received.forms import CorrectForm
from operations.received.people import Person
from operations.received.views.common import page_of
from shell import formats
from shell.forms import answer
from shell.tables import Column, Empty, ListPage, View
from tenants.profiles.selectors import present


def _name(row: Any) -> str:
    return Person(row, present(row.profile) if row.profile is not None else None).name


def _detail(row: Any) -> str:
    profile = present(row.profile) if row.profile is not None else None
    source = profile.email if profile is not None else row.fields.get("email")
    return "" if source == _name(row) else str(source or "")


class PeoplePage(ListPage):
    label = gettext_lazy("Personnes")
    nouns = (gettext_lazy("personne"), gettext_lazy("personnes"))
    search_label = gettext_lazy("Nom, e-mail ou téléphone")
    default_sort = "-date"
    export_name = "personnes"
    empty = Empty(
        gettext_lazy("Personne pour l’instant"),
        gettext_lazy("Qui coche votre case dans une opération se retrouve ici."),
    )
    views = (
        View("toutes", gettext_lazy("Toutes")),
        View(
            "retirees",
            gettext_lazy("À retirer de vos listes"),
            lambda rows: rows.filter(pk__in=services.people_without_yes().values("pk")),
        ),
    )
    columns = (
        Column(
            "name", gettext_lazy("Personne"), kind="person", main=True, value=_name, detail=_detail
        ),
        Column("operation", gettext_lazy("Dernière opération"), value="operation.name"),
        Column("major", gettext_lazy("Marque"), value="operation.major_name", phone=False),
        Column(
            "date", gettext_lazy("Reçu le"), kind="date", value="received_at", sort="received_at"
        ),
        Column("ended", gettext_lazy("Accord retiré"), kind="moment", value="ended_at"),
    )

    def queryset(self) -> QuerySet[Any]:
        return services.people()

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return services.matching(rows, text=query)

    def row_url(self, row: Any) -> str:
        return reverse("operations:received_person", args=[row.public_id])


@require_safe
@member_required()
def people(request: HttpRequest) -> HttpResponseBase:
    """Everybody of whom something came, in whatever operation."""
    context = {"left": services.people_without_yes().exists()}
    return PeoplePage(request).respond("operations/received/people.html", context)


def _person_or_404(public_id: str) -> Person:
    try:
        return services.person(public_id=public_id)
    except services.UnknownPersonError as error:
        raise Http404 from error


def _frame(request: HttpRequest, found: Person) -> dict[str, Any]:
    record = found.profile
    return {
        "found": found,
        "may_correct": has_role(request, Role.MANAGER),
        "may_erase": has_role(request, Role.OWNER),
        # A merchant has the whole record of somebody who is a customer, too.
        "record_url": page_of("programme:customer", record.public_id) if record else "",
        "back": reverse("operations:received_person", args=[found.public_id]),
    }


@require_safe
@member_required()
def one(request: HttpRequest, person: str) -> HttpResponse:
    """What is known of one person, and by which yes."""
    found = _person_or_404(person)
    language = translation.get_language() or "fr"
    known = services.answers(found, language=language)
    context = _frame(request, found) | {"answers": [pair for pair in known.values() if pair[1]]}
    return render(request, "operations/received/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def correct(request: HttpRequest, person: str) -> HttpResponse:
    """Put right what is known, at the person's word."""
    found = _person_or_404(person)
    form = CorrectForm(
        request.POST if request.method == "POST" else None,
        answers=services.answers(found, language=translation.get_language() or "fr"),
        has_record=found.profile is not None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            found = services.correct(public_id=person, values=form.cleaned_data)
        except RicochetError as error:
            form.add_error(error.param if error.param in form.fields else None, error.said)
        else:
            messages.success(request, _said(_("Données de %(name)s corrigées"), found))
            return redirect("operations:received_person", found.public_id)
    return answer(request, "operations/received/person_form.html", _frame(request, found), form)


@require_safe
@member_required(role=Role.OWNER)
def data_file(request: HttpRequest, person: str) -> HttpResponse:
    """A zip of all that is known of somebody here, for them."""
    found, now = _person_or_404(person), timezone.now()
    response = HttpResponse(services.file_of(found, now=now), content_type="application/zip")
    name = f"{found.public_id}-{timezone.localdate().isoformat()}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.OWNER)
def erase(request: HttpRequest, person: str) -> HttpResponse:
    """Forget somebody, after a question and the word typed (B8)."""
    if request.method == "POST" and services.is_forgotten(public_id=person):
        return redirect("operations:received_people")  # pressed twice
    found = _person_or_404(person)
    typed, expected = request.POST.get("confirm", "").strip(), _("effacer")
    wrong = request.method == "POST" and typed.casefold() != expected
    if request.method == "POST" and not wrong:
        user_id = request.membership.user.pk  # type: ignore[attr-defined]
        services.erase(public_id=person, author_id=user_id, now=timezone.now())
        messages.success(request, _("Données personnelles effacées"))
        return redirect("operations:received_people")
    context = _frame(request, found) | {"expected": expected, "wrong": wrong, "typed": typed}
    status = 422 if wrong else 200
    return render(request, "operations/received/person_erase.html", context, status=status)


def _said(words: str, found: Person) -> str:
    return formats.elided(words % {"name": found.name}, found.name)
