"""Platforms from which nothing can be published with an identity: here, or anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType

from tpub.config.switching import SECRETS
from tpub.diagnostic import Claim
from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding, error, note
from tpub.identity.gitlab import FIRST_VERSION
from tpub.identity.publisher import GITHUB_ISSUER
from tpub.machine import typed
from tpub.workflow.remote import top_above

_API_TOKEN = "Publish with an API token instead: put it into `TPUB_TOKEN`, scoped to the project"  # noqa: S105
_FROM = "or publish from GitHub Actions, GitLab.com, Google Cloud or ActiveState"
_CREDENTIALS = ("TPUB_TOKEN", "TPUB_PASSWORD", *SECRETS)

# Each platform's own mark. Source: the platforms' documentation of predefined variables.
_UNSUPPORTED = MappingProxyType(
    {
        "CIRCLECI": "CircleCI",
        "BUILDKITE": "Buildkite",
        "TF_BUILD": "Azure Pipelines",
        "BITBUCKET_BUILD_NUMBER": "Bitbucket Pipelines",
        "CIRRUS_CI": "Cirrus CI",
        "SEMAPHORE": "Semaphore",
        "TRAVIS": "Travis CI",
        "APPVEYOR": "AppVeyor",
        "CODEBUILD_BUILD_ID": "AWS CodeBuild",
        "DRONE": "Drone",
        "CI_SYSTEM_NAME=woodpecker": "Woodpecker CI",
        "JENKINS_URL": "Jenkins",
        "TEAMCITY_VERSION": "TeamCity",
        "CODEFRESH_ID": "Codefresh",
        "BUDDY": "Buddy",
        "HEROKU_TEST_RUN_ID": "Heroku CI",
    }
)
# Marks of machines in Google's cloud, of which the claims tell more.
_GOOGLE = ("GCE_METADATA_HOST", "GOOGLE_SERVICE_ACCOUNT_NAME", "K_SERVICE", "CLOUD_BUILD")
_BY_HAND = re.compile(r"mint-token|id-token|pypi", re.IGNORECASE)
_FIRST_CLAIMS = (16, 2)


def act_has_no_oidc(evidence: Evidence) -> Iterator[Finding]:
    """Nektos' act runs workflows on a laptop and has nobody to vouch for them."""
    if evidence.env.get("ACT") == "true" and not _has_credentials(evidence):
        yield error(
            "act-no-oidc",
            "this is a local run under `act` (ACT=true), which has no OIDC issuer: there is no identity to be had",
            "Publish from GitHub; locally use an API token in `TPUB_TOKEN`, or look with `tpub upload --dry-run`.",
            evidence.variable("ACT"),
        )


def provider_is_unsupported(evidence: Evidence) -> Iterator[Finding]:
    """Source: warehouse.oidc.models, the issuers that it knows."""
    here = next((name for name in _UNSUPPORTED if _bears(evidence, name)), None)
    if here is None or evidence.is_run or not evidence.index.is_pypi or _has_credentials(evidence):
        return
    yield error(
        "provider-unsupported",
        f"{_UNSUPPORTED[here]} is not among the providers from which {evidence.where} takes identity tokens",
        f"{_API_TOKEN}, in a context that only the publishing job sees, {_FROM}.",
        evidence.variable(here.partition("=")[0]),
    )


def issuer_is_unknown(evidence: Evidence) -> Iterator[Finding]:
    """Look-alikes of GitHub: Enterprise Server, tenants of GHE.com, Gitea and Forgejo have issuers of their own."""
    if not evidence.index.is_pypi or _has_credentials(evidence):
        return
    server, issuer = evidence.env.get("GITHUB_SERVER_URL", ""), evidence.claim("iss")
    hint = f"{_API_TOKEN}, or publish from a repository on github.com."
    seen = [evidence.variable("GITHUB_SERVER_URL")] if server else []
    claims = [Claim("iss", issuer, GITHUB_ISSUER)] if issuer else []
    if (forge := _forge(evidence)) is not None and evidence.is_github:
        where = f" ({server})" if server else ""
        message = f"this is {forge} Actions{where}, whose issuer {evidence.where} does not know"
        yield error("issuer-unknown", message, hint, *seen, *claims)
    elif evidence.is_github and server and server.rstrip("/") != "https://github.com":
        if server.rstrip("/").endswith(".ghe.com"):
            message = f"{server} is a tenant of GHE.com (data residency) with an issuer of its own"
        else:
            message = f"this is GitHub Enterprise Server ({server}) with an issuer of its own"
        message += f", and {evidence.where} takes tokens of github.com only"
        yield error("issuer-unknown", message, hint, *seen, *claims)


