"""The picture of an operation's page: nothing of the uploaded file itself is kept (R34, R40)."""

import hashlib
import io
from datetime import datetime
from typing import IO

from PIL import Image

from operations.models import Picture
from tenants.messaging.looks import redraw

_BOX = (960, 720)  # twice the widest place it is shown in


def keep(*, upload: IO[bytes], now: datetime) -> Picture:
    """A WebP drawn anew; the same picture is kept once. LogoError where it is none."""
    drawn, width, height = redraw(upload, box=_BOX, param="image")
    written = io.BytesIO()
    with Image.open(io.BytesIO(drawn)) as picture:
        picture.convert("RGB").save(written, format="WEBP", quality=78)
    content = written.getvalue()
    digest = hashlib.sha256(content).hexdigest()[:16]
    row, _made = Picture.objects.get_or_create(
        digest=digest,
        defaults={"content": content, "width": width, "height": height, "created_at": now},
    )
    return row


def shown(digest: str) -> Picture | None:
    """Size and address of a kept picture, without its pixels."""
    return Picture.objects.defer("content").filter(digest=digest).first() if digest else None
