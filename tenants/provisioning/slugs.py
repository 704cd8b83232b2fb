"""Which names a merchant's address can have."""

import re
import secrets

from kernel.errors import InvalidInputError
from shell.text import hyphenated

_SHAPE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z", re.ASCII)
SHORTEST, LONGEST = 3, 40
_NUMBERED = 9

# Names that would be taken for the platform, for a service of it, or for somebody official.
_RESERVED = """
    about abuse account accounts admin administrator api app apps assets auth autoconfig
    autodiscover backoffice beta billing blog boutique broadcasthost cagnotte cdn ci client
    clients connect console contact dashboard database demo dev dns docs download email
    example facturation files forum ftp git graphql healthz help host hostmaster http https
    image images imap inbox info internal invalid isatap jobs legal local localdomain localhost
    log login logout mail mailer manage media metrics mobile monitor mta mx news noreply
    no-reply ns ns1 ns2 oauth official operations owner partenaire partenaires partner partners
    payment payments platform pop pop3 postgres postmaster preview privacy prod production
    proxy public register ricochet root sales sandbox secure security server shop signup smtp
    sso staff staging static stats status store stripe support system template tenant tenants
    test tests tracker upload uploads usenet web webhook webhooks webmail webmaster widget
    widgets wpad www www1 www2 www3
"""
RESERVED = frozenset(_RESERVED.split())


class InvalidSlugError(InvalidInputError):
    """This address cannot be used: 3 to 40 characters, a to z, digits and single hyphens."""

    code = "invalid_slug"


class ReservedSlugError(InvalidInputError):
    """This address is kept for the platform. Choose another one."""

    code = "reserved_slug"


def check_slug(slug: str) -> str:
    """The slug itself, or InvalidSlugError or ReservedSlugError.

    Accents and letters of other alphabets are refused, not folded: two addresses that look
    alike must never lead to two merchants.
    """
    if not isinstance(slug, str) or not SHORTEST <= len(slug) <= LONGEST:
        raise InvalidSlugError(param="slug")
    if not slug.isascii():
        raise InvalidSlugError(
            "Accents and letters of other alphabets cannot be part of an address: use a to z.",
            param="slug",
        )
    if not _SHAPE.match(slug):
        raise InvalidSlugError(param="slug")
    if slug in RESERVED or slug.startswith("xn--"):
        raise ReservedSlugError(param="slug")
    return slug


def candidates(name: str, *, prefix: str) -> list[str]:
    """Addresses to try for a name: itself, then numbered, then with letters drawn.

    A name that gives no address of its own (too short, reserved, in another alphabet) gets
    `prefix` before what is left of it.
    """
    base = hyphenated(name)[: LONGEST - 8].strip("-")
    try:
        check_slug(base)
    except (InvalidSlugError, ReservedSlugError):
        base = f"{prefix}-{base}"[: LONGEST - 8].strip("-") if base else prefix
    numbered = [f"{base}-{number}" for number in range(2, _NUMBERED)]
    tried = [base, *numbered, f"{base}-{secrets.token_hex(3)}"]
    return [slug for slug in tried if slug not in RESERVED]
