"""An index behind TLS: clients insist on it before they show an identity token."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of a test")])


@dataclass(frozen=True)
class Front:
    """Where TLS is spoken (no slash at its end), and whom a client must believe."""

    url: str
    authority: Path


@contextmanager
def encrypted(url: str, folder: Path) -> Iterator[Front]:
    """Speak TLS for the server at `url`, whose bytes are passed on unread."""
    authority, own = folder / "authority.pem", folder / "server.pem"
    _write(authority, own)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
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


def _write(authority: Path, own: Path) -> None:
    """Write the certificate of an authority, and a key with a certificate for this machine."""
    root, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    of_root = _certificate(root.public_key(), [(x509.BasicConstraints(ca=True, path_length=0), True)]).sign(
        root, hashes.SHA256()
    )
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))])
    of_key = _certificate(
        key.public_key(), [(names, False), (x509.BasicConstraints(ca=False, path_length=None), True)]
    ).sign(root, hashes.SHA256())
    authority.write_bytes(of_root.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    own.write_bytes(key.private_bytes(*form) + of_key.public_bytes(serialization.Encoding.PEM))


def _certificate(
    key: ec.EllipticCurvePublicKey, extensions: list[tuple[x509.ExtensionType, bool]]
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    subject = _NAME if extensions[0][1] else x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(_NAME)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder
