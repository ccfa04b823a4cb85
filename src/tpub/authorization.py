"""Values of the Authorization header."""

from __future__ import annotations

from base64 import b64encode

from tpub.secret import Secret


def bearer(token: Secret) -> Secret:
    """Return the value of an Authorization header that shows a token (RFC 6750)."""
    return Secret(f"Bearer {token.reveal()}")


def basic(username: str, password: Secret) -> Secret:
    """Return the value of an Authorization header with user name and password (RFC 7617).

    What the environment holds beside UTF-8 is sent as it is.
    """
    login = f"{username}:{password.reveal()}".encode(errors="surrogateescape")
    return Secret("Basic " + b64encode(login).decode())
