"""What the tests of reminders and campaigns share: the clock's own task, and letters that came."""

import re
from datetime import timedelta
from email.message import EmailMessage

from config.tasks import send_reminders
from tests.acceptance.conftest import Lumen, words
from tests.fixtures.tenants import TenantClient

# So often the clock looks while days pass: as good as each minute, in a test's time.
_LOOKS = 4


def pass_days(lumen: Lumen, days: float) -> None:
    """Let days pass as they do: the clock looks again and again, and what is due leaves."""
    for _ in range(_LOOKS):
        lumen.clock.shift(timedelta(days=days / _LOOKS))
        look(lumen)


def look(lumen: Lumen) -> None:
    """The clock's task, as beat asks for it, and what it queued."""
    send_reminders()
    lumen.later(seconds=1)


def letters(lumen: Lumen, email: str) -> list[str]:
    """The subjects of what may be refused, oldest first: reminders, campaigns, invitations."""
    return [plain(str(m["Subject"])) for m in refusable(lumen, email)]


def refusable(lumen: Lumen, email: str) -> list[EmailMessage]:
    return [m for m in lumen.inbox(email) if m["List-Unsubscribe"]]


def plain(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", text).strip()


def html_of(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("html",))
    assert body is not None
    return str(body.get_content())


def button_of(message: EmailMessage) -> str:
    """The path of the first link of a letter that passes by us."""
    found = re.search(r'href="https?://[^/"]+(/e/[\w-]+)"', html_of(message))
    assert found, html_of(message)
    return found[1]


def unsubscribe_path(message: EmailMessage) -> str:
    found = re.search(r"<https?://[^/>]+(/desabonnement/[^>]+)>", str(message["List-Unsubscribe"]))
    assert found, message["List-Unsubscribe"]
    return found[1]


def one_click(lumen: Lumen, message: EmailMessage) -> None:
    """What a mail program does (RFC 8058): it posts, and knows no cookie."""
    client = TenantClient(lumen.tenant, enforce_csrf_checks=True)
    del client.defaults["HTTP_ORIGIN"]
    answer = client.post(unsubscribe_path(message), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200


def switch_on(lumen: Lumen, *scenarios: str) -> None:
    """The merchant's switch on each page."""
    for scenario in scenarios:
        answer = lumen.office().post(f"/relances/{scenario}/etat", {"on": "1"})
        assert answer.status_code == 302
        assert "Activée" in lumen.page(f"/relances/{scenario}")


def figure(lumen: Lumen, path: str, label: str) -> str:
    """One value of the pairs on a page: `figure(lumen, path, "Ont cliqué")`."""
    html = lumen.office().get(path).content.decode()
    found = re.search(rf"<dt>{re.escape(label)}</dt>\s*<dd[^>]*>(.*?)</dd>", html, re.DOTALL)
    assert found, words(html)
    return plain(re.sub(r"<[^>]+>", " ", found[1]))
