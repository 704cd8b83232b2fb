"""Somebody who buys at the demo shop, while a double of Ricochet listens."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.local.shopping import Buyer, Platform, open_shop, serve


@pytest.fixture
def platform() -> Iterator[int]:
    Platform.posted, Platform.status = [], 201
    server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    thread = serve(server)
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BaseHTTPRequestHandler, "log_message", lambda *_: None)


@pytest.fixture
def buyer(tmp_path: Path, platform: int) -> Iterator[Buyer]:
    server = open_shop(tmp_path, platform)
    thread = serve(server)
    yield Buyer(server.server_port)
    server.shutdown()
    server.server_close()
    thread.join()
