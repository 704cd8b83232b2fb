"""Origins: `scheme://host[:port]`, as browsers write them in the `Origin` header."""

import re
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from kernel.errors import InvalidInputError

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\Z|\[[0-9a-f:.]+\]\Z")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class InvalidOriginError(InvalidInputError):
    """Give the address of a site, such as https://www.example.com."""

    code = "invalid_origin"


def _explain() -> str:
    return _("Indiquez l’adresse d’un site, comme https://www.exemple.fr.")


def origin_of(url: str) -> str:
    """The origin of an address, as browsers write it; raises InvalidOriginError.

    International host names come out in their ASCII form, default ports are left out.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
        if not host.isascii():
            host = host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError) as error:
        raise InvalidOriginError(_explain(), param="origin") from error
    if ":" in host:
        host = f"[{host}]"
    if parts.scheme not in _DEFAULT_PORTS or not _HOST.match(host) or parts.username is not None:
        raise InvalidOriginError(_explain(), param="origin")
    suffix = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{suffix}"
