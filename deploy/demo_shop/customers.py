"""Who is logged in at the shop: by a code of six digits, sent to the address that they give.

So the shop knows that the address is theirs, which is what it vouches for when it lets somebody
spend a cagnotte, or signs their way into it. All in memory: a restart logs everybody out.
"""

import secrets
import smtplib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import urlsplit

CODE_SECONDS = 10 * 60
SESSION_SECONDS = 12 * 3600
MOST_TRIES = 5
CODES_AN_HOUR = 10

Post = Callable[[str, str], None]


@dataclass
class _Asked:
    email: str
    code: str
    ends: float
    tries: int = 0


@dataclass
class Customers:
    """`post(email, code)` sends a code; it may raise OSError."""

    post: Post
    clock: Callable[[], float] = time.monotonic
    _asked: dict[str, _Asked] = field(default_factory=dict)
    _open: dict[str, tuple[str, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, email: str) -> str:
        """Send a code; the ticket under which it is typed, or "" after too many in an hour."""
        now, address = self.clock(), email.casefold()
        with self._lock:
            # A ticket is kept an hour, to count; its code works for ten minutes.
            self._asked = {t: a for t, a in self._asked.items() if a.ends > now - 3000}
            if sum(asked.email == address for asked in self._asked.values()) >= CODES_AN_HOUR:
                return ""
            ticket = secrets.token_urlsafe(16)
            code = f"{secrets.randbelow(10**6):06d}"
            self._asked[ticket] = _Asked(address, code, now + CODE_SECONDS)
        self.post(email, code)
        return ticket

    def enter(self, ticket: str, typed: str) -> str:
        """The new session's token, or "" where the code is wrong, old, used or tried too often."""
        digits = "".join(char for char in typed if char.isdecimal())
        with self._lock:
            asked = self._asked.get(ticket)
            if asked is None or asked.ends <= self.clock() or asked.tries >= MOST_TRIES:
                return ""
            asked.tries += 1
            if not secrets.compare_digest(asked.code.encode(), digits.encode()):
                return ""
            asked.tries = MOST_TRIES
            token = secrets.token_urlsafe(32)
            self._open[token] = (asked.email, self.clock() + SESSION_SECONDS)
            return token

    def who(self, token: str) -> str:
        """The address of whoever is logged in in this browser, or ""."""
        with self._lock:
            email, ends = self._open.get(token, ("", 0.0))
            return email if ends > self.clock() else ""

    def leave(self, token: str) -> None:
        with self._lock:
            self._open.pop(token, None)


def post_by_smtp(server: str, *, shop_url: str) -> Post:
    """Hands codes over to the mail server at `smtp://host:port`."""
    place = urlsplit(server)

    def post(email: str, code: str) -> None:
        message = EmailMessage()
        message["From"] = "Maison Lumen <boutique@maison-lumen.exemple>"
        message["To"] = email
        message["Subject"] = f"Votre code de connexion\u00a0: {code}"
        message.set_content(
            f"Bonjour,\n\nVotre code pour vous connecter à la boutique\u00a0: {code}\n"
            f"Il est valable dix minutes. Si vous n’avez rien demandé, ignorez ce message.\n\n"
            f"Maison Lumen\n{shop_url}\n"
        )
        with smtplib.SMTP(place.hostname or "127.0.0.1", place.port or 25, timeout=5) as smtp:
            smtp.send_message(message)

    return post
