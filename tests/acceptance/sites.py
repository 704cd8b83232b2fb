"""Sites that are not ours: whatever their owner pastes into their pages, under a strict policy."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Site:
    """A brand's own site. `head` and `inside` are what its owner put there by hand.

    Its policy lets in what the guide for plain HTML names, and nothing else. `broken` collects what
    its pages saw go wrong.
    """

    def __init__(self, host: str, product: str) -> None:
        self.head = self.inside = ""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: Any) -> None:
                pass

            def do_GET(self) -> None:
                script = self.path == "/site.js"
                self.send_response(200)
                kind = "text/javascript" if script else "text/html"
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header(
                    "Content-Security-Policy",
                    f"default-src 'none'; script-src 'self' {product}; connect-src {product}; "
                    "img-src data:; style-src-attr 'unsafe-inline'; "
                    "require-trusted-types-for 'script'; trusted-types ricochet",
                )
                self.end_headers()
                self.wfile.write((_WATCH if script else site.page()).encode())

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://{host}:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def page(self) -> str:
        return (
            "<!doctype html><html lang=fr><meta charset=utf-8><title>Brûlerie Noé</title>"
            f"<link rel=icon href=data:,><script src=/site.js></script>{self.head}"
            f"<h1>Nos cafés</h1><p>Avant</p>{self.inside}<p>Après</p>"
        )

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


_WATCH = """
window.broken = [];
addEventListener('error', (event) => broken.push(String(event.message)));
addEventListener('unhandledrejection', (event) => broken.push(String(event.reason)));
"""
