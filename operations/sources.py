"""How somebody came, as it travels in a page's address: `?s=…`, signed by the operation's merchant.

What nobody signed counts as the page itself: a source cannot be made up.
"""

import uuid
from collections.abc import Sequence
from urllib.parse import urlencode

from django.core import signing
from django.db import connection

from operations.models import SourceKind
from operations.participating import Source


def token_of(source: Source, *, schema: str = "") -> str:
    """The value of `s`; `schema` names the merchant whose page it is, where it is another."""
    return signing.dumps(plain(source), salt=_salt(schema))


def read(token: str) -> Source:
    """The source that a token of this merchant names; the page itself for anything else."""
    if not token:
        return Source()
    try:
        return of_plain(signing.loads(token[:400], salt=_salt("")))
    except (signing.BadSignature, ValueError, TypeError):
        return Source()


def plain(source: Source) -> list[str]:
    """For what is signed as a whole: without a signature of its own, and the same at any time."""
    return [str(source.kind), source.ref, str(source.partnership_id or "")]


def of_plain(said: Sequence[str]) -> Source:
    """What `plain` gave; ValueError for anything else."""
    kind, ref, partner = said
    return Source(
        kind=SourceKind(kind), ref=ref, partnership_id=uuid.UUID(partner) if partner else None
    )


def query_of(source: Source, *, schema: str = "") -> str:
    """`?s=…`, to be put behind the page's address."""
    return f"?{urlencode({'s': token_of(source, schema=schema)})}"


def _salt(schema: str) -> str:
    here = schema or str(getattr(connection, "schema_name", "") or "public")
    return f"operations.source:{here}"
