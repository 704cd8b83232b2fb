"""The merchant's look on emails: brand colour, logo, the lines at the foot."""

import hashlib
import io
from datetime import datetime
from typing import IO

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from kernel.db import atomic_with_retry, prepared_cursor
from kernel.errors import InvalidInputError
from shell.letters import Look
from tenants import lookup
from tenants.addresses import absolute_url
from tenants.messaging.models import EmailLook
from tenants.models import Tenant

LARGEST_UPLOAD = 2 * 1024 * 1024
# Asked before a single pixel is unpacked: a bomb is small on disk (R40).
_MOST_PIXELS = 12_000_000
_BOX = (440, 128)  # twice the size at which it is shown, for sharp screens
_FORMATS = ("PNG", "JPEG", "WEBP")


# Asked for every email; there is one row at most.
_LOOK = "SELECT logo_digest, logo_width, logo_height, footer, address FROM messaging_look"


class LogoError(InvalidInputError):
    """This file is no logo that can be used."""

    code = "logo_unusable"


def stored_look() -> EmailLook | None:
    """The merchant's own settings, where there are any. The picture is left in the table."""
    return EmailLook.objects.defer("logo").first()


def look_of(tenant: Tenant) -> Look:
    """Everything that the layout needs to know of a merchant."""
    with prepared_cursor() as cursor:
        cursor.execute(_LOOK)
        row = cursor.fetchone()
    digest, width, height, footer, address = row or ("", 0, 0, "", "")
    return Look(
        name=tenant.name,
        color=tenant.brand_color,
        tokens=dict(tenant.brand_tokens or {}),
        logo_url=logo_url(tenant, digest) if digest else "",
        logo_size=(width, height) if digest else (0, 0),
        footer=footer,
        address=address,
    )


def logo_url(tenant: Tenant, digest: str) -> str:
    """Where readers' mail programs find the logo; another logo has another address."""
    path = reverse("messaging:logo", urlconf=settings.ROOT_URLCONF, args=[digest])
    return absolute_url(tenant, path)


@atomic_with_retry
def save_look(
    *,
    tenant: Tenant,
    footer: str,
    address: str,
    reply_to: str,
    now: datetime,
    logo: IO[bytes] | None = None,
    without_logo: bool = False,
) -> EmailLook:
    """Change the look. `logo` is a file as it was uploaded; LogoError where it is no picture."""
    drawn = redraw(logo) if logo is not None else None
    row, _made = EmailLook.objects.select_for_update().get_or_create(
        only=True, defaults={"updated_at": now}
    )
    row.footer, row.address, row.updated_at = footer.strip(), address.strip(), now
    if drawn is not None:
        row.logo, row.logo_width, row.logo_height = drawn
        row.logo_digest = hashlib.sha256(drawn[0]).hexdigest()[:16]
    elif without_logo:
        row.logo, row.logo_width, row.logo_height, row.logo_digest = None, 0, 0, ""
    row.save()
    if tenant.contact_email != reply_to:
        Tenant.objects.filter(id=tenant.id).update(contact_email=reply_to)
        lookup.forget(tenant)
    return row


def redraw(
    upload: IO[bytes], *, box: tuple[int, int] = _BOX, param: str = "logo"
) -> tuple[bytes, int, int]:
    """A PNG drawn anew from an uploaded picture, with its width and height.

    Nothing of the file itself is kept: no script of an SVG, no second file behind the pixels, no
    place where it was taken (R34).
    """
    content = upload.read(LARGEST_UPLOAD + 1)
    if len(content) > LARGEST_UPLOAD:
        raise LogoError(_("Choisissez une image de 2 Mo au plus."), param=param)
    unusable = _("Choisissez une image PNG, JPEG ou WebP. Les fichiers SVG ne sont pas acceptés.")
    try:
        picture = Image.open(io.BytesIO(content), formats=_FORMATS)
        if picture.width * picture.height > _MOST_PIXELS:
            raise LogoError(
                _("Choisissez une image plus petite : 12 millions de pixels au plus."),
                param=param,
            )
        drawn = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise LogoError(unusable, param=param) from error
    except Image.DecompressionBombError as error:
        raise LogoError(unusable, param=param) from error
    drawn.thumbnail(box, Image.Resampling.LANCZOS)
    written = io.BytesIO()
    drawn.save(written, format="PNG", optimize=True)
    return written.getvalue(), drawn.width, drawn.height
