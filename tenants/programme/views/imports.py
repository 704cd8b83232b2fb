"""Customers from a file: choose it, name its columns, try it out, take it in, take it back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from kernel.ids import public_id
from shell import formats
from shell.forms import answer
from tenants.profiles.importing import matching, opening, problems, services, storing
from tenants.profiles.importing.errors import MOST_BYTES, FileTooLargeError, UnknownImportError
from tenants.profiles.importing.fields import PURCHASES
from tenants.profiles.models import CustomerImport, ImportState, RowAction
from tenants.programme import customer_files
from tenants.programme.forms_imports import EncodingForm, FileForm, MappingForm, TakeInForm
from tenants.programme.views import import_words
from tenants.programme.views.common import author, confirm, number_or_404, put_error
from tenants.programme.views.jobs import job_url

_RECENT = 5
_SAMPLES = 20
_SHOWN = 50
_BUSY = (ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def imports(request: HttpRequest) -> HttpResponse:
    """Choose a file; the ones before stand below."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if getattr(request, "upload_too_large", False):
            form.errors["file"] = form.error_class([str(FileTooLargeError())])
        elif form.is_valid():
            made = _upload(request, form)
            if made is not None:
                return redirect(_url(made))
    recent = CustomerImport.objects.order_by("-created_at")[:_RECENT]
    rows = [(row, _url(row), _LOOKS[services.resume_point(row)]) for row in recent]
    context = {"recent": rows, "back": reverse("programme:customers")}
    return answer(request, "programme/imports.html", context, form)


def _upload(request: HttpRequest, form: FileForm) -> CustomerImport | None:
    file = form.cleaned_data["file"]
    try:
        if file.size > MOST_BYTES:
            raise FileTooLargeError
        return services.upload(
            key=form.cleaned_data["key"],
            file_name=file.name,
            data=file.read(),
            offered=customer_files.offered(),
            author_id=author(request),
            now=timezone.now(),
        )
    except RicochetError as error:
        error.param = "file"
        put_error(form, error)
        return None


_LOOKS = {
    ImportState.UPLOADED: "draft",
    ImportState.CHECKING: "running",
    ImportState.CHECKED: "to_check",
    ImportState.APPLYING: "running",
    ImportState.APPLIED: "done",
    ImportState.UNDOING: "running",
    ImportState.UNDONE: "cancelled",
}


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def customer_import(request: HttpRequest, customer_import: str) -> HttpResponse:
    """One file, where it stands: its columns, what it would do, or what it did."""
    found = import_or_404(customer_import)
    state = services.resume_point(found)
    if state in _BUSY and not services.is_stopped(found) and found.job_id is not None:
        return redirect(reverse("programme:job", args=[_job_id(found)]))
    renaming = "colonnes" in request.GET and state == ImportState.CHECKED
    if state == ImportState.UPLOADED or renaming:
        return _columns(request, found)
    return _outcome(request, found, state)


def _columns(request: HttpRequest, found: CustomerImport) -> HttpResponse:
    samples = _samples(found)
    if not samples:
        return _forgotten(request)
    form = MappingForm(
        request.POST or None,
        headers=found.headers,
        samples=samples,
        offered=customer_files.offered(),
        initial=_answers(found),
    )
    if request.method == "POST" and form.is_valid():
        try:
            job = customer_files.start_check(
                import_id=found.id,
                mapping=form.mapping(),
                bought=form.cleaned_data["bought"] == "yes",
                author_id=author(request),
                now=timezone.now(),
            )
        except RicochetError as error:
            put_error(form, error)
        else:
            return redirect(job_url(job))
    context = {
        "import": found,
        "encoding": EncodingForm(initial={"encoding": found.encoding}),
        "damaged": any("\ufffd" in cell or "Ã©" in cell for line in samples for cell in line),
        "back": reverse("programme:imports"),
    }
    return answer(request, "programme/import_columns.html", context, form)


def _answers(found: CustomerImport) -> dict[str, str]:
    """What the page proposes: the columns as they are guessed, and what they tell of purchases."""
    answers = {f"column_{number}": key for number, key in found.mapping.items()}
    if found.bought:
        answers["bought"] = "yes"
    elif found.state != ImportState.UPLOADED or set(found.mapping.values()) & set(PURCHASES):
        answers["bought"] = "no"
    return answers


