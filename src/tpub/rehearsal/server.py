"""Sockets and threads: a connection's requests, one after the other, each answered by its endpoint."""

from __future__ import annotations

import shutil
import socket
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock
from typing import BinaryIO, cast
from urllib.parse import parse_qsl, urlsplit

from tpub.rehearsal.handling import handle
from tpub.rehearsal.messages import Reply, Request, shaped
from tpub.rehearsal.site import Site
from tpub.rehearsal.wire import body_of

HOST = "127.0.0.1"


class Server(ThreadingHTTPServer):
    """Listens on loopback; `failures` holds what went wrong in the index itself, which is a bug."""

    request_queue_size = 128
    daemon_threads = False

    def __init__(self, port: int) -> None:
        super().__init__((HOST, port), Connection)
        self.failures: list[Exception] = []
        self.stopping = Event()
        self.site: Site | None = None
        self._open: set[socket.socket] = set()
        self._lock = Lock()

    @property
    def url(self) -> str:
        """The address, without slash."""
        return f"http://{HOST}:{self.server_port}"

    def pause(self, seconds: float) -> None:
        """Let time pass, but not once the server stops."""
        self.stopping.wait(seconds)

    def process_request(self, request: object, client_address: object) -> None:
        """Serve a connection in a thread of its own."""
        connection = cast("socket.socket", request)
        with self._lock:
            self._open.add(connection)
        super().process_request(connection, client_address)

    def shutdown_request(self, request: object) -> None:
        """Close a connection."""
        connection = cast("socket.socket", request)
        with self._lock:
            self._open.discard(connection)
        super().shutdown_request(connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients hang up as they like."""

    def stop(self) -> None:
        """Take no more connections, end those that are there, and wait for their threads."""
        self.stopping.set()
        self.shutdown()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class Connection(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    server_version = "tpub-rehearsal"
    sys_version = ""
    wbufsize = -1  # head and body leave together
    disable_nagle_algorithm = True
    rfile: BinaryIO  # type: ignore[assignment]

    @property
    def _server(self) -> Server:
        return cast("Server", self.server)

    def do_GET(self) -> None:
        """Answer any method: the routes decide."""
        parts = urlsplit(self.path)
        headers = {key.lower(): value for key, value in self.headers.items()}
        try:
            body = body_of(headers, self.rfile)
            request = Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
            self._send(self._reply(request))
        except ConnectionError:
            self.close_connection = True

    def _reply(self, request: Request) -> Reply:
        try:
            return handle(cast("Site", self._server.site), request)
        except ConnectionError:
            raise
        except Exception as exc:  # noqa: BLE001  (a bug of ours: told by whoever started the server)
            self._server.failures.append(exc)
            return shaped("text/html", 500, headers={"Connection": "close"})

    do_POST = do_HEAD = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_GET  # noqa: N815

    def _send(self, reply: Reply) -> None:
        size = reply.body.stat().st_size if isinstance(reply.body, Path) else len(reply.body)
        self.send_response(reply.status, reply.reason or None)
        for name, value in {**reply.headers, "Content-Length": str(size)}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if isinstance(reply.body, Path):
            with reply.body.open("rb") as file:
                shutil.copyfileobj(file, self.wfile)
        else:
            self.wfile.write(reply.body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""
