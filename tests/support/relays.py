"""Ways to a server on this machine: through TLS, and through a proxy."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import trustme


@dataclass(frozen=True)
class Authority:
    """A certificate authority of the test's own, and its files in PEM."""

    folder: Path
    ca: trustme.CA = field(default_factory=trustme.CA)

    @property
    def path(self) -> str:
        """The file with the authority's certificate."""
        path = self.folder / "authority.pem"
        self.ca.cert_pem.write_to_path(str(path))
        return str(path)

    def server(self, *names: str, wants_client: bool = False) -> ssl.SSLContext:
        """Return what a server of these names shows; it may want its clients to show something, too."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(*names).configure_cert(context)
        if wants_client:
            self.ca.configure_trust(context)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def client(self, name: str = "releaser@example.com") -> str:
        """Return a file with a client's certificate and its key."""
        path = self.folder / "client.pem"
        self.ca.issue_cert(name).private_key_and_cert_chain_pem.write_to_path(str(path))
        return str(path)


@dataclass
class Relay:
    """Where a relay listens, and what it was asked to lead to."""

    port: int
    asked: list[str] = field(default_factory=list)


@contextmanager
def tls(port: int, context: ssl.SSLContext, host: str = "127.0.0.1") -> Iterator[Relay]:
    """Serve what the plain server at `port` serves, over TLS at `host`."""

    def open_tls(client: socket.socket) -> tuple[socket.socket, int]:
        return context.wrap_socket(client, server_side=True), port

    with _relaying(open_tls, host) as relay:
        yield relay


@contextmanager
def proxy(port: int, *, answer: str = "") -> Iterator[Relay]:
    """Serve as an HTTP proxy (CONNECT) that leads to `port` whatever it is asked for, or refuses with `answer`."""
    seen: list[str] = []

    def tunnel(client: socket.socket) -> tuple[socket.socket, int]:
        head = b""
        while b"\r\n\r\n" not in head:
            part = client.recv(4096)
            if not part:
                raise OSError("the client has gone")
            head += part
        seen.append(head.split(b"\r\n", 1)[0].decode())
        if answer:
            client.sendall(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())
            raise OSError("refused")
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return client, port

    with _relaying(tunnel) as relay:
        relay.asked = seen
        yield relay


@contextmanager
def _relaying(opened: Callable[[socket.socket], tuple[socket.socket, int]], host: str = "127.0.0.1") -> Iterator[Relay]:
    listener = socket.create_server((host, 0))

    over = threading.Event()

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                if over.is_set():
                    client.close()
                    return
                threading.Thread(target=lead, args=(client,), daemon=True).start()

    def lead(client: socket.socket) -> None:
        with client, suppress(OSError):
            near, port = opened(client)
            with near, socket.create_connection(("127.0.0.1", port)) as far:
                back = threading.Thread(target=_pump, args=(far, near), daemon=True)
                back.start()
                _pump(near, far)
                back.join()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield Relay(listener.getsockname()[1])
    finally:
        # A thread that waits for a connection is woken by one alone.
        over.set()
        with suppress(OSError), socket.create_connection(listener.getsockname()):
            pass
        thread.join()
        listener.close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
