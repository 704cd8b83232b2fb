"""Writes an email: subject, text and HTML, in the reader's language and the merchant's look.

Addresses come from what is stored about the tenant (R30); values are escaped in HTML and stay on
one line in headers (R34, R38, R41).
"""

import logging
import re
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.translation import gettext as _
from liquid.exceptions import LiquidError

from shell import formats, letters
from tenants.addresses import asked_once
from tenants.messaging import links
from tenants.messaging.kinds import Audience, Kind, kind_of
from tenants.messaging.looks import look_of
from tenants.messaging.models import Email
from tenants.messaging.scenarios import friends_reminded
from tenants.messaging.wording import text_of
from tenants.messaging.writing import liquid, markup
from tenants.messaging.writing.filling import fill_values
from tenants.messaging.writing.texts import Text, original
from tenants.models import Tenant

logger = logging.getLogger(__name__)

Follow = Callable[[str, dict[str, Any]], str]

# Spaces that French typography needs, and that Python calls unprintable.
_SPACES = "\u00a0\u202f"
# Not in a stored copy: whoever looks at it is not its reader.
_PICTURE = re.compile(r'<img class="opened"[^>]*>')
# What a stored copy of an email shows in place of a token.
_TOKEN = re.compile(
    r"(/(?:espace/entrer|desabonnement|e|invitation|partenariats/lien"
    r"|o/confirmer|o/merci|o/choix)/)[\w-]{20,}"
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """An email as it goes out; `unsubscribe_url` is empty where it is not marketing."""

    subject: str
    text: str
    html: str
    unsubscribe_url: str
    secret: str = ""
    countable: bool = False

    def kept(self, text: str) -> str:
        """The copy of a part that is kept: what it shows opens nothing."""
        without = _TOKEN.sub(r"\1…", _PICTURE.sub("", text))
        return without.replace(self.secret, "••• •••") if self.secret else without


class NoTextError(Exception):
    """A kind has no words any more: its campaign or scenario was deleted."""


def render(
    *,
    email: Email,
    tenant: Tenant,
    text: Text | None = None,
    follow: Follow | None = None,
    picture_url: str = "",
) -> Rendered:
    """Write `email` for its reader; the connection is in the tenant's schema.

    `text` stands in for the words in force (a preview, a test). `follow(address, values)` may lead
    the links of the text elsewhere. `picture_url` is fetched when the email is opened: only where
    its reader agreed. NoTextError, and for a given `text` liquid's errors.
    """
    kind = kind_of(email.kind)
    if kind is None:
        raise NoTextError(email.kind)
    with translation.override(email.language), timezone.override(_zone(tenant)), asked_once():
        values = fill_values(email=email, kind=kind, tenant=tenant)
        writer = _Writer(email, kind, tenant, values, follow=follow, picture_url=picture_url)
        if text is not None:
            return writer.write(text)
        words = text_of(kind=kind, language=email.language)
        if words is None:
            raise NoTextError(email.kind)
        try:
            return writer.write(words)
        except LiquidError:
            # A text that was good once, and names a value that is no more: the reader still
            # gets what concerns them.
            own = original(kind=kind.name, language=email.language)
            if own is None or own == words:
                raise
            logger.warning("the text of %s cannot be used: the original went out", kind.name)
            return writer.write(own)


def one_line(text: str) -> str:
    """Text that fits into a header: no line break, no control character (R41)."""
    spaced = (char if char.isprintable() or char in _SPACES else " " for char in text)
    return re.sub(" +", " ", "".join(spaced)).strip(" ")


def sender_of(email: Email) -> str:
    """The other brand that speaks in this email, kept in its reader's schema, or ""."""
    return str(email.context.get("sender") or "")


class _Writer:
    """Writes one email with one text."""

    def __init__(
        self,
        email: Email,
        kind: Kind,
        tenant: Tenant,
        values: dict[str, Any],
        *,
        follow: Follow | None,
        picture_url: str,
    ) -> None:
        self.email, self.kind, self.values, self.team = email, kind, values, tenant.name
        sender = sender_of(email)
        self.look = _look_of(email, sender) if sender else look_of(tenant)
        self.people = [str(values.get(who) or "") for who in ("referee", "referrer")]
        self.follow = (lambda address: follow(address, values)) if follow else str
        self.picture = (
            f'<img class="opened" src="{escape(picture_url)}" width="1" height="1" alt="">'
            if picture_url
            else ""
        )
        self.unsubscribe_url = (
            links.unsubscribe_url(tenant=tenant, email_id=email.id) if kind.marketing else ""
        )

        # The way to take a yes back stands under every result, whatever the merchant wrote.
        self.choices_url = str(values.get("choices_url") or "")

    def write(self, text: Text) -> Rendered:
        colon = "\u00a0: " if self.email.language == "fr" else ": "
        target = self.values.get(text.target or self.kind.target)
        button, address = self._line(text.button), self.follow(target) if target else ""
        subject = self._line(text.subject)
        body = markup.write(
            liquid.fill(text.body, self.values),
            link_color=letters.link_color(self.look),
            colon=colon,
            follow=self.follow,
        )
        letter = letters.Letter(
            language=self.email.language,
            title=subject,
            preheader=self._line(text.preheader),
            content=formats.elided(body.html, *(str(escape(who)) for who in self.people)),
            button=button,
            button_url=address,
            foot=self._foot_html(),
            test=_("Ceci est un essai. Les liens n’ouvrent rien.") if self.email.is_test else "",
        )
        plain = [formats.elided(body.text, *self.people)]
        if button and address:
            plain.append(f"{button}{colon}{address}")
        plain.append(self._foot_text(colon))
        return Rendered(
            subject=f"[TEST] {subject}" if self.email.is_test else subject,
            text="\n\n".join(plain) + "\n",
            html=letters.write(letter, self.look).replace("</body>", f"{self.picture}</body>"),
            unsubscribe_url=self.unsubscribe_url,
            countable=bool(self.picture),
            secret=str(self.values.get("code") or "") if self.kind.asked else "",
        )

    def _line(self, source: str) -> str:
        return formats.elided(
            one_line(liquid.unmark(liquid.fill(source, self.values))), *self.people
        )

    def _foot_html(self) -> str:
        parts = [str(escape(self._why()))]
        if self.unsubscribe_url:
            style = f"color:{letters.link_color(self.look)};"
            parts.append(
                f'<a class="link" href="{escape(self.unsubscribe_url)}" style="{style}">'
                f"{escape(self._stop())}</a>"
            )
        if self.choices_url:
            style = f"color:{letters.link_color(self.look)};"
            parts.append(
                f'<a class="link" href="{escape(self.choices_url)}" style="{style}">'
                f"{escape(self._take_back())}</a>"
            )
        return " ".join(parts) + f"<br>{escape(self._sent_by())}"

    def _foot_text(self, colon: str) -> str:
        lines = ["--", self._why()]
        if self.unsubscribe_url:
            lines.append(f"{self._stop()}{colon}{self.unsubscribe_url}")
        if self.choices_url:
            lines.append(f"{self._take_back()}{colon}{self.choices_url}")
        lines += [self._sent_by(), letters.plain_foot(self.look)]
        return "\n".join(line for line in lines if line)

    def _why(self) -> str:
        """Why the reader gets this. Not the merchant's to change (D7)."""
        if self.kind.audience is Audience.FRIEND:
            referrer = self.values.get("referrer") or self.look.name
            if self.kind.mailing:
                return _(
                    "%(referrer)s nous a confié votre adresse pour une invitation. Ce rappel est "
                    "le seul ; sans suite de votre part, elle sera effacée."
                ) % {"referrer": referrer}
            if friends_reminded():
                # Said before: whoever is reminded was told so with the invitation (D7).
                return _(
                    "%(referrer)s nous a confié votre adresse pour cette invitation et un rappel "
                    "au plus. Sans suite de votre part, elle sera effacée dans 60 jours."
                ) % {"referrer": referrer}
            return _(
                "%(referrer)s nous a confié votre adresse pour ce seul message. Sans suite de "
                "votre part, elle sera effacée dans 60 jours."
            ) % {"referrer": referrer}
        if self.kind.audience is Audience.CONTACT:
            words = _("Vous recevez ce message parce que %(merchant)s nous a donné votre adresse.")
            return words % {"merchant": self.values.get("brand") or self.look.name}
        name = self.look.name
        if self.kind.audience is Audience.TEAM:
            words = _(
                "Vous recevez ce message parce que vous faites partie de l’équipe de %(merchant)s."
            )
            name = self.team  # their own brand's, also where another one speaks
        elif self.kind.audience is Audience.PARTICIPANT:
            organisers = self.values.get("organisers")
            if organisers and self.values.get("operation"):
                return self._why_of_operation(str(organisers))
            words = _(
                "Vous recevez ce message parce que vous avez participé à une opération de "
                "%(merchant)s."
            )
        else:
            words = _("Vous recevez ce message parce que vous avez une cagnotte chez %(merchant)s.")
        return formats.elided(words % {"merchant": name}, name)

    def _why_of_operation(self, organisers: str) -> str:
        if self.kind.asked:  # not confirmed yet: perhaps by nobody's own wish
            words = _(
                "Vous recevez ce message parce que votre adresse a été donnée pour participer à "
                "« %(operation)s », une opération de %(organisers)s."
            )
        else:
            words = _(
                "Vous recevez ce message parce que vous avez participé à « %(operation)s », "
                "une opération de %(organisers)s."
            )
        told = words % {"operation": self.values["operation"], "organisers": organisers}
        return formats.elided(told, organisers)

    def _stop(self) -> str:
        if self.kind.audience is Audience.FRIEND:
            return _("Ne plus recevoir d’invitation")
        return _("Ne plus recevoir ces messages")

    def _take_back(self) -> str:
        return _("Voir ou retirer mes accords")

    def _sent_by(self) -> str:
        return _("Envoyé par Ricochet pour %(merchant)s.") % {"merchant": self.look.name}


def _look_of(email: Email, sender: str) -> letters.Look:
    """Of another brand that speaks: its name on its own colour, as its reader sees it elsewhere."""
    color = str(email.context.get("sender_color") or letters.HOUSE_COLOR)
    return letters.Look(name=sender, color=color)


def _zone(tenant: Tenant) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(tenant.timezone)
