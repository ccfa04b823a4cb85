"""Who uploads, and whether they may. Source: warehouse.macaroons.security_policy and .caveats."""

from __future__ import annotations

import binascii
from base64 import b64decode

from packaging.utils import NormalizedName

from tpub.rehearsal.messages import RefusedError
from tpub.rehearsal.site import Site
from tpub.rehearsal.store import MintedToken, UserToken

Identity = UserToken | MintedToken


def identify(site: Site, header: str) -> Identity:
    """Return whose API token the Authorization header holds; raises `RefusedError` if that is nobody's."""
    scheme, _, credentials = header.partition(" ")
    match scheme.lower():
        case "basic":
            token = _from_basic(site, credentials)
        case "token" | "bearer":
            token = credentials
        case _:
            token = ""
    with site.store.lock:
        identity = site.store.tokens.get(token)
    if identity is None:
        see = f"See {site.help('invalid-auth')} for more information."
        raise RefusedError(403, f"Invalid or non-existent authentication information. {see}")
    return identity


def _from_basic(site: Site, credentials: str) -> str:
    try:
        user, _, password = b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    if user != "__token__":
        raise RefusedError(
            403,
            "Username/Password authentication is no longer supported. Migrate to API Tokens or Trusted Publishers "
            f"instead. See {site.help('apitoken')} and {site.help('trusted-publishers')}",
        )
    return password.strip()


def permit(site: Site, identity: Identity, project: NormalizedName) -> None:
    """Refuse a minted token that has expired or is for other projects."""
    if isinstance(identity, UserToken):
        return
    name = site.store.projects[project]
    reasons = []
    if project not in identity.registration.projects:
        reasons.append(f"OIDC scoped token is not valid for project {name!r}")
    if project not in identity.projects:
        reasons.append(f"project-scoped token is not valid for project: {name!r}")
    if not identity.not_before <= int(site.now()) < identity.expires:
        reasons.append("token is expired")
    if reasons:
        # The index holds every restriction twice, inside the token and beside it, and says so.
        raise RefusedError(403, f"Invalid API Token: {', '.join(reasons * 2)}")
