"""The door that every address of the API is: key, limit, scope, body, answer.

Django REST framework dispatches and authenticates; content negotiation and serializers, which
this API does not need, are left out for speed.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from api import limits, services
from api.body import printable, read_object
from api.fields import Body
from api.models import ApiKey
from api.problems import ParameterError
from api.services.idempotency import Answer
from kernel.errors import InvalidInputError, RicochetError
from tenants.activity import connections

_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")
_renderer = JSONRenderer()

Effect = Callable[[dict[str, Any], datetime], Answer]


class IdempotencyKeyError(InvalidInputError):
    """Every POST carries an Idempotency-Key of 1 to 255 characters."""

    code = "idempotency_key_missing"


class TestKeyError(RicochetError):
    """A test key asks for something that would change what is real."""

    code = "test_key_refused"
    status = 403


def is_test(request: Request) -> bool:
    """Whether a test key sent this: what it sends is marked so."""
    return isinstance(request.auth, ApiKey) and request.auth.is_test


def keep_to_tests(request: Request, *, real: bool) -> None:
    """Raise TestKeyError where a test key names a fact that is `real`."""
    if real and is_test(request):
        raise TestKeyError(
            _("Une clé de test ne change rien de réel : utilisez une clé de production.")
        )


class Door(APIView):
    """Base of the API's views. `scopes` names the scope that each method needs."""

    http_method_names = ["get", "post", "head"]
    scopes: ClassVar[dict[str, str]] = {}
    # The body of this request as it came, once it was read.
    sent: dict[str, Any] | None = None
    # Whether all that is written here is real: nothing of it can be marked as a test.
    writes_real = False
    # Whether what a POST brings is a fact: then its key is heard (O7).
    brings_facts = False

    def perform_content_negotiation(
        self, request: Request, force: bool = False
    ) -> tuple[BaseRenderer, str]:
        return _renderer, "application/json"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Key, then limit, then scope, then mode."""
        self.perform_authentication(request)
        if isinstance(request.auth, ApiKey):
            limits.count(name=str(request.auth.id))
        self.check_permissions(request)
        keep_to_tests(request, real=self.writes_real and request.method not in SAFE_METHODS)

    def only_parameters(self, request: Request, *names: str) -> None:
        """Refuse query parameters that this address does not know (R26)."""
        for name in request.query_params:
            if name not in names:
                raise ParameterError(_("Ce paramètre n’existe pas ici."), param=printable(name))

    def post_once(self, request: Request, shape: Body, effect: Effect) -> HttpResponse:
        """Parse the body by `shape`, then run `effect` once for its Idempotency-Key."""
        self.only_parameters(request)
        key = idempotency_key(request)
        self.sent = raw = read_object(request._request)
        fields = shape.parse(raw)
        now = timezone.now()
        answer = services.once(
            key=_of_test(key) if is_test(request) else key,
            fingerprint=fingerprint(request, raw),
            effect=lambda: effect(fields, now),
            now=now,
        )
        if self.brings_facts and isinstance(request.auth, ApiKey):
            connections.heard(name=request.auth.connection, now=now)
        response = respond(answer.body, status=answer.status)
        if answer.replayed:
            response.headers["Idempotent-Replayed"] = "true"
        return response


def respond(body: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A JSON answer. Keys are sorted, so that a replay is the same to the byte."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return HttpResponse(
        content.encode(),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def idempotency_key(request: Request) -> str:
    """The header's value; IdempotencyKeyError where it is missing, too long or unprintable."""
    value = str(request.META.get("HTTP_IDEMPOTENCY_KEY", ""))
    if not _KEY.match(value):
        raise IdempotencyKeyError(
            _("Envoyez l’en-tête Idempotency-Key : de 1 à 255 caractères ASCII sans espace."),
            param="Idempotency-Key",
        )
    return value


def _of_test(key: str) -> str:
    """Kept apart, with a space that no key has: what was tried is sent again with a live key."""
    return f"test {hashlib.sha256(key.encode()).hexdigest()}"


def fingerprint(request: Request, raw: dict[str, Any]) -> str:
    """What makes two requests the same: method, path and JSON, whatever its spacing and order."""
    text = json.dumps(raw, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{request.method}\n{request.path}\n{text}".encode()).hexdigest()
