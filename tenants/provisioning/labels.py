"""Which apps have their tables in a tenant's schema."""

from django.apps import apps
from django.conf import settings


def tenant_app_labels() -> frozenset[str]:
    """The labels of TENANT_APPS."""
    return frozenset(
        config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS
    )
