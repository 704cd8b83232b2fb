"""The rejected lines of a file of customers, as a file to mend."""

import csv
import io
from collections.abc import Iterator

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import member_required
from accounts.models import Role
from shell.table_export import guarded
from tenants.profiles.importing import problems, steps, storing
from tenants.profiles.models import CustomerImport
from tenants.programme.views.imports import import_or_404


@require_safe
@member_required(role=Role.MANAGER)
def rejected(request: HttpRequest, customer_import: str) -> HttpResponseBase:
    """The rejected lines as they came, with why, ready to be mended and sent again."""
    found = import_or_404(customer_import)
    response = StreamingHttpResponse(_rejected(found), content_type="text/csv; charset=utf-8")
    name = f"lignes-refusees-{timezone.localdate().isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _rejected(found: CustomerImport) -> Iterator[str]:
    why = steps.rejected_lines(found)
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    yield "\ufeff"
    writer.writerow([*map(guarded, found.headers), _("Ligne"), _("Pourquoi")])
    for number, cells in storing.read_lines(found):
        if number in why:
            whole = (cells + [""] * len(found.headers))[: len(found.headers)]
            reason = problems.explain(why[number], found.headers)
            writer.writerow([*map(guarded, whole), number, reason])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
