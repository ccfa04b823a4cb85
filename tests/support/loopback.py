"""A small server on loopback that answers as it is told: for the edge of the world that tests must fake."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """What to answer: bytes, or what becomes JSON, or an iterator of pieces, which end the connection.

    Instead of one, None drops the connection.
    """

    status: int = 200
    body: object = b""
    headers: dict[str, str] = field(default_factory=dict)
    reason: str | None = None


@dataclass
class Loopback:
    """The server's address and what it was asked."""

    url: str
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def serving(answer: Callable[[Asked], Answer | None]) -> Iterator[Loopback]:
    """Serve until the block ends."""
    seen = Loopback("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            parts = urlsplit(self.path)
            length, body = int(self.headers.get("Content-Length", 0)), b""
            with suppress(ConnectionError):
                body = self.rfile.read(length)
            if len(body) < length:  # whoever asked has thought better of it
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, parse_qs(parts.query), headers, body)
            seen.asked.append(asked)
            told = answer(asked)
            if told is None:
                self.close_connection = True
                self.connection.close()
                return
            if isinstance(told.body, Iterator):
                self.drip(told, told.body)
                return
            content = told.body if isinstance(told.body, bytes) else json.dumps(told.body).encode()
            self.send_response_only(told.status, told.reason)
            kind = "application/octet-stream" if isinstance(told.body, bytes) else "application/json"
            own = {"Content-Type": kind, "Date": self.date_time_string()}
            for name, value in (own | told.headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def drip(self, told: Answer, pieces: Iterator[bytes]) -> None:
            self.close_connection = True
            self.send_response_only(told.status, told.reason)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):  # whoever asked need not listen to the end
                for piece in pieces:
                    self.wfile.write(piece)

        do_GET = do_POST = handle_one  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    seen.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
