"""Two brands and their owners, at their browsers."""

import csv
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from playwright.sync_api import Page, expect

from deploy.local.stack import Stack
from tests.fixtures.outside import Shop
from tests.journeys.conftest import plain

PASSWORD = "prunelles et fauvettes"


@dataclass
class Brands:
    """Both back offices, each with its owner, and the operation between them."""

    stack: Stack
    claire: Page
    nora: Page
    major: Shop
    tag: str
    minor: Shop = field(init=False)
    operation: str = ""
    received: str = ""
    page: str = ""

    @property
    def home(self) -> str:
        return self.stack.url(self.major.merchant)

    @property
    def office(self) -> str:
        return self.stack.url(self.minor.merchant)

    def email(self, who: str) -> str:
        return f"{who.lower()}-{self.tag}@exemple.fr"

    def reads(self, page: Page, words: str) -> None:
        """These words come to stand on this page, as it is."""
        deadline = time.monotonic() + 20
        while not re.search(words, found := plain(page.locator("main").inner_text())):
            assert time.monotonic() < deadline, f"{words}\n{found}"
            page.wait_for_timeout(50)

    def both_have_delivered(self) -> None:
        for side in (self.major, self.minor):
            side.wait_delivered()


class BrandSite:
    """A brand's own site: one page with the line that was copied into it."""

    def __init__(self, name: str) -> None:
        self.line, self.widget = "", ""
        site = self

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = f"<!doctype html><html lang=fr><title>{name}</title>{site.line}<h1>{name}"
                body = page.encode()
                self.send_response(200 if self.path == "/" else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self.url = f"http://{name}.localhost:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def join(page: Page, link: str, first: str, last: str) -> None:
    """Follow an invitation, and open the back office."""
    page.goto(link)
    page.get_by_label("Prénom").fill(first)
    page.get_by_label("Nom", exact=True).fill(last)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.locator("main form").get_by_role("button").last.click()
    expect(page).not_to_have_url(re.compile("/invitation/"))


def fill_in(page: Page, name: str, email: str, *, minor: bool) -> None:
    """The form of the operation's page, with the first brand's yes, and the other's as told."""
    page.get_by_label("Prénom").fill(name)
    page.get_by_label("Adresse e-mail").fill(email)
    page.locator("[name=box]").first.check()
    if minor:
        page.locator("[name=box]").last.check()
    page.wait_for_timeout(2_100)  # a form that comes back at once was filled in by nobody
    page.locator("button.act").click()


def downloaded(page: Page, press: Callable[[], None]) -> list[dict[str, str]]:
    """The rows of the CSV that pressing something gives."""
    with page.expect_download() as kept:
        press()
    text = Path(kept.value.path()).read_text("utf-8-sig")
    return list(csv.DictReader(text.splitlines(), delimiter=";"))
