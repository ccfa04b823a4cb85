"""Whether an identity token is what it says.

Source: OIDCPublisherService.verify_jwt_signature in warehouse.oidc.services.
"""

from __future__ import annotations

from collections.abc import Mapping

from tpub.rehearsal.issuer import ALGORITHM, Issuer

LEEWAY = 30  # seconds by which clocks may differ

Claims = Mapping[str, object]


def issuer_of(token: str) -> str | None:
    """Return who says to have issued `token`, unverified; None if it is no JSON Web Token."""
    import jwt  # noqa: PLC0415  (only a rehearsal verifies)

    try:
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
    except jwt.PyJWTError:
        return None
    return issuer if isinstance(issuer, str) else None


def verified(token: str, issuer: Issuer, audience: str, now: float) -> Claims | None:
    """Return the claims of `token` if its signature, audience and times are right, else None."""
    import jwt  # noqa: PLC0415  (only a rehearsal verifies)

    try:
        key = issuer.public_key(jwt.get_unverified_header(token).get("kid"))
        if key is None:
            return None
        # The times are judged below, by the clock that was passed in.
        options: jwt.types.Options = {
            "require": ["iss", "iat", "exp", "aud"],
            "strict_aud": True,
            "verify_exp": False,
            "verify_iat": False,
            "verify_nbf": False,
        }
        claims: Claims = jwt.decode(token, key, [ALGORITHM], options, audience=audience)
    except jwt.PyJWTError:
        return None
    return claims if _is_current(claims, now) else None


def _is_current(claims: Claims, now: float) -> bool:
    issued, begins, ends = claims["iat"], claims.get("nbf", 0), claims["exp"]
    return (
        isinstance(issued, (int, float))
        and isinstance(begins, (int, float))
        and isinstance(ends, (int, float))
        and issued <= now + LEEWAY
        and begins <= now + LEEWAY
        and ends > now - LEEWAY
    )
