"""The inbox: what is sent can be read there, by people and by tests."""

import json
import smtplib
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from deploy.local.mail import page
from deploy.local.mail.inbox import InboxServer
from deploy.local.mail.store import MailStore, Receiver
from deploy.local.processes import free_port


@dataclass
class Inbox:
    smtp: int
    port: int

    def receives(
        self, *, to: str, subject: str = "Bonjour", text: str = "", html: str = ""
    ) -> None:
        message = EmailMessage()
        message["From"], message["To"] = "Maison Lumen <bonjour@example.fr>", to
        message["Subject"] = subject
        message.set_content(text or "Bonjour")
        if html:
            message.add_alternative(html, subtype="html")
        with smtplib.SMTP("127.0.0.1", self.smtp) as server:
            server.send_message(message)

    def get(self, path: str, **headers: str) -> str:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=5) as reply:
            return reply.read().decode()

    def refuses(self, request: urllib.request.Request) -> int:
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(request, timeout=5)
        with refusal.value:
            return refusal.value.code


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    store = MailStore(tmp_path)
    smtp = free_port()
    receiver = Controller(Receiver(store), hostname="127.0.0.1", port=smtp)
    receiver.start()
    server = InboxServer(("127.0.0.1", 0), store)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield Inbox(smtp=smtp, port=server.server_port)
    receiver.stop()
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_sent_message_can_be_asked_for_by_its_recipient(inbox: Inbox) -> None:
    inbox.receives(to="camille@example.fr", text="Votre lien : http://a.localhost/e/x?a=1&b=2.")
    inbox.receives(to="hugo@example.fr", subject="Été à 9 €")
    found = json.loads(inbox.get("/api/messages?to=Camille@example.fr"))
    assert [mail["to"] for mail in found] == [["camille@example.fr"]]
    assert found[0]["links"] == ["http://a.localhost/e/x?a=1&b=2"]
    everything = json.loads(inbox.get("/api/messages"))
    assert [mail["subject"] for mail in everything] == ["Été à 9 €", "Bonjour"]


def test_the_page_shows_text_as_text_with_links_that_open(inbox: Inbox) -> None:
    """R34: what a mail says never becomes part of the page."""
    inbox.receives(to="a@example.fr", subject="<script>1</script>", text="<b> http://x.fr/a?b&c")
    page = inbox.get("/")
    assert "<script>1" not in page
    assert "&lt;b&gt;" in page
    assert '<a href="http://x.fr/a?b&amp;c" target="_blank"' in page


def test_a_mail_s_own_page_is_shown_in_a_sandbox(inbox: Inbox) -> None:
    inbox.receives(to="a@example.fr", html="<script>parent.stolen = 1</script><h1>Bonjour</h1>")
    mail = json.loads(inbox.get("/api/messages"))[0]
    with urllib.request.urlopen(
        f"http://127.0.0.1:{inbox.port}/messages/{mail['id']}/html", timeout=5
    ) as reply:
        policy = reply.headers["Content-Security-Policy"]
    assert "sandbox allow-popups" in policy
    assert "script" not in policy
    assert "default-src 'none'" in policy


def test_messages_are_still_there_after_a_restart(inbox: Inbox, tmp_path: Path) -> None:
    inbox.receives(to="a@example.fr")
    assert [mail.to for mail in MailStore(tmp_path).all()] == [("a@example.fr",)]


def test_another_site_can_neither_read_nor_empty_the_inbox(inbox: Inbox) -> None:
    inbox.receives(to="a@example.fr")
    address = f"http://127.0.0.1:{inbox.port}"
    rebound = urllib.request.Request(f"{address}/api/messages", headers={"Host": "evil.example"})
    assert inbox.refuses(rebound) == 421
    foreign = urllib.request.Request(
        f"{address}/clear", data=b"", headers={"Origin": "http://evil.example"}
    )
    assert inbox.refuses(foreign) == 403
    assert len(json.loads(inbox.get("/api/messages"))) == 1


def test_the_time_is_that_of_the_merchants() -> None:
    """Of Paris, in summer and in winter: half past ten at night by UTC is the next day there."""
    summer = page._time(datetime(2026, 7, 14, 22, 30, tzinfo=UTC))
    winter = page._time(datetime(2026, 11, 18, 18, 42, tzinfo=UTC))
    assert "15 juil., 0 h 30" in summer and "18 nov., 19 h 42" in winter
