"""Where a fact came from."""

from django.db import models


class Source(models.TextChoices):
    """Where a fact came from. All but the tracker are trusted: a browser can be made to lie."""

    API = "api", "API"
    TRACKER = "tracker", "Script du site"
    MANUAL = "manual", "Saisie"
    IMPORT = "import", "Import"

    @property
    def trusted(self) -> bool:
        return self is not Source.TRACKER
