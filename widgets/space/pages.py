"""What the views of the space share: who is there, in which language, and how a page is shown."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache

from tenants.features import Asked, is_on
from tenants.models import Tenant
from widgets.models import SpaceSession
from widgets.space import sessions

View = Callable[..., HttpResponse]


def public_page(view: View) -> View:
    """A page of the space for whoever comes, in the merchant's time zone."""
    return _page(view, needs_session=False)


def customer_page(view: View) -> View:
    """A page for whoever has opened their space; others are led to its door.

    `request.space_session` is the open session; the page is in its person's language.
    """
    return _page(view, needs_session=True)


def of_module(asked: Asked) -> Callable[[View], View]:
    """A page of a module: where it is off, a 404 that leads back to the cagnotte (OF-07).

    Stands below `public_page` or `customer_page`, so that it is in the customer's language.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not is_on(asked, tenant=tenant_of(request)):
                return show(request, "off", {"module_off": asked}, status=404)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def session_in(request: HttpRequest) -> SpaceSession | None:
    """The open session of this browser, or None."""
    found: SpaceSession | None = getattr(request, "space_session", None)
    return found


def own_session(request: HttpRequest) -> SpaceSession:
    """The session of a `customer_page`, which has one."""
    session: SpaceSession = request.space_session  # type: ignore[attr-defined]
    return session


def tenant_of(request: HttpRequest) -> Tenant:
    tenant: Tenant = request.tenant  # type: ignore[attr-defined]
    return tenant


def show(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render one of `templates/space/`."""
    return render(request, f"space/{template}.html", context, status=status)


def to_space(*, done: str = "", at: str = "") -> HttpResponse:
    """Back to the space, where `done` names the sentence that says what happened."""
    target = reverse("widgets:space") + (f"?fait={done}" if done else "")
    return HttpResponseRedirect(target + (f"#{at}" if at else ""))


def _page(view: View, *, needs_session: bool) -> View:
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        now = timezone.now()
        session = sessions.session_of(token=sessions.token_in(request), now=now)
        if session is None and needs_session:
            return HttpResponseRedirect(reverse("widgets:space"))
        request.space_session = session  # type: ignore[attr-defined]
        language = _language(session)
        with translation.override(language):
            return view(request, *args, **kwargs)

    return guarded


def _language(session: SpaceSession | None) -> str | None:
    chosen = session.profile.language if session is not None else ""
    return chosen if chosen in dict(settings.LANGUAGES) else translation.get_language()
