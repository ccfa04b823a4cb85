"""The claims of an identity token, read for the explanation and never trusted: the index verifies."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping

from tpub.secret import Secret

_PARTS = 3  # header, claims and signature (RFC 7519)


def read(token: Secret) -> Mapping[str, object] | None:
    """Return the claims of `token`, or None if it is no JSON Web Token."""
    parts = token.reveal().strip().split(".")
    if len(parts) != _PARTS:
        return None
    header, claims = _decoded(parts[0]), _decoded(parts[1])
    return claims if header is not None and "alg" in header else None


def _decoded(part: str) -> Mapping[str, object] | None:
    try:
        value = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return value if isinstance(value, dict) else None
