"""Which words an email is written with: the merchant's, else those it came with."""

from collections.abc import Iterable

from kernel.db import read
from tenants.messaging.kinds import Kind, provider_of
from tenants.messaging.models import EmailText
from tenants.messaging.writing.texts import Text, original


def text_of(*, kind: Kind, language: str) -> Text | None:
    """The words in force for a kind; None for a kind whose words are gone."""
    provider = provider_of(kind.name)
    if provider is not None:
        return provider.text(kind.name, language)
    latest = latest_version(kind=kind.name, language=language)
    if latest is None or latest.is_original:
        return original(kind=kind.name, language=language)
    return text_in(latest)


def text_in(row: EmailText) -> Text:
    """The words of one version."""
    return Text(subject=row.subject, preheader=row.preheader, body=row.body, button=row.button)


_LATEST = """
    SELECT {0} FROM messaging_text WHERE kind = %s AND language = %s
    ORDER BY version DESC LIMIT 1
"""


def latest_version(*, kind: str, language: str) -> EmailText | None:
    """The version that counts."""
    found = read((EmailText,), _LATEST, [kind, language])
    return found[0][0] if found else None


def latest_versions(*, kinds: Iterable[str]) -> dict[tuple[str, str], EmailText]:
    """The versions that count, by kind and language, in one query."""
    rows = (
        EmailText.objects.filter(kind__in=list(kinds))
        .order_by("kind", "language", "-version")
        .distinct("kind", "language")
    )
    return {(row.kind, row.language): row for row in rows}
