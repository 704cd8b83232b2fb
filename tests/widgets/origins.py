"""Two small sites for the script's tests: a shop, and a double of our server on another site."""

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from widgets.display import bundle as display
from widgets.models import WidgetKind
from widgets.script import bundle
from widgets.shown import bundle as shown

KEY = "pk_live_0123456789abcdefghjkmnpq"
CLICK = "018f3c7a-1b2c-7d3e-8f40-5162738495a6"
LANDING = f"/?ref=CAMILLE-D7&rc={CLICK}"

# What a careful shop's own script does: asks before ours is there, and watches for any error.
SHOP_JS = """
window.shopErrors = [];
addEventListener('error', (event) => shopErrors.push(String(event.message || event.target)));
addEventListener('unhandledrejection', (event) => shopErrors.push(String(event.reason)));
window.ricochet = window.ricochet ||
  function () { (ricochet.q = ricochet.q || []).push(arguments) };
ricochet('ready', (state) => { window.readyState = state; });
addEventListener('DOMContentLoaded', () => { window.shopWorks = true; });
"""

# Styles that would spoil a widget if they reached it, and a long page.
SHOP_CSS = """
button, a, h2, p, div { color: rgb(200, 0, 0); text-transform: uppercase; }
.long { height: 4000px; }
"""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Browsers hang up; that is no news."""


@dataclass
class Origin:
    """A running server; `stop()` makes its port refuse connections."""

    handler: type[BaseHTTPRequestHandler]
    host: str
    server: _Server = field(init=False)

    def __post_init__(self) -> None:
        self.server = _Server(("127.0.0.1", 0), self.handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.server.server_port}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class House(Origin):
    """The double of our server. `mood` says how it answers posts, `shown` what is put forward."""

    def __init__(self) -> None:
        house = self
        self.mood, self.retry_after = "well", "2"
        self.shown: list[dict[str, Any]] | str = []
        self.gets: list[str] = []
        # What pages said of themselves when they asked what to show.
        self.asked: list[dict[str, str]] = []
        self.posts: list[tuple[str, dict[str, Any]]] = []
        self.headers: list[dict[str, str]] = []

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: Any) -> None:
                pass

            def do_GET(self) -> None:
                path, _mark, query = self.path.partition("?")
                house.gets.append(path)
                kind, body = "text/javascript", bundle.current().body
                if path == "/w/widgets.json":
                    house.asked.append(dict(parse_qsl(query)))
                    kind, body = "application/json", house.said()
                elif path.startswith("/w/launcher."):
                    body = shown.current(WidgetKind.LAUNCHER).body
                elif path.startswith("/w/d1."):
                    body = display.current().body
                self.send_response(200)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Cross-Origin-Resource-Policy", "cross-origin")
                self.end_headers()
                self.wfile.write(body)

            def do_OPTIONS(self) -> None:
                house.posts.append(("OPTIONS " + self.path, {}))
                self.send_response(204)
                self.end_headers()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                house.posts.append((self.path, json.loads(body)))
                house.headers.append(dict(self.headers.items()))
                if house.mood == "garbage":
                    self.wfile.write(b"\x00\xff no HTTP at all\n")
                    return
                if house.mood == "hang up":
                    self.connection.close()
                    return
                self.send_response(
                    {"broken": 500, "busy": 429, "refuses": 400}.get(house.mood, 202)
                )
                self.send_header("Access-Control-Allow-Origin", self.headers["Origin"])
                if house.mood == "busy":
                    self.send_header("Access-Control-Expose-Headers", "Retry-After")
                    self.send_header("Retry-After", house.retry_after)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(b"<p>not JSON" if house.mood == "broken" else b"{}")

        super().__init__(Handler, "127.0.0.1")

    def said(self) -> bytes:
        """What `/w/widgets.json` answers."""
        if isinstance(self.shown, str):
            return self.shown.encode()
        return json.dumps({"widgets": self.shown}).encode()

    def on(self, path: str) -> list[dict[str, Any]]:
        """The bodies posted to `path`, in order."""
        return [body for where, body in self.posts if where == path]

    def wait_for(self, path: str, count: int = 1, seconds: float = 10) -> list[dict[str, Any]]:
        """The bodies posted to `path`, once there are `count` of them."""
        deadline = time.monotonic() + seconds
        while len(self.on(path)) < count:
            assert time.monotonic() < deadline, f"{path}: only {self.posts} after {seconds} s"
            time.sleep(0.02)
        return self.on(path)


class Shop(Origin):
    """A shop under a strict policy, which pins the script by its hash (R35)."""

    def __init__(self, house: House) -> None:
        self.attributes = ""
        self.inside = "<p>Bienvenue"
        self.language, self.style = "fr", ""
        # What its policy lets in of styles: its own sheets only.
        self.styles = "'self'"
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: Any) -> None:
                pass

            def do_GET(self) -> None:
                kind, body = {
                    "/shop.js": ("text/javascript", SHOP_JS),
                    "/shop.css": ("text/css", SHOP_CSS + shop.style),
                }.get(self.path, ("text/html", shop.page(house)))
                self.send_response(200)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header(
                    "Content-Security-Policy",
                    f"default-src 'none'; img-src data:; style-src {shop.styles}; "
                    f"script-src 'self' {house.url}; "
                    f"connect-src {house.url}; require-trusted-types-for 'script'",
                )
                self.end_headers()
                self.wfile.write(body.encode())

        super().__init__(Handler, "boutique.localhost")

    def page(self, house: House) -> str:
        return (
            f"<!doctype html><html lang={self.language}><meta charset=utf-8><title>Boutique</title>"
            "<link rel=icon href=data:,><link rel=stylesheet href=/shop.css>"
            "<script src=/shop.js></script>"
            f'<script src="{house.url}/w/v1.js" integrity="{bundle.current().integrity}" '
            f'crossorigin async data-key="{KEY}" {self.attributes}></script>{self.inside}'
        )
