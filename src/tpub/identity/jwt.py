"""The claims of an identity token, read for the explanation and never trusted: the index verifies."""

from __future__ import annotations

import binascii
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping

from tpub.secret import Secret

_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*")  # header, claims, signature (RFC 7515)


def read(token: Secret) -> Mapping[str, object] | None:
    """Return the claims of `token`, or None if it is no JSON Web Token."""
    found = _COMPACT.fullmatch(token.reveal().strip())
    if found is None:
        return None
    header, claims = _decoded(found[1]), _decoded(found[2])
    return claims if header is not None and "alg" in header else None


def text(claims: Mapping[str, object], name: str) -> str:
    """Return a claim that is text; empty if it is missing, or something else."""
    value = claims.get(name)
    return value if isinstance(value, str) else ""


def _decoded(part: str) -> Mapping[str, object] | None:
    try:
        value = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        # Half a surrogate pair is valid in JSON, and nowhere else: no report could be written.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, binascii.Error, RecursionError):
        return None
    return value if isinstance(value, dict) else None
