"""The OpenAPI 3.1 document: drf-spectacular's frame around the shapes of `api.v1.shapes`."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Body, Schema
from api.problems import CONTENT_TYPE

PROBLEM: Schema = {
    "type": "object",
    "description": _("RFC 9457 : ce qui n’a pas convenu, et que faire."),
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "param": {"type": "string", "examples": ["customer.email"]},
        "doc_url": {"type": "string", "format": "uri"},
        "request_id": {"type": "string"},
        "retry": {"type": "boolean", "description": _("La même requête peut réussir plus tard.")},
    },
    "required": ["type", "title", "status", "detail", "code", "doc_url", "request_id", "retry"],
}
_ALWAYS = (400, 401, 403, 429, 500, 503)
_POST = (*_ALWAYS, 409, 413, 415)
_MEANINGS: dict[int, str | Promise] = {
    400: _("La requête est à corriger."),
    401: _("La clé manque, ou n’ouvre rien ici."),
    403: _("La clé n’a pas ce droit, ou c’est une clé de test et la donnée est réelle."),
    404: _("Il n’y a rien de ce nom ici."),
    409: _("Déjà fait autrement, ou pas possible dans cet état."),
    413: _("Le corps dépasse 64 Ko."),
    415: _("Le corps n’est pas annoncé comme du JSON."),
    429: _("Trop de requêtes en une seconde."),
    500: _("Une erreur de notre côté."),
    503: _("Indisponible un moment : répétez la même requête."),
}
_IDEMPOTENCY_KEY = OpenApiParameter(
    name="Idempotency-Key",
    location=OpenApiParameter.HEADER,
    required=True,
    type={"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
    description=_("Différente pour chaque opération, la même quand vous répétez une requête."),
)


class SecretKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Tells the document how a secret key is sent."""

    target_class = "api.authentication.SecretKeyAuthentication"
    name = "secretKey"

    def get_security_definition(self, auto_schema: Any) -> Schema:
        return {"type": "http", "scheme": "bearer", "description": str(_("rk_live_… ou rk_test_…"))}


def documented(
    *,
    name: str,
    summary: str | Promise,
    answers: dict[int, Schema],
    body: Body | None = None,
    parameters: list[OpenApiParameter] | None = None,
    missing: bool = False,
    conflict: bool = False,
    about: str | Promise = "",
) -> Callable[[Any], Any]:
    """Publish a method: its answers by status, its body, and every problem it can answer.

    `about` is what a developer has to know before they call it.
    """
    problems = (*(_POST if body else _ALWAYS), *((404,) if missing else ()))
    problems += (409,) if conflict else ()
    responses: dict[Any, OpenApiResponse] = {
        (status, "application/json"): OpenApiResponse(response=shape, description=summary)
        for status, shape in answers.items()
    }
    for status in sorted(problems):
        responses[(status, CONTENT_TYPE)] = OpenApiResponse(
            response={"$ref": "#/components/schemas/Problem"},
            description=_MEANINGS[status],
        )
    return extend_schema(
        operation_id=name,
        summary=summary,
        description=about or None,
        request={"application/json": body.schema()} if body else None,
        responses=responses,
        parameters=[*(parameters or []), *([_IDEMPOTENCY_KEY] if body else [])],
        tags=["v1"],
    )


class OpenApiView(SpectacularAPIView):
    """`GET /api/v1/openapi.json`: open to all, for it holds nothing of any merchant."""

    renderer_classes = [OpenApiJsonRenderer2]
    authentication_classes = []
    permission_classes = [AllowAny]
    urlconf = "config.urls_tenant"
    custom_settings = {
        "APPEND_COMPONENTS": {"schemas": {"Problem": PROBLEM}},
        "DESCRIPTION": _(
            "Envoyez commandes, remboursements et comptes créés ; lisez ce qu’ils ont donné. "
            "Les montants sont en centimes, les dates en RFC 3339."
        ),
    }

    def perform_content_negotiation(
        self, request: Request, force: bool = False
    ) -> tuple[BaseRenderer, str]:
        renderer = OpenApiJsonRenderer2()
        return renderer, renderer.media_type

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        response.headers["Cache-Control"] = "public, max-age=300"
        response.headers["Vary"] = "Accept-Language"
        return response
