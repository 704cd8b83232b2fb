"""The inbox's pages and its JSON, on the standard library's HTTP server.

GET  /                              the inbox; ?to=<address>, ?q=<words>, ?id=<message>
GET  /api/messages?to=&q=           [{id, to, from, subject, received_at, text, html, links}]
GET  /api/newest?to=&q=             {"id": "…", "count": 3}: what the page watches
GET  /messages/<id>/html | raw      one message's HTML body (in a sandbox), or its source
POST /clear                         removes all, from our own page only
"""

import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from deploy.local.mail.page import render
from deploy.local.mail.store import Mail, MailStore

_HERE = Path(__file__).parent
_ASSETS = {
    "/inbox.css": ("inbox.css", "text/css; charset=utf-8"),
    "/inbox.js": ("inbox.js", "text/javascript; charset=utf-8"),
}
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A mail may look as it likes; it runs nothing, and its links open beside the inbox.
_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


class InboxServer(ThreadingHTTPServer):
    """Serves one store."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], store: MailStore) -> None:
        self.store = store
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: InboxServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if not self._is_local():
            return
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        to, words = query.get("to", ""), query.get("q", "")
        store = self.server.store
        if url.path in _ASSETS:
            name, kind = _ASSETS[url.path]
            self._send((_HERE / name).read_bytes(), kind)
        elif url.path == "/":
            page = render(store, to=to, words=words, chosen=query.get("id", ""))
            self._send(page.encode(), "text/html; charset=utf-8", policy=_PAGE_POLICY)
        elif url.path == "/api/messages":
            self._send_json([as_json(mail) for mail in store.all(to=to, words=words)])
        elif url.path == "/api/newest":
            mails = store.all(to=to, words=words)
            self._send_json({"id": mails[0].id if mails else "", "count": len(mails)})
        else:
            self._send_message(url.path)

    def do_POST(self) -> None:
        if not self._is_local():
            return
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        origin = f"http://{self.headers.get('Host')}"
        if self.path != "/clear" or self.headers.get("Origin", origin) != origin:
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        self.server.store.clear()
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send_message(self, path: str) -> None:
        """`/messages/<id>/html` or `/messages/<id>/raw`."""
        parts = path.strip("/").split("/")
        mail = self.server.store.get(parts[1]) if len(parts) == 3 else None
        if mail is None or parts[0] != "messages":
            self._refuse(HTTPStatus.NOT_FOUND)
        elif parts[2] == "html":
            body = f'<base target="_blank">{mail.html}'
            self._send(body.encode(), "text/html; charset=utf-8", policy=_MAIL_POLICY)
        else:
            self._send(mail.raw, "text/plain; charset=utf-8")

    def _is_local(self) -> bool:
        """Refuse any other host name: a web site's own DNS must not lead in here."""
        name = (self.headers.get("Host") or "").rsplit(":", 1)[0]
        if name in {"127.0.0.1", "localhost"} or name.endswith(".localhost"):
            return True
        self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
        return False

    def _send_json(self, content: object) -> None:
        body = json.dumps(content, ensure_ascii=False).encode()
        self._send(body, "application/json; charset=utf-8")

    def _send(self, body: bytes, kind: str, *, policy: str = "default-src 'none'") -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def _refuse(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the page asks every two seconds."""


def as_json(mail: Mail) -> dict[str, object]:
    """A message as the JSON addresses show it."""
    return {
        "id": mail.id,
        "to": list(mail.to),
        "from": mail.sender,
        "subject": mail.subject,
        "received_at": mail.received_at.isoformat(),
        "text": mail.text,
        "html": mail.html,
        "links": mail.links,
    }
