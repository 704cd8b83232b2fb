"""Who calls: a secret key in `Authorization: Bearer rk_…`.

Whatever is wrong with a key, the answer is the same 401 (R33). A public key, which browsers hold,
gets a helpful one: it is no secret that it is public.
"""

from typing import TYPE_CHECKING, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from api import services
from api.models import ApiKey
from api.selectors import valid_key
from kernel.errors import RicochetError

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which imports this module, by the settings


class UnauthorizedError(RicochetError):
    """The key opens nothing here."""

    code = "invalid_key"
    status = 401


class PublicKeyError(UnauthorizedError):
    """A public key does not open the API."""

    code = "public_key_refused"


class ScopeMissingError(RicochetError):
    """The key lacks the scope that this request needs."""

    code = "scope_missing"
    status = 403


class SecretKeyAuthentication(BaseAuthentication):
    """Sets `request.auth` to the ApiKey; there is no user."""

    def authenticate(self, request: Request) -> tuple[None, ApiKey] | None:
        scheme, _space, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if not scheme:
            return None
        secret = secret.strip()
        if secret.startswith("pk_"):
            raise PublicKeyError
        now = timezone.now()
        key = valid_key(secret=secret, now=now) if scheme.lower() == "bearer" else None
        if key is None:
            raise UnauthorizedError
        services.note_use(key=key, now=now)
        return None, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class HasKey(BasePermission):
    """Lets in a key whose scopes hold what `view.scopes` asks for the method."""

    _SAFE: ClassVar[dict[str, str]] = {"HEAD": "GET"}

    def has_permission(self, request: Request, view: "APIView") -> bool:
        key = request.auth
        if not isinstance(key, ApiKey):
            return False
        method = str(request.method)
        scope = getattr(view, "scopes", {}).get(self._SAFE.get(method, method))
        if scope is not None and scope not in key.scopes:
            raise ScopeMissingError(
                _("Cette requête demande le droit « %(scope)s ».") % {"scope": scope}
            )
        return True