def _outcome(request: HttpRequest, found: CustomerImport, state: ImportState) -> HttpResponse:
    lines = found.lines.filter(action=RowAction.REJECTED).order_by("line")
    page = Paginator(lines, _SHOWN).get_page(request.GET.get("page"))
    cells = storing.cells_of(found, lines=[row.line for row in page])
    rejected = [
        (
            row.line,
            problems.named(cells.get(row.line, []), found.mapping) or row.email_key or "",
            problems.explain(row.problems or [], found.headers, cells.get(row.line, [])),
        )
        for row in page
    ]
    changing = found.counts.get("new", 0) + found.counts.get("updated", 0)
    buyers = matching.buyers(found) if state == ImportState.CHECKED else None
    now = timezone.now()
    taken = found.lines.filter(done=True).count()
    context = {
        "import": found,
        "state": state,
        "look": _LOOKS[state],
        "rejected": rejected,
        "page": page,
        "form": TakeInForm(),
        "can_take": changing,
        "units": import_words.units(found.counts),
        "buyers": buyers,
        "prospects": changing - buyers if buyers is not None else None,
        "told": import_words.told(found, state),
        "stopped": state in _BUSY,
        "taken": taken,
        "can_undo": taken and services.may_undo(found, now=now),
        "undo_until": found.applied_at and found.applied_at + services.UNDONE_WITHIN,
        "back": reverse("programme:imports"),
    }
    return render(request, "programme/import.html", context)


@require_POST
@member_required(role=Role.MANAGER)
def read_as(request: HttpRequest, customer_import: str) -> HttpResponse:
    """Read the text in another encoding."""
    found = import_or_404(customer_import)
    form = EncodingForm(request.POST)
    if form.is_valid():
        try:
            services.read_as(
                import_id=found.id,
                encoding=form.cleaned_data["encoding"],
                offered=customer_files.offered(),
            )
        except RicochetError as error:
            messages.error(request, str(error))
    return redirect(_url(found))


@require_POST
@member_required(role=Role.MANAGER)
def take_in(request: HttpRequest, customer_import: str) -> HttpResponse:
    """Take the lines in, as chosen."""
    found = import_or_404(customer_import)
    try:
        job = customer_files.start_import(
            import_id=found.id,
            whole=request.POST.get("whole") == "all",
            author_id=author(request),
            now=timezone.now(),
        )
    except RicochetError as error:
        messages.error(request, str(error))
        return redirect(_url(found))
    return redirect(job_url(job))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def undo(request: HttpRequest, customer_import: str) -> HttpResponse:
    """Take an import back, after a question with its numbers (B8)."""
    found = import_or_404(customer_import)
    if request.method != "POST":
        taken = found.lines.filter(done=True)
        words = {
            "new": formats.number(taken.filter(action=RowAction.NEW).count()),
            "updated": formats.number(taken.filter(action=RowAction.UPDATE).count()),
        }
        return confirm(
            request,
            title=_("Annuler cet import ?"),
            text=_(
                "Fiches ajoutées, à retirer : %(new)s. Fiches modifiées, à remettre"
                " comme avant : %(updated)s. Celles qui ont changé depuis, ou qui ont"
                " une commande, restent."
            )
            % words,
            act=_("Annuler l’import"),
            back=_url(found),
            busy=_("Annulation"),
        )
    try:
        job = customer_files.start_undo(
            import_id=found.id, author_id=author(request), now=timezone.now()
        )
    except RicochetError as error:
        messages.error(request, str(error))
        return redirect(_url(found))
    return redirect(job_url(job))


@require_POST
@member_required(role=Role.MANAGER)
def discard(request: HttpRequest, customer_import: str) -> HttpResponse:
    """Throw away a file that was not taken in."""
    found = import_or_404(customer_import)
    try:
        services.discard(import_id=found.id)
    except RicochetError as error:
        messages.error(request, str(error))
        return redirect(_url(found))
    messages.success(request, _("Fichier %(name)s jeté") % {"name": found.file_name})
    return redirect(reverse("programme:imports"))


def _samples(found: CustomerImport) -> list[list[str]]:
    """The first lines; none once the file is forgotten."""
    data = storing.read_file(found)
    if not data:
        return []
    source = opening.lines(
        data, kind=found.kind, encoding=found.encoding, delimiter=found.delimiter
    )
    next(source, None)
    return [cells for (_number, cells), _n in zip(source, range(_SAMPLES), strict=False)]


def _forgotten(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("Ce fichier a été effacé au bout de 7 jours. Envoyez-le à nouveau."))
    return redirect(reverse("programme:imports"))


def _url(found: CustomerImport) -> str:
    return reverse("programme:import", args=[found.public_id])


def _job_id(found: CustomerImport) -> str:
    return public_id("job", found.job_id) if found.job_id else ""


def import_or_404(outside_id: str) -> CustomerImport:
    """The import that an address names (R23)."""
    try:
        return services.get(import_id=number_or_404("imp", outside_id))
    except UnknownImportError:
        raise Http404 from None
