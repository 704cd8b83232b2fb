"""What connects a shop: its sites' script and its keys, as the health cards name them (O7)."""

from django.urls import reverse
from django.utils.translation import gettext as _

from api.models import ApiKey
from tenants.programme.connections import Connection
from widgets.models import Site


def connections() -> list[Connection]:
    """Every site and every key that is open; a test key is never missed when it falls silent."""
    sites = [
        Connection(
            name=site.connection,
            label=site.origin.partition("://")[2],
            kind=_("Script du site"),
            icon="window",
            seen_at=site.last_seen_at,
            url=reverse("site:site"),
            begin=_("Posez le script sur vos pages, puis passez une commande d’essai."),
        )
        for site in Site.objects.all()
    ]
    keys = [
        Connection(
            name=key.connection,
            label=key.name,
            kind=_("Clé d’API"),
            icon="key",
            seen_at=key.last_used_at,
            url=reverse("keys:list"),
            begin=_("Envoyez une première commande avec cette clé."),
            is_test=key.is_test,
        )
        for key in ApiKey.objects.filter(revoked_at=None, expires_at=None)
    ]
    return [*sites, *keys]
