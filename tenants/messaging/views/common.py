"""What the views share: finding kinds, who acts, and a frame for an email as it arrives."""

import re
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from accounts.access import has_role
from accounts.models import Role
from billing.plans import Allowed
from tenants.features import Feature, is_shown
from tenants.messaging.kinds import KINDS, Kind, kind_of
from tenants.messaging.writing.texts import LANGUAGES

LANGUAGE_NAMES = {"fr": "Français", "en": "English"}
# An email's own styles stand in its tags. Nothing runs, and nothing but our logo is fetched.
_FRAME_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
_DARK = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)")
_STILL = "<style>a{pointer-events:none}</style></head>"


def kind_or_404(name: str, language: str = "fr", *, provided: bool = False) -> Kind:
    """The built-in kind that an address names, in a language that there is.

    With `provided` also one that the merchant made: a campaign's.
    """
    kind = kind_of(name) if provided else KINDS.get(name)
    if kind is None or language not in LANGUAGES or not kind.offered:
        raise Http404
    return kind


def author(request: HttpRequest) -> uuid.UUID:
    """The user who acts, for the records."""
    number: uuid.UUID = request.user.pk  # type: ignore[assignment]  # only members come here
    return number


def can_change(request: HttpRequest) -> bool:
    """Whether to show buttons that change something."""
    return has_role(request, Role.MANAGER)


def framed(html: str, *, theme: str = "", status: int = 200) -> HttpResponse:
    """An email's HTML as a document of its own, for a sandboxed frame of ours.

    `theme` light or dark shows it as that reader sees it, whatever this browser prefers.
    """
    if theme in ("light", "dark"):
        html = _DARK.sub("@media all" if theme == "dark" else "@media not all", html)
    response = HttpResponse(html.replace("</head>", _STILL, 1), status=status)
    response.headers["Content-Security-Policy"] = _FRAME_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cache-Control"] = "no-store"
    return response


def tabs(current: str) -> dict[str, Any]:
    """Which of the room's pages is open, for the links on top of each."""
    has_reminders = is_shown(Feature.CAMPAIGNS) and is_shown(Allowed.SCENARIOS)
    return {"messages_page": current, "has_reminders": has_reminders}
