"""Whom to believe that a server is who it says it is, and how to show oneself to one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from tpub.errors import ConfigError

if TYPE_CHECKING:
    import ssl

# The first that is there counts: OpenSSL's own before those of the library that twine is built on.
_FILES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class Tls(NamedTuple):
    """What the user says of certificates: the authorities to believe, and the client's own with its key (PEM).

    None of the first leaves it to the environment, and that to the system.
    """

    authorities: str | None = None
    client: str | None = None


NOTHING = Tls()


def context(env: Mapping[str, str], tls: Tls = NOTHING) -> ssl.SSLContext:
    """Return what connections are made with.

    The authorities are those of `tls`, else of `SSL_CERT_FILE`/`SSL_CERT_DIR`, `REQUESTS_CA_BUNDLE` or
    `CURL_CA_BUNDLE`, else the system's. Raises `ConfigError` if a file or folder named there cannot be used.
    """
    made = _believing(env, tls)
    if tls.client is not None:
        _show(made, tls.client)
    return made


def _believing(env: Mapping[str, str], tls: Tls) -> ssl.SSLContext:
    import ssl  # noqa: PLC0415  (settings name certificates where nobody connects, too)

    named = [(name, env[name]) for name in _FILES if env.get(name)]
    source, path = ("--cert", tls.authorities) if tls.authorities is not None else named[0] if named else ("", None)
    folder = env.get("SSL_CERT_DIR") or None if source in ("", "SSL_CERT_FILE") else None
    if path is not None and source != "SSL_CERT_FILE" and Path(path).is_dir():
        path, folder = None, path
    if path or folder:
        try:
            return ssl.create_default_context(cafile=path, capath=folder)
        except OSError as exc:
            raise ConfigError(
                "certificates-unreadable",
                f"the certificate authorities in {path or folder!r} cannot be read",
                hint=f"Let `{source or 'SSL_CERT_DIR'}` name a PEM file, or leave it out: then it is the system's.",
            ) from exc
    import truststore  # noqa: PLC0415  (not needed where a file is named, nor on loopback)

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _show(made: ssl.SSLContext, path: str) -> None:
    """Have connections show the client's certificate where they are asked for it."""

    def locked() -> NoReturn:
        # OpenSSL would ask the terminal for the key's passphrase, and wait.
        raise _unusable(path, "its key is locked by a passphrase", "Unlock the key: `openssl rsa -in KEY -out KEY`.")

    try:
        made.load_cert_chain(path, password=locked)
    except OSError as exc:
        mend = "Let `--client-cert` name a PEM file with the certificate and its private key."
        raise _unusable(path, "it holds no certificate with its private key", mend) from exc


def _unusable(path: str, why: str, mend: str) -> ConfigError:
    return ConfigError(
        "client-certificate-unusable", f"the client certificate in {path!r} cannot be used: {why}", hint=mend
    )
