"""Error pages in the house's look: what happened, what to do, and the request's id.

They are rendered without context processors, session or user, so that they also work while the
database is down. `config.urls_*` name the handlers; `ErrorPagesMiddleware` turns the house's own
errors, and answers that Django leaves empty (405, 429), into pages.
"""

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils import translation
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from kernel.errors import RicochetError
from shell.context import THEME_COOKIE, THEMES

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Words:
    """Title, what happened, and what to do."""

    title: str | Promise
    text: str | Promise
    advice: str | Promise = ""


_TEXTS: dict[int, Words] = {
    400: Words(
        _("Cette demande n’est pas lisible"),
        _("L’adresse ou les données envoyées sont incomplètes."),
        _("Revenez à la page précédente et recommencez."),
    ),
    402: Words(
        _("Votre formule ne le permet pas"),
        _("Rien n’a été changé."),
        _("Un propriétaire de la marque peut changer de formule dans Réglages, Abonnement."),
    ),
    403: Words(
        _("Cette page ne vous est pas ouverte"),
        _("Votre rôle ne permet pas de voir cette page ou de faire cette action."),
        _("Un propriétaire de la marque peut vous donner ce droit."),
    ),
    404: Words(
        _("Il n’y a rien à cette adresse"),
        _("La page a été déplacée, supprimée, ou l’adresse contient une faute de frappe."),
        _("Vérifiez l’adresse ou repartez de l’accueil."),
    ),
    405: Words(
        _("Cette adresse ne s’ouvre pas ainsi"),
        _("Elle attend l’envoi d’un formulaire, pas une visite."),
        _("Revenez à la page précédente et utilisez le bouton."),
    ),
    409: Words(
        _("La situation a changé entre-temps"),
        _("Cette action n’est plus possible dans l’état actuel."),
        _("Rechargez la page pour voir où l’on en est."),
    ),
    410: Words(
        _("Cette page n’existe plus"),
        _("Le lien a expiré, a déjà servi ou a été retiré."),
        _("Demandez un nouveau lien à la personne qui vous l’a envoyé."),
    ),
    422: Words(
        _("Certaines valeurs ne conviennent pas"),
        _("Rien n’a été enregistré."),
        _("Revenez au formulaire et corrigez ce qui est signalé."),
    ),
    429: Words(
        _("Trop de demandes en peu de temps"),
        _("Nous limitons le nombre de tentatives pour protéger les comptes."),
        _("Attendez une minute avant de recommencer."),
    ),
    500: Words(
        _("Nous n’avons pas pu afficher cette page"),
        _("Une erreur de notre côté s’est produite et a été signalée à l’équipe."),
        _("Réessayez dans un instant. Si cela continue, donnez-nous la référence ci-dessous."),
    ),
    503: Words(
        _("Le service est indisponible pour un moment"),
        _("Nos serveurs ne répondent pas assez vite. Ce qui était enregistré l’est toujours."),
        _("Réessayez dans une minute."),
    ),
}
_EXPIRED_FORM = Words(
    _("Le formulaire n’est plus valable"),
    _(
        "Il a été ouvert trop longtemps, ou votre navigateur bloque les cookies. "
        "Rien n’a été enregistré."
    ),
    _("Revenez à la page précédente, rechargez-la et envoyez le formulaire à nouveau."),
)


def _language(request: HttpRequest) -> str:
    """The language that is already active, else the browser's: no session, no database."""
    active = translation.get_language()
    if getattr(request, "LANGUAGE_CODE", None) and active:
        return active
    return translation.get_language_from_request(request)


def page(
    request: HttpRequest, status: int, *, words: Words | None = None, code: str = ""
) -> HttpResponse:
    """The error page of `status`; never raises."""
    said = words or _TEXTS.get(status) or _TEXTS[400 if status < 500 else 500]
    reference = str(getattr(request, "request_id", "") or "")
    theme = request.COOKIES.get(THEME_COOKIE, "")
    language = _language(request)
    with translation.override(language):
        try:
            html = loader.get_template("shell/error.html").render(
                {
                    "status": status,
                    "words": said,
                    "reference": reference,
                    "code": code,
                    "language": language,
                    "theme": theme if theme in THEMES and theme != "system" else "",
                    "static": settings.STATIC_URL,
                }
            )
        except Exception:
            log.exception("the error page itself failed")
            html = (
                f'<!doctype html><html lang="{escape(language)}"><meta charset="utf-8">'
                f"<title>{status}</title><h1>{escape(said.title)}</h1><p>{escape(said.text)}</p>"
                f"<p>{escape(said.advice)}</p><p>{escape(reference)}</p>"
            )
    response = HttpResponse(html, status=status)
    response["Cache-Control"] = "no-store"
    if status == 503:
        response["Retry-After"] = "60"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """What nothing else caught: 503 when it was the database that did not answer, else 500."""
    down = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    return page(request, 503 if down else 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without our token, or from another origin (R28)."""
    return page(request, 403, words=_EXPIRED_FORM, code="csrf")


class ErrorPagesMiddleware:
    """Stands late in the list, so that what views raise reaches it first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400 or response.streaming or response.content:
            return response
        if not wants_page(request):
            return response
        drawn = page(request, response.status_code)
        for header, value in response.items():
            if header.lower() not in ("content-type", "content-length"):
                drawn[header] = value
        drawn.cookies = response.cookies
        return drawn

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not wants_page(request):
            return None
        if isinstance(exception, RicochetError):
            known = _TEXTS.get(exception.status) or _TEXTS[400]
            words = Words(known.title, exception.said or known.text, known.advice)
            return page(request, exception.status, words=words, code=exception.code)
        if isinstance(exception, OperationalError | InterfaceError):
            log.exception("the database did not answer")
            return page(request, HTTPStatus.SERVICE_UNAVAILABLE)
        return None


def wants_page(request: HttpRequest) -> bool:
    """A browser (or htmx) that takes HTML; programs get what their own layer answers."""
    accept: Any = request.headers.get("Accept", "")
    return "text/html" in accept or (bool(request.headers.get("HX-Request")) and "*/*" in accept)
