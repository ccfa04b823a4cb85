"""An index behind TLS: clients insist on it before they show an identity token."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from urllib.parse import urlsplit

import trustme

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Front:
    """Where TLS is spoken (no slash at its end), and whom a client must believe."""

    url: str
    authority: Path


@contextmanager
def encrypted(url: str, folder: Path) -> Iterator[Front]:
    """Speak TLS for the server at `url`, whose bytes are passed on unread."""
    authority, ca = folder / "authority.pem", trustme.CA()
    ca.cert_pem.write_to_path(authority)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(HOST).configure_cert(context)
    address = (urlsplit(url).hostname, urlsplit(url).port)

    class Connection(BaseRequestHandler):
        def handle(self) -> None:
            with (
                suppress(OSError),
                context.wrap_socket(self.request, server_side=True) as client,
                socket.create_connection(address) as server,
            ):
                answers = Thread(target=_pump, args=(server, client))
                answers.start()
                _pump(client, server)
                answers.join()

    with ThreadingTCPServer((HOST, 0), Connection) as front:
        thread = Thread(target=front.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield Front(f"https://{HOST}:{front.server_address[1]}", authority)
        finally:
            front.shutdown()
            thread.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while block := source.recv(65536):
            target.sendall(block)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