def gitlab_is_too_old(evidence: Evidence) -> Iterator[Finding]:
    """`id_tokens` came with GitLab 15.7, the claims that PyPI reads with 16.2."""
    version = evidence.env.get("CI_SERVER_VERSION", "")
    found = re.match(r"(\d+)\.(\d+)", version)
    if not evidence.is_gitlab or found is None or (int(found[1]), int(found[2])) >= _FIRST_CLAIMS:
        return
    if _has_credentials(evidence):
        return
    if (int(found[1]), int(found[2])) < FIRST_VERSION:
        message = f"this GitLab is {version}, and `id_tokens` came with 15.7 (the claims that PyPI reads with 16.2)"
    else:
        message = f"this GitLab is {version}: it has `id_tokens` (15.7), but the claims that PyPI reads came with 16.2"
    yield error(
        "gl-version",
        message,
        f"Upgrade GitLab. {_API_TOKEN}, until then.",
        evidence.variable("CI_SERVER_VERSION"),
    )


def there_is_no_ci(evidence: Evidence) -> Iterator[Finding]:
    """Without a CI there is no identity; a checkout with publishing jobs is looked at for their sake instead."""
    texts = [workflow.place.document.text for workflow in evidence.actions.workflows]
    publishes = evidence.subjects or evidence.builds or any(pipeline.publishing for pipeline in evidence.pipelines)
    publishes = publishes or any(_BY_HAND.search(text) for text in texts)
    elsewhere = any(_bears(evidence, name) for name in (*_UNSUPPORTED, *_GOOGLE))
    if evidence.is_run or publishes or elsewhere or evidence.claims is not None or _has_credentials(evidence):
        return
    if evidence.log is not None and evidence.log.failures:
        return
    if evidence.actions.broken or any(each.broken or each.missing for each in evidence.pipelines):
        return
    if (partial := next((pipeline for pipeline in evidence.pipelines if not pipeline.is_whole), None)) is not None:
        yield note(
            "no-ci",
            "this is no CI that vouches for its jobs, and no job is seen to publish: what "
            f"{partial.path} includes from elsewhere was not read",
            "Run `tpub doctor` in the job that publishes: it shows what the job has.",
            *(place.line for place in partial.elsewhere[:1]),
        )
        return
    yield error(
        "no-ci",
        "this is no CI that vouches for its jobs (no GITHUB_ACTIONS, no GITLAB_CI, no metadata server of Google's), "
        "and no workflow here publishes: there is no identity token to be had",
        f"This folder is a part of a checkout; look at the whole of it: `tpub doctor {typed(above)}`."
        if evidence.root is not None and (above := top_above(evidence.root)) is not None
        else "Use an API token (in `TPUB_TOKEN` or the keyring), or publish from CI: `tpub init` writes the workflow.",
        evidence.variable("GITHUB_ACTIONS"),
        evidence.variable("GITLAB_CI"),
    )


def _bears(evidence: Evidence, mark: str) -> bool:
    """Tell whether the environment bears a mark: a variable that is set, or that is set to just that."""
    name, _, value = mark.partition("=")
    found = evidence.env.get(name, "")
    return found == value if value else bool(found)


def _forge(evidence: Evidence) -> str | None:
    for name, title in (("FORGEJO_ACTIONS", "Forgejo"), ("GITEA_ACTIONS", "Gitea")):
        if evidence.env.get(name) == "true":
            return title
    return None


def _has_credentials(evidence: Evidence) -> bool:
    return any(evidence.env.get(name) for name in _CREDENTIALS)
