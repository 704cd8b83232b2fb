"""Keeps a visit to reading: by the method, by the page, and by the database itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import InternalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from psycopg.errors import ReadOnlySqlTransaction

from accounts.models import Membership, Role, User
from console.models import Visit
from console.visits import services
from shell import errors

VISIT_KEY = "visit"
END = "visits:end"
_COOKIE = settings.SESSION_COOKIE_NAME
_READING = ("GET", "HEAD", "OPTIONS")
# Pages of a person's own: a visitor has none here.
_PERSONS = frozenset(
    {
        "accounts:profile",
        "accounts:password",
        "accounts:end_other_sessions",
        "accounts:two_factor_on",
        "accounts:two_factor_off",
        "accounts:new_codes",
    }
)
_ONLY_READING = errors.Words(
    _("Cette consultation est en lecture seule"),
    _("Vous regardez ce back-office depuis la console : rien ne peut y être changé ni emporté."),
    _("Revenez à la page précédente. Le commerçant peut faire lui-même ce qui est demandé."),
)
_OVER = errors.Words(
    _("Cette consultation est terminée"),
    _("Une consultation dure trente minutes au plus, et moins si on y met fin."),
    _("Repartez de la console, avec une raison, pour en ouvrir une autre."),
)


class VisitMiddleware:
    """Lets a visitor in as somebody who may look: `request.visit`, and a viewer's membership.

    The stand-in is no row: no page can write in an operator's name, and none finds the other
    merchants of a person. Every page runs in a transaction that the database keeps to reading.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Asked only of who has a session: programs and shoppers cost nothing here.
        known = request.session.get(VISIT_KEY) if _COOKIE in request.COOKIES else None
        if not known:
            return self.get_response(request)
        tenant = request.tenant  # type: ignore[attr-defined]
        visit = services.current(visit_id=known, tenant_id=tenant.id, now=timezone.now())
        if visit is None:
            request.session.flush()
            request.user = AnonymousUser()
            return errors.page(request, 410, words=_OVER, code="visit_over")
        _stand_in(request, visit)
        if request.method not in _READING:
            # `process_view` lets one thing through: that the visit ends.
            return self.get_response(request)
        with _reading_only():
            response = self.get_response(request)
        if response.streaming or "attachment" in response.get("Content-Disposition", ""):
            # A page is looked at; a file would be carried away.
            return refusal(request)
        response["Cache-Control"] = "no-store, private"
        return response

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        if getattr(request, "visit", None) is None:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name == END:
            return None
        if request.method not in _READING or name in _PERSONS:
            return refusal(request)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page that writes although it is only opened: the database did not let it."""
        cause = exception.__cause__
        reading = isinstance(exception, InternalError) and isinstance(cause, ReadOnlySqlTransaction)
        return refusal(request) if reading else None


def refusal(request: HttpRequest) -> HttpResponse:
    """403: nothing can be changed by who only looks."""
    return errors.page(request, 403, words=_ONLY_READING, code="read_only_visit")


def _stand_in(request: HttpRequest, visit: Visit) -> None:
    person = User(email="", first_name="Ricochet", last_name="", language=_language(visit))
    request.user = person
    request.read_only = True  # type: ignore[attr-defined]
    translation.activate(person.language)
    request.LANGUAGE_CODE = translation.get_language()
    request.visit = visit  # type: ignore[attr-defined]
    request.membership = Membership(  # type: ignore[attr-defined]
        user=person, tenant_id=visit.tenant_id, role=Role.VIEWER
    )


def _language(visit: Visit) -> str:
    found = User.objects.filter(id=visit.operator_id).values_list("language", flat=True).first()
    return found or "fr"


@contextmanager
def _reading_only() -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield
