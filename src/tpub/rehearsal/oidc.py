"""Trusted publishing: the audience, tokens minted and burnt. Source: warehouse.oidc.views."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64encode
from contextlib import suppress

from packaging.utils import canonicalize_name

from tpub.rehearsal import names
from tpub.rehearsal.matching import NoPublisherError, ReusedTokenError, find
from tpub.rehearsal.messages import RefusedError, Reply, Request, as_json
from tpub.rehearsal.site import AUDIENCE, Site
from tpub.rehearsal.store import MintedToken, Registration
from tpub.rehearsal.verification import Claims, issuer_of, verified
from tpub.secret import Secret


class _MintError(Exception):
    """The exchange is refused, with the index's code and words."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(code)
        self.code, self.description = code, description


def audience(_site: Site, _request: Request) -> Reply:
    """Say which audience an identity token must have."""
    return as_json(200, {"audience": AUDIENCE})


def mint(site: Site, request: Request) -> Reply:
    """Exchange an identity token for an API token."""
    try:
        token = _exchange(site, _payload(request.content()))
    except _MintError as exc:
        errors = [{"code": exc.code, "description": exc.description}]
        return as_json(422, {"message": "Token request failed", "errors": errors})
    return as_json(200, {"success": True, "token": token.secret.reveal(), "expires": token.expires})


def burn(site: Site, request: Request) -> Reply:
    """Forget an API token, and say nothing about whether there was one."""
    with suppress(_MintError):  # the index acknowledges whatever it is sent
        site.store.burn(_payload(request.content()))
    return as_json(202, {"message": "Accepted", "errors": []})


def _payload(body: bytes) -> str:
    try:
        document = json.loads(body)
    except ValueError:
        raise _MintError("invalid-payload", "1 validation error for TokenPayload\n  Invalid JSON") from None
    if not isinstance(document, dict) or not isinstance(token := document.get("token"), str):
        raise _MintError("invalid-payload", "1 validation error for TokenPayload\ntoken\n  Input should be a string")
    return token


def _exchange(site: Site, identity_token: str) -> MintedToken:
    issuer = issuer_of(identity_token)
    if issuer is None:
        raise _MintError("invalid-payload", "malformed JWT")
    kind = site.issuers.get(issuer)
    if kind is None:
        raise _MintError("invalid-payload", "unknown trusted publishing issuer")
    claims = verified(identity_token, site.issuer, AUDIENCE, site.now())
    if claims is None:
        raise _MintError("invalid-token", "malformed or invalid token")
    with site.store.lock:
        try:
            _reify(site, kind, claims)
            registration = find(kind, site.store.registrations, claims, lambda jti: (kind, jti) in site.store.used)
        except NoPublisherError as exc:
            words = f"valid token, but no corresponding publisher ({exc})"
            raise _MintError("invalid-publisher", words) from None
        except ReusedTokenError:
            raise _MintError("invalid-reuse-token", "invalid token: already used") from None
        if "jti" in claims:  # Google's tokens have none, and may come again
            site.store.used.add((kind, str(claims["jti"])))
        return _mint(site, registration)


def _reify(site: Site, kind: str, claims: Claims) -> None:
    """Turn a pending publisher into one, its project created; nothing happens if none is waiting."""
    store = site.store
    try:
        pending = find(kind, store.pending, claims, lambda jti: (kind, jti) in store.used)
    except NoPublisherError:
        return
    if canonicalize_name(pending.project) in store.projects:
        store.pending.remove(pending)
        raise _MintError("invalid-pending-publisher", "valid token, but project already exists")
    try:
        names.check_new(site, pending.project)
    except RefusedError as exc:
        raise _MintError("invalid-payload", exc.message) from None
    store.pending.remove(pending)
    created = store.create_project(pending.project)
    if pending.organization:
        store.organizations[created] = pending.organization
    store.register(pending.publisher, pending.owner_id, created)


def _mint(site: Site, registration: Registration) -> MintedToken:
    now = int(site.now())
    token = MintedToken(
        Secret(made_up_token(site)), registration, frozenset(registration.projects), now, now + site.token_life
    )
    site.store.tokens[token.secret.reveal()] = token
    site.store.minted.append(token)
    return token


def made_up_token(site: Site) -> str:
    """Return a new API token: looks like the index's, which are macaroons that name their place."""
    place = site.url.partition("://")[2].encode()
    return "pypi-" + urlsafe_b64encode(b"\x02\x01" + bytes([len(place)]) + place + secrets.token_bytes(96)).decode()
