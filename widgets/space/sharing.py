"""A customer's own link, ready to be passed on: buttons, QR code, and the words that go with it."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from django.utils.translation import gettext as _

from kernel.money import Amount
from shell import formats
from tenants.messaging.links import referral_url
from tenants.models import Tenant
from tenants.programme.models import ProgrammeVersion


@dataclass(frozen=True, slots=True)
class Sharing:
    """Addresses of one code: each way of sharing marks its own; `shown` is for eyes."""

    code: str
    url: str
    shown: str
    qr_url: str
    title: str
    text: str
    whatsapp: str
    sms: str
    email: str
    messenger: str
    facebook: str

    @property
    def pieces(self) -> tuple[str, str]:
        """`shown` where a narrow screen may break it: never at the hyphen of a name."""
        host, slash, path = self.shown.partition("/")
        return host, f"{slash}{path}"


def sharing_of(*, code: str, tenant: Tenant, version: ProgrammeVersion | None) -> Sharing:
    """Everything that the share buttons need; works without scripts."""

    def link(channel: str) -> str:
        return referral_url(tenant=tenant, code=code, channel=channel)

    return sharing_to(code=code, tenant=tenant, version=version, link=link)


def sharing_to(
    *, code: str, tenant: Tenant, version: ProgrammeVersion | None, link: Callable[[str], str]
) -> Sharing:
    """The same for links of one's own: `link` gives the address for a way of sharing."""
    amount = version.referee_amount if version is not None else 0
    title = _("Une invitation chez %(merchant)s") % {"merchant": tenant.name}
    text = _("Je recommande %(merchant)s.") % {"merchant": tenant.name}
    if version is not None and amount:
        text += " " + _("Avec mon lien, %(amount)s pour une première commande.") % {
            "amount": formats.amount(Amount(amount, version.unit))
        }

    def words(channel: str) -> str:
        return quote(f"{text} {link(channel)}")

    return Sharing(
        code=code,
        url=link("link"),
        shown=link("link").partition("://")[2].partition("?")[0],
        qr_url=link("qr"),
        title=title,
        text=text,
        whatsapp=f"https://wa.me/?text={words('whatsapp')}",
        sms=f"sms:?&body={words('sms')}",
        # Both open what is installed, and ask before anything is sent.
        messenger=f"fb-messenger://share/?link={quote(link('messenger'), safe='')}",
        facebook=f"https://www.facebook.com/sharer/sharer.php?u={quote(link('facebook'), safe='')}",
        email=f"mailto:?subject={quote(title)}&body={words('email')}",
    )
