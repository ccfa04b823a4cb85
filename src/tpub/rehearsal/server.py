"""Sockets and threads: a connection's requests, one after the other, each answered by its endpoint."""

from __future__ import annotations

import shutil
import socket
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import BinaryIO, cast
from urllib.parse import parse_qsl, urlsplit

from tpub.rehearsal.messages import RefusedError, Reply, Request, shaped
from tpub.rehearsal.routes import Endpoint, route
from tpub.rehearsal.site import Site
from tpub.rehearsal.store import Seen
from tpub.rehearsal.wire import body_of, drain

HOST = "127.0.0.1"


class Server(ThreadingHTTPServer):
    """Listens on loopback; `failures` holds what went wrong in the index itself, which is a bug."""

    request_queue_size = 128
    daemon_threads = False

    def __init__(self, port: int) -> None:
        super().__init__((HOST, port), Connection)
        self.failures: list[Exception] = []
        self.site: Site | None = None
        self._open: set[socket.socket] = set()
        self._lock = Lock()

    @property
    def url(self) -> str:
        """The address, without slash."""
        return f"http://{HOST}:{self.server_port}"

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
        site = cast("Site", self._server.site)
        parts = urlsplit(self.path)
        name, endpoint = route(self.command, parts.path)
        headers = {key.lower(): value for key, value in self.headers.items()}
        try:
            body = body_of(headers, self.rfile)
            request = Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
            reply = self._reply(endpoint, site, request)
            drain(body)
        except ConnectionError:
            self.close_connection = True
            return
        site.store.requests.append(Seen(name, self.command, parts.path, reply.status, request.filename))
        self._send(reply)

    def _reply(self, endpoint: Endpoint, site: Site, request: Request) -> Reply:
        try:
            return endpoint(site, request)
        except RefusedError as exc:
            return shaped(request.accept, exc.status, exc.message, exc.headers)
        except ConnectionError:
            raise
        except Exception as exc:  # noqa: BLE001  (a bug of ours: told by whoever started the server)
            self._server.failures.append(exc)
            return shaped(request.accept, 500, headers={"Connection": "close"})

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
