"""
A TCP proxy before a PostgreSQL server that cuts a connection at a chosen message.

It follows the messages of the protocol as far as it takes to know which statement
is executed. `before` cuts when the message has come from the client and not gone
on; `after` when the server has done what it says, and the client has not heard of it.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from time import monotonic
from typing import Literal

from services.postgresql import dying_connections

__all__ = ["Proxy", "Side", "proxy"]

_BLOCK = 1 << 16
_ASKS_FOR_TLS = 80877103
_PATIENCE = 20

Side = Literal["before", "after"]


class Proxy:
    """What cuts connections: `arm` says where, and `cuts` counts them."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.cuts = 0
        self._armed: tuple[str, Side, float] | None = None
        self._down_until = 0.0
        self._lines: list[_Line] = []
        Thread(target=self._accept, daemon=True).start()

    def arm(self, statement: str, side: Side, *, down: float = 0) -> None:
        """Cut once, at the next statement that begins so; after that take no connection for some seconds."""
        self._armed = (statement.lower(), side, down)

    def close(self) -> None:
        """Cut everything."""
        self._server.close()
        for line in self._lines:
            line.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                if monotonic() < self._down_until:
                    client.close()
                    continue
                try:
                    line = _Line(self, client, socket.create_connection(("127.0.0.1", self._port)))
                except OSError:
                    client.close()
                    continue
                self._lines.append(line)
                line.start()

    def reached(self, statement: str) -> Side | None:
        """Tell whether to cut at a statement."""
        armed = self._armed
        if armed is None or not statement.lower().startswith(armed[0]):
            return None
        self._armed = None
        self.cuts += 1
        self._down_until = monotonic() + armed[2]
        return armed[1]


@dataclass
class _Line:
    """One connection through the proxy."""

    proxy: Proxy
    client: socket.socket
    server: socket.socket
    is_muted: bool = False
    is_done: Event = field(default_factory=Event)

    def start(self) -> None:
        for each in (self.client, self.server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # messages go on at once
        Thread(target=self._to_server, daemon=True).start()
        Thread(target=self._to_client, daemon=True).start()

    def cut(self) -> None:
        for each in (self.client, self.server):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _to_server(self) -> None:
        statement = ""
        with suppress(OSError, EOFError):
            for kind, message in self._messages():
                if kind == b"P":
                    # The name of the statement, then the statement itself.
                    statement = message[5:].split(b"\0")[1].decode("utf-8", "replace")
                if kind == b"Q":
                    statement = message[5:].rstrip(b"\0").decode("utf-8", "replace")
                side = self.proxy.reached(statement) if kind in (b"E", b"Q") else None
                if side == "before":
                    break
                if side == "after":
                    self.is_muted = True
                self.server.sendall(message)
                if side == "after":
                    # What the client would send next to have it done.
                    self.server.sendall(b"S\0\0\0\4")
                    self.is_done.wait(_PATIENCE)
                    break
        self.cut()

    def _messages(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield what the client says, message by message; those at the start have no kind."""
        has_begun = False
        while True:
            kind = self._read(1) if has_begun else b""
            size = self._read(4)
            body = self._read(struct.unpack("!I", size)[0] - 4)
            if not has_begun and struct.unpack("!I", body[:4])[0] != _ASKS_FOR_TLS:
                has_begun = True
            yield kind, kind + size + body

    def _read(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            block = self.client.recv(count - len(found))
            if not block:
                raise EOFError
            found += block
        return found

    def _to_client(self) -> None:
        muted = b""
        with suppress(OSError):
            while block := self.server.recv(_BLOCK):
                if self.is_muted:
                    # `Z` says that the server is ready for the next statement.
                    muted += block
                    if b"Z\0\0\0\5" in muted:
                        self.is_done.set()
                else:
                    self.client.sendall(block)
        self.is_done.set()
        self.cut()


@contextmanager
def proxy(url: str) -> Iterator[tuple[Proxy, str]]:
    """Start a proxy before the server of a URL; yield it and the URL that leads through it."""
    head, _, rest = url.rpartition(":")
    port, _, name = rest.partition("/")
    found = Proxy(int(port))
    with dying_connections():
        try:
            yield found, f"{head}:{found.port}/{name}"
        finally:
            found.close()
