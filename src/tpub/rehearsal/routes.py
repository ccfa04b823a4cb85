"""Which endpoint answers what."""

from __future__ import annotations

from collections.abc import Callable

from tpub.rehearsal import identity_tokens, oidc, pages, upload
from tpub.rehearsal.messages import RefusedError, Reply, Request
from tpub.rehearsal.site import Site

Endpoint = Callable[[Site, Request], Reply]


def _missing_slash(_site: Site, _request: Request) -> Reply:
    words = "An upload was attempted to /legacy but the expected upload URL is /legacy/ (with a trailing slash)"
    raise RefusedError(308, words, {"Location": "/legacy/"})


# (name, method, path; a path that ends in * stands for all that begin so)
_ROUTES: tuple[tuple[str, str, str, Endpoint], ...] = (
    ("audience", "GET", "/_/oidc/audience", oidc.audience),
    ("mint", "POST", "/_/oidc/mint-token", oidc.mint),
    ("mint", "POST", "/_/oidc/github/mint-token", oidc.mint),
    ("burn", "POST", "/_/oidc/burn-token", oidc.burn),
    ("upload", "POST", "/legacy/", upload.upload),
    ("upload", "POST", "/legacy", _missing_slash),
    ("pages", "GET", "/simple*", pages.simple),
    ("integrity", "GET", "/integrity/*", pages.provenance),
    ("download", "GET", "/packages/*", pages.download),
    ("identity", "GET", f"{identity_tokens.PATH}*", identity_tokens.hand_out),
    ("identity", "GET", f"{identity_tokens.GOOGLE}*", identity_tokens.metadata),
)


def route(method: str, path: str) -> tuple[str, Endpoint]:
    """Return the name of the endpoint for a request, and what answers it."""
    wanted = "GET" if method == "HEAD" else method
    found = [row for row in _ROUTES if _matches(row[2], path)]
    for name, allowed, _, endpoint in found:
        if allowed == wanted:
            return name, endpoint
    return "none", _not_allowed if found or method not in ("GET", "HEAD") else _not_found


def _matches(pattern: str, path: str) -> bool:
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern


def _not_found(_site: Site, _request: Request) -> Reply:
    raise RefusedError(404, "Not Found")


def _not_allowed(_site: Site, _request: Request) -> Reply:
    raise RefusedError(405, "Method Not Allowed")
