"""Which platform an identity token is from, told by its issuer: the public ones from their private twins.

Sources: each platform's OIDC page; OIDC_ISSUER_SERVICE_NAMES in warehouse.oidc.utils for those that PyPI knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tpub.identity.publisher import ACTIVESTATE_ISSUER, GITHUB_ISSUER, GITLAB_ISSUER, GOOGLE_ISSUER
from tpub.urls import host


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signed: `name` is short, `title` is for sentences; `is_public` says that PyPI knows it of itself.

    `hint` is how a private twin's users can publish nevertheless; empty where there is no twin.
    """

    name: str
    title: str
    is_public: bool = False
    hint: str = ""


_KNOWN = {
    GITHUB_ISSUER: Issuer("github", "GitHub Actions", is_public=True),
    GITLAB_ISSUER: Issuer("gitlab", "GitLab CI/CD", is_public=True),
    GOOGLE_ISSUER: Issuer("google", "Google Cloud", is_public=True),
    ACTIVESTATE_ISSUER: Issuer("activestate", "ActiveState", is_public=True),
}
_STORED = "Publish with an API token in `TPUB_TOKEN`"
_MIRROR = f"{_STORED}, or from a repository on github.com."
_SLUG = (
    "Have the enterprise's owner set `include_enterprise_slug` to false (GitHub's REST API, actions/oidc), "
    "so that the issuer is that of github.com again; or publish with an API token in `TPUB_TOKEN`."
)
# Issuer patterns, the special ones first.
_PATTERNS = (
    (re.escape(GITHUB_ISSUER) + "/.+", Issuer("github", "GitHub Actions with an enterprise's own issuer", hint=_SLUG)),
    (r"https://token\.actions\.[\w-]+\.ghe\.com", Issuer("github", "GitHub Enterprise Cloud on ghe.com", hint=_MIRROR)),
    (r"https://[^/]+/_services/token", Issuer("github", "GitHub Enterprise Server", hint=_MIRROR)),
    (r"https?://.+/api/actions", Issuer("gitea", "Gitea Actions or Forgejo Actions", hint=f"{_STORED}.")),
    (r"https://oidc\.circleci\.com(/.*)?", Issuer("circleci", "CircleCI")),
    (r"https://agent\.buildkite\.com", Issuer("buildkite", "Buildkite")),
    (
        r"https://(vstoken|app\.vstoken|login)\.(dev\.azure|visualstudio|microsoftonline)\.com/.*",
        Issuer("azure", "Azure"),
    ),
    (r"https://sts\.windows\.net/.*", Issuer("azure", "Azure")),
    (r"https://api\.bitbucket\.org/.*", Issuer("bitbucket", "Bitbucket Pipelines")),
    (r"https://[\w-]+\.semaphoreci\.com", Issuer("semaphore", "Semaphore")),
    (r"https://oidc\.codefresh\.io", Issuer("codefresh", "Codefresh")),
    (r"https://app\.harness\.io/.*", Issuer("harness", "Harness")),
    (r"https://kubernetes\.default\.svc.*", Issuer("kubernetes", "a Kubernetes cluster")),
    (r"https://(container|oidc\.eks)\..*", Issuer("kubernetes", "a Kubernetes cluster")),
)


def issuer_of(claims: Mapping[str, object]) -> Issuer:
    """Return who issued a token with `claims`; an issuer that nobody knows is named by its host."""
    url = claims.get("iss")
    if not isinstance(url, str):
        return Issuer("unknown", "a platform that does not name itself")
    if url in _KNOWN:
        return _KNOWN[url]
    for pattern, issuer in _PATTERNS:
        if re.fullmatch(pattern, url):
            return issuer
    if "project_path" in claims:
        return Issuer("gitlab", "GitLab Self-Managed", hint=f"{_STORED}.")
    return Issuer("unknown", host(url) or "a platform that does not name itself")
