"""The look of all emails: a logo that was drawn anew, the lines at the foot."""

import io
import zlib
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from PIL import Image

from tenants.messaging import looks
from tenants.messaging.models import EmailLook
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tests.fixtures.tenants import TenantClient
from tests.messaging.conftest import NOW
from tests.messaging.samples import SAMPLES


def picture(
    kind: str = "PNG", size: tuple[int, int] = (900, 300), trailer: bytes = b""
) -> io.BytesIO:
    written = io.BytesIO()
    Image.new("RGB", size, "#1f5c43").save(written, format=kind)
    return io.BytesIO(written.getvalue() + trailer)


def bomb() -> io.BytesIO:
    """A PNG of a few bytes that says it has 900 million pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checked = name + data
        return len(data).to_bytes(4, "big") + checked + zlib.crc32(checked).to_bytes(4, "big")

    head = (30_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + body)


def save(tenant: Tenant, logo: io.BytesIO | None = None, **more: object) -> EmailLook:
    values = {"footer": "Ouvert du mardi au samedi", "address": "3 rue du Lac\n69001 Lyon"}
    return looks.save_look(
        tenant=tenant, logo=logo, reply_to="bonjour@maisonlumen.fr", now=NOW, **(values | more)
    )  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_drawn_anew_and_nothing_else_of_the_file_is_kept(
    merchant: Tenant, kind: str
) -> None:
    """R34: no second file behind the pixels."""
    row = save(merchant, picture(kind, trailer=b"<script>alert(1)</script>"))
    assert (row.logo_width, row.logo_height) == (384, 128)
    kept = bytes(row.logo or b"")
    assert kept.startswith(b"\x89PNG")
    assert b"<script>" not in kept


@pytest.mark.parametrize(
    "upload",
    [
        io.BytesIO(b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        io.BytesIO(b"GIF89a"),
        io.BytesIO(b""),
        io.BytesIO(b"\x89PNG\r\n\x1a\nnonsense"),
        io.BytesIO(picture().getvalue()[:60]),
        io.BytesIO(b"x" * (looks.LARGEST_UPLOAD + 1)),
        bomb(),
    ],
    ids=["svg", "gif", "empty", "broken", "cut", "large", "bomb"],
)
def test_what_is_no_picture_is_refused_and_changes_nothing(
    merchant: Tenant, upload: io.BytesIO
) -> None:
    """R34, R40."""
    upload.seek(0)
    with pytest.raises(looks.LogoError):
        save(merchant, upload)
    assert not EmailLook.objects.exists()


def test_emails_carry_logo_foot_and_address_and_read_without_images(
    merchant: Tenant, camille: Profile, delivered: Callable[..., EmailMessage]
) -> None:
    """S8: the picture has the name as its text; SP-12: the merchant's look."""
    row = save(merchant, picture())
    merchant.contact_email = "bonjour@maisonlumen.fr"
    message = delivered("reward_posted", profile=camille, **SAMPLES["reward_posted"])
    html = str(message.get_body(preferencelist=("html",)).get_content())  # type: ignore[union-attr]
    text = str(message.get_body(preferencelist=("plain",)).get_content())  # type: ignore[union-attr]
    assert f"/m/{row.logo_digest}.png" in html
    assert 'alt="Maison Lumen"' in html
    assert html.count("<img") == 1
    for part in (html, text):
        assert "Ouvert du mardi au samedi" in part
        assert "69001 Lyon" in part
    assert str(message["Reply-To"]) == "bonjour@maisonlumen.fr"


def test_the_logo_is_served_to_anybody_and_only_where_it_is(
    merchant: Tenant, other_merchant: Tenant
) -> None:
    row = save(merchant, picture())
    response = TenantClient(merchant).get(f"/m/{row.logo_digest}.png")
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert "immutable" in response["Cache-Control"]
    assert TenantClient(merchant).get("/m/0000000000000000.png").status_code == 404
    assert TenantClient(other_merchant).get(f"/m/{row.logo_digest}.png").status_code == 404


def test_a_logo_can_be_taken_away(merchant: Tenant) -> None:
    save(merchant, picture())
    row = save(merchant, without_logo=True)
    assert (row.logo, row.logo_digest) == (None, "")
    assert EmailLook.objects.count() == 1
    merchant.refresh_from_db()
    assert merchant.contact_email == "bonjour@maisonlumen.fr"
