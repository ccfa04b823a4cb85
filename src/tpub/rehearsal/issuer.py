"""The issuer of identity tokens: plays GitHub's, gitlab.com's and everybody else's, with one key."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING

from tpub.secret import Secret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

KEY_ID = "tpub-rehearsal"
ALGORITHM = "RS256"


class Issuer:
    """Signs identity tokens; the key is made when it is first needed, which takes a moment."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: RSAPrivateKey | None = None

    def sign(self, claims: Mapping[str, object]) -> Secret:
        """Return an identity token with exactly these claims."""
        import jwt  # noqa: PLC0415  (only a rehearsal signs)

        return Secret(jwt.encode(dict(claims), self._key(), algorithm=ALGORITHM, headers={"kid": KEY_ID}))

    def public_key(self, key_id: object) -> RSAPublicKey | None:
        """Return the key that verifies tokens signed with the key of that id."""
        return self._key().public_key() if key_id == KEY_ID else None

    def _key(self) -> RSAPrivateKey:
        from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415  (slow to import)

        with self._lock:
            if self._made is None:
                self._made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            return self._made
