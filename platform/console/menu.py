"""The console's menu."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


def build(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of the menu, as Unfold wants them."""
    return [
        {
            "items": [
                _item(request, _("Chiffres"), "monitoring", "index"),
                _list(request, _("Commerçants"), "storefront", "merchant"),
            ]
        },
        {
            "title": _("Facturation"),
            "separator": True,
            "items": [
                _list(request, _("Abonnements"), "credit_card", "deal"),
                _list(request, _("Factures"), "receipt_long", "bill"),
                _list(request, _("Octrois"), "redeem", "given"),
                _list(request, _("Événements Stripe"), "webhook", "told"),
            ],
        },
        {
            "title": _("Exploitation"),
            "separator": True,
            "items": [
                _item(request, _("Envois"), "outbox", "events"),
                _item(request, _("Travaux"), "manufacturing", "jobs"),
                _item(request, _("E-mails"), "mail", "emails"),
                _list(request, _("Partenariats"), "handshake", "pair"),
            ],
        },
        {
            "title": _("Contrôle"),
            "separator": True,
            "items": [
                _list(request, _("Personnes"), "group", "person"),
                _list(request, _("Interventions"), "history", "entry"),
            ],
        },
    ]


def account(request: HttpRequest) -> list[dict[str, str]]:
    """What stands under the operator's name."""
    mine = reverse("admin:console_entry_changelist")
    name = str(getattr(request.user, "name", ""))
    return [{"title": _("Mes interventions"), "link": f"{mine}?{urlencode({'q': name})}"}]


def _list(request: HttpRequest, title: str, icon: str, model: str) -> dict[str, Any]:
    return _item(request, title, icon, f"console_{model}_changelist")


def _item(request: HttpRequest, title: str, icon: str, name: str) -> dict[str, Any]:
    path = reverse(f"admin:{name}")
    here = request.path == path or (path != "/" and request.path.startswith(path))
    return {"title": title, "icon": icon, "link": path, "active": here}
