"""The double's HTTP server: Stripe's API, the pages people see, and the levers of the double."""

import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from billing.sandbox import cards, timeline
from billing.sandbox.api.router import answer
from billing.sandbox.errors import RefusalError
from billing.sandbox.pages import Page, pages
from billing.sandbox.pages.frame import STATIC
from billing.sandbox.sender import Sender, Troubles
from billing.sandbox.store import Json
from billing.sandbox.world import World

_LARGEST = 200_000


class DoubleServer(ThreadingHTTPServer):
    """Serves one world."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], world: World, sender: Sender) -> None:
        self.world = world
        self.sender = sender
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: DoubleServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._handle("GET")

    def do_POST(self) -> None:
        self._handle("POST")

    def do_DELETE(self) -> None:
        self._handle("DELETE")

    def _handle(self, method: str) -> None:
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LARGEST:
            self.close_connection = True
            self._send(b"", "text/plain", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(length).decode(errors="replace")
        if url.path.startswith("/v1/"):
            self._api(method, url.path, url.query, body)
        elif url.path.startswith("/_double/"):
            self._lever(method, url.path.removeprefix("/_double/"), body)
        elif url.path == "/static/double.css":
            self._send(STATIC.read_bytes(), "text/css")
        else:
            self._page(method, url.path, url.query, body)

    def _api(self, method: str, path: str, query: str, body: str) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        done = answer(
            self.server.world, method=method, path=path, query=query, body=body, headers=headers
        )
        text = json.dumps(done.body, indent=2).encode()
        self._send(text, "application/json", status=done.status, more=dict(done.headers))

    # ------------------------------------------------------------ the double's own levers
    def _lever(self, method: str, name: str, body: str) -> None:
        """`POST /_double/clock {"seconds": 86400}` and the like; what they did, as JSON."""
        try:
            asked: Json = json.loads(body or "{}") if method == "POST" else {}
            done = self._pull(name, asked) if method == "POST" or name == "state" else None
        except (ValueError, TypeError, KeyError, RefusalError) as error:
            self._json({"error": str(error)}, status=HTTPStatus.BAD_REQUEST)
            return
        if done is None:
            self._json({"error": "unknown lever"}, status=HTTPStatus.NOT_FOUND)
        else:
            self._json(done)

    def _pull(self, name: str, asked: Json) -> Json | None:
        world, sender = self.server.world, self.server.sender
        match name:
            case "clock":
                world.advance(int(asked["seconds"]))
                timeline.catch_up(world)
            case "troubles":
                sender.troubles = Troubles(**asked)
            case "card":
                with world.store.transaction():
                    cards.script(world, asked["id"], [int(one) for one in asked["fails"]])
            case "deliver":
                return {"statuses": sender.deliver(list(asked["events"]))}
            case "state":
                pass
            case _:
                return None
        return {
            "now": world.now,
            "troubles": vars(sender.troubles),
            "waiting": sender.waiting(),
        }

    # ------------------------------------------------------------ pages
    def _page(self, method: str, path: str, query: str, body: str) -> None:
        origin = f"http://{self.headers.get('Host')}"
        if method == "POST" and self.headers.get("Origin", origin) != origin:
            self._send(b"", "text/plain", status=HTTPStatus.FORBIDDEN)
            return
        form = {name: values[0] for name, values in parse_qs(body).items()}
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        timeline.catch_up(self.server.world)
        page: Page = pages(
            self.server.world, self.server.sender, method=method, path=path, query=asked, form=form
        )
        if page.goes_to:
            self.send_response(HTTPStatus.SEE_OTHER)
            self.send_header("Location", page.goes_to)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        allowed = " ".join(("'self'", *page.may_lead_to))
        policy = (
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none';"
            f" form-action {allowed}"
        )
        more = {"Content-Security-Policy": policy, "Referrer-Policy": "same-origin"}
        self._send(page.html.encode(), "text/html", status=page.status, more=more)

    def _json(self, value: Json, *, status: int = 200) -> None:
        self._send(json.dumps(value).encode(), "application/json", status=status)

    def _send(
        self, body: bytes, kind: str, *, status: int = 200, more: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        for name, value in (more or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Addresses name sessions, which open pages: they are not logged."""
