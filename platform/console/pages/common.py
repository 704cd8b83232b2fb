"""What the console's own pages share: the frame, the operator, the answer to a refusal."""

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from kernel.errors import RicochetError


def page(
    request: HttpRequest,
    name: str,
    /,
    *,
    title: str | Promise,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Render `console/<name>.html` within the admin's frame."""
    from console.site import site

    frame = {**site.each_context(request), "title": title, **context}
    return render(request, f"console/{name}.html", frame, status=status)


def pointed(request: HttpRequest, form: BaseForm) -> None:
    """Say above the page that a form of it was refused, and lead to its first wrong field."""
    messages.error(request, _("Rien n’a été changé : corrigez ce qui est signalé plus bas."))
    wrong = next((name for name in form.errors if name in form.fields), None)
    if wrong is not None:
        form.fields[wrong].widget.attrs["autofocus"] = True


def operator(request: HttpRequest) -> User:
    """The operator, whom the middleware has let in."""
    user: User = request.operator  # type: ignore[attr-defined]
    return user


def refuse(request: HttpRequest, error: RicochetError) -> None:
    """Say on the next page what could not be done, and why."""
    messages.error(request, str(error.said or error))
