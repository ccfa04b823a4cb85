"""Platforms whose identity tokens the index does not take at all."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from tpub.diagnostic import Diagnostic
from tpub.identity.issuers import issuer_of
from tpub.index.model import ORGANIZATION_SUPPORT
from tpub.index.refusals.case import Case

_TAKEN = "GitHub Actions, gitlab.com, Google Cloud and ActiveState"
# What the index fetches to verify a GitLab's tokens; both must be reachable from the internet.
ENDPOINTS = ("/.well-known/openid-configuration", "/oauth/discovery/keys")


def wrong_platform(case: Case) -> Diagnostic | None:
    """Tell whether the issuer is none that the index knows of itself; an organization may have registered it."""
    issuer, url = issuer_of(case.claims), case.text("iss")
    if issuer.is_public:
        return None
    title = "Gitea Actions" if case.known.env.get("GITEA_ACTIONS") == "true" else issuer.title
    if issuer.name == "gitlab":
        return _gitlab(case)
    if not issuer.hint:
        known = issuer.name != "unknown"
        return Diagnostic(
            "provider-unsupported" if known else "issuer-unknown",
            f"{title} issues identity tokens, but {case.index.name} does not take them",
            f"Publish with an API token of the project in `TPUB_TOKEN`; trusted there are {_TAKEN}.",
            (case.claim("iss"),),
        )
    return Diagnostic(
        "issuer-unknown",
        f"this is {title}, and its issuer {url} is none that {case.index.name} knows",
        issuer.hint,
        (case.claim("iss"),),
    )


def support_mail(case: Case) -> str:
    """Return the link that begins a letter to PyPI: its staff registers the issuer of an organization's GitLab.

    Source: PyPI's announcement of the beta for GitLab Self-Managed (November 2025).
    """
    url = case.text("iss")
    lines = (
        "Hello,",
        "",
        "our organization <NAME ON PYPI> would like to publish from its own GitLab by trusted publishing.",
        "",
        f"Issuer: {url}",
        "These addresses can be reached from the internet:",
        *(f"- {url}{path}" for path in ENDPOINTS),
    )
    subject = "Trusted publishing from GitLab Self-Managed"
    return f"mailto:{ORGANIZATION_SUPPORT}?" + urlencode(
        {"subject": subject, "body": "\n".join(lines)}, quote_via=quote
    )


def _gitlab(case: Case) -> Diagnostic:
    url = case.text("iss")
    paths = " and ".join(url + path for path in ENDPOINTS)
    return Diagnostic(
        "issuer-unknown",
        f"this is a GitLab of your own, and its issuer {url} is none that {case.index.name} knows",
        f"Have the issuer registered for your organization: {paths} must be reachable from the internet, then write "
        f"to {support_mail(case)} - until then, publish with an API token in `TPUB_TOKEN`.",
        (case.claim("iss"),),
    )
