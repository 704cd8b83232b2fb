"""Messages as files: one `.eml` each, named so that they sort by the time they came."""

import itertools
import re
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from functools import cached_property
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

_KEPT = 1_000
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


@dataclass(frozen=True)
class Mail:
    """One received message, taken apart when somebody looks at it: most are only kept."""

    id: str
    raw: bytes

    @cached_property
    def to(self) -> tuple[str, ...]:
        envelope = self._message.get_all("X-Envelope-To", [])
        return tuple(address for _, address in getaddresses(envelope))

    @cached_property
    def sender(self) -> str:
        return str(self._message["From"] or "")

    @cached_property
    def subject(self) -> str:
        # A long subject is folded before its first word, which leaves that space.
        return str(self._message["Subject"] or "").strip()

    @property
    def received_at(self) -> datetime:
        """When it came, not when it says that it was written."""
        return datetime.strptime(self.id[:22], "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)

    @cached_property
    def text(self) -> str:
        return _part(self._message, "plain")

    @cached_property
    def html(self) -> str:
        return _part(self._message, "html")

    @property
    def links(self) -> list[str]:
        """The addresses in the text part, in order, each once."""
        return list(dict.fromkeys(_LINK.findall(self.text or self.html)))

    @cached_property
    def _message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)


class MailStore:
    """All messages of one directory, the last thousand of them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._number = itertools.count()
        files = sorted(directory.glob("*.eml"))
        self._mails = {file.stem: Mail(file.stem, file.read_bytes()) for file in files}

    def add(self, content: bytes, recipients: list[str]) -> None:
        """Keep a message; its envelope's recipients are kept in a header of ours."""
        raw = f"X-Envelope-To: {', '.join(recipients)}\r\n".encode() + content
        with self._lock:
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{next(self._number):04d}"
            file = self.directory / f"{name}.eml"
            half_written = file.with_suffix(".new")
            half_written.write_bytes(raw)
            half_written.replace(file)
            self._mails[name] = Mail(name, raw)
            while len(self._mails) > _KEPT:
                oldest = next(iter(self._mails))
                del self._mails[oldest]
                (self.directory / f"{oldest}.eml").unlink(missing_ok=True)

    def all(self, *, to: str = "", words: str = "") -> list[Mail]:
        """Newest first; of one recipient, or with these words in subject, text or address."""
        with self._lock:
            mails = list(reversed(self._mails.values()))
        if to:
            mails = [mail for mail in mails if to.casefold() in map(str.casefold, mail.to)]
        if words:
            mails = [mail for mail in mails if words.casefold() in _searched(mail)]
        return mails

    def get(self, mail_id: str) -> Mail | None:
        with self._lock:
            return self._mails.get(mail_id)

    def recipients(self) -> list[str]:
        """Everybody who was written to, in alphabetical order."""
        with self._lock:
            return sorted({address for mail in self._mails.values() for address in mail.to})

    def clear(self) -> None:
        """Remove every message."""
        with self._lock:
            for name in self._mails:
                (self.directory / f"{name}.eml").unlink(missing_ok=True)
            self._mails.clear()


class Receiver:
    """aiosmtpd's handler: whatever comes is kept."""

    def __init__(self, store: MailStore) -> None:
        self.store = store

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.store.add(envelope.original_content or b"", envelope.rcpt_tos)
        return "250 OK"


def _searched(mail: Mail) -> str:
    return " ".join((mail.subject, mail.text, mail.sender, *mail.to)).casefold()


def _part(message: EmailMessage, kind: str) -> str:
    """The text of the message's plain or HTML body, or nothing."""
    body = message.get_body(preferencelist=(kind,))
    if body is None:
        return ""
    try:
        return str(body.get_content())
    except (LookupError, UnicodeError):  # a charset nobody knows
        return (body.get_payload(decode=True) or b"").decode("utf-8", "replace")  # type: ignore[union-attr]
