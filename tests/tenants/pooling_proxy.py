"""A pooler in transaction mode, as small as one can be: R18's enemy.

It holds a few sessions on the real server. Each transaction of a client is given the one that
was idle longest, and what it leaves set there is found by whoever comes next.
"""

import os
import queue
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import pq

_SSL_REQUEST, _GSS_REQUEST = 80877103, 80877104
_PARAMETERS = {
    "server_version": "18.0",
    "client_encoding": "UTF8",
    "standard_conforming_strings": "on",
    "TimeZone": "UTC",
    "integer_datetimes": "on",
}


class Proxy:
    """Listens on `port`; `per_session` gives each client a server session of its own instead."""

    def __init__(self, conninfo: str, *, sessions: int, per_session: bool) -> None:
        self.per_session = per_session
        self.idle: queue.Queue[socket.socket] = queue.Queue()
        # libpq logs in; then its socket is ours to speak on.
        self.held = [pq.PGconn.connect(conninfo.encode()) for _ in range(sessions)]
        for session in self.held:
            assert session.status == pq.ConnStatus.OK, session.error_message
            self.idle.put(socket.socket(fileno=os.dup(session.socket)))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server: socket.socket | None = None
        try:
            _greet(client)
            while True:
                message = _message(client)
                if message[:1] == b"X":
                    return
                if server is None:
                    server = self.idle.get(timeout=10)
                    server.setblocking(True)
                server.sendall(message)
                if message[:1] not in {b"Q", b"S"}:
                    continue  # part of a batch that a Sync will end
                if _answer(server, client) == b"I" and not self.per_session:
                    self.idle.put(server)
                    server = None
        except (ConnectionError, OSError):
            pass
        finally:
            if server is not None:
                self.idle.put(server)
            client.close()

    def close(self) -> None:
        self.listener.close()
        for session in self.held:
            session.finish()


def _exactly(source: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        chunk = source.recv(size - len(data))
        if not chunk:
            raise ConnectionError
        data += chunk
    return data


def _message(source: socket.socket) -> bytes:
    head = _exactly(source, 5)
    return head + _exactly(source, struct.unpack("!I", head[1:])[0] - 4)


def _greet(client: socket.socket) -> None:
    """Let everybody in: which client it is makes no difference to a pooler of one role."""
    while True:
        size, code = struct.unpack("!II", _exactly(client, 8))
        _exactly(client, size - 8)
        if code not in {_SSL_REQUEST, _GSS_REQUEST}:
            break
        client.sendall(b"N")
    parts = [b"R" + struct.pack("!II", 8, 0)]
    for name, value in _PARAMETERS.items():
        body = f"{name}\0{value}\0".encode()
        parts.append(b"S" + struct.pack("!I", len(body) + 4) + body)
    parts.append(b"K" + struct.pack("!III", 12, 1, 1))
    parts.append(b"Z" + struct.pack("!I", 5) + b"I")
    client.sendall(b"".join(parts))


def _answer(server: socket.socket, client: socket.socket) -> bytes:
    """Pass the server's answer on, up to ReadyForQuery; returns the transaction's status."""
    while True:
        message = _message(server)
        client.sendall(message)
        if message[:1] == b"Z":
            return message[5:6]


@contextmanager
def pooling_proxy(conninfo: str, *, sessions: int, per_session: bool = False) -> Iterator[Proxy]:
    proxy = Proxy(conninfo, sessions=sessions, per_session=per_session)
    try:
        yield proxy
    finally:
        proxy.close()
