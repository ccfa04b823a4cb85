"""Whom the index trusts: the values of the publisher form, under the names that PyPI gives them.

A publisher is what the index was told; where an identity token comes from is a `Provider`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import ClassVar

from tpub.identity.jwt import text

GITHUB_ISSUER = "https://token.actions.githubusercontent.com"
GITLAB_ISSUER = "https://gitlab.com"
GOOGLE_ISSUER = "https://accounts.google.com"
ACTIVESTATE_ISSUER = "https://platform.activestate.com/api/v1/oauth/oidc"
ACTIVESTATE_BUILDER = "pypi-publisher"  # the one of its builders from which PyPI takes files


@dataclass(frozen=True, slots=True)
class GitHubPublisher:
    """A workflow file of a repository on GitHub. Source: warehouse.oidc.models.github."""

    provider: ClassVar[str] = "github"

    owner: str
    repository: str
    workflow_filename: str
    environment: str = ""


@dataclass(frozen=True, slots=True)
class GitLabPublisher:
    """A CI/CD configuration file of a project on GitLab. Source: warehouse.oidc.models.gitlab."""

    provider: ClassVar[str] = "gitlab"

    namespace: str
    project: str
    workflow_filepath: str
    environment: str = ""
    issuer_url: str = GITLAB_ISSUER


@dataclass(frozen=True, slots=True)
class GooglePublisher:
    """An account on Google Cloud; `sub` is its number, empty for any. Source: warehouse.oidc.models.google."""

    provider: ClassVar[str] = "google"

    email: str
    sub: str = ""


@dataclass(frozen=True, slots=True)
class ActiveStatePublisher:
    """A project on the ActiveState Platform, and who must start its build; `actor` is the user's name.

    Source: warehouse.oidc.models.activestate, which looks the actor's id up by that name.
    """

    provider: ClassVar[str] = "activestate"

    organization: str
    project: str
    actor: str


Publisher = GitHubPublisher | GitLabPublisher | GooglePublisher | ActiveStatePublisher
PUBLISHERS: tuple[type[Publisher], ...] = (GitHubPublisher, GitLabPublisher, GooglePublisher, ActiveStatePublisher)


def form_values(publisher: Publisher) -> dict[str, str]:
    """Return the fields of the index's publisher form and what to type into them."""
    return {field.name: getattr(publisher, field.name) for field in fields(publisher)}


def publisher_of(claims: Mapping[str, object]) -> Publisher | None:
    """Return the publisher that an identity token with `claims` needs; None if its issuer is not known here.

    Source: lookup_by_claims in warehouse.oidc.models.
    """
    match claims.get("iss"):
        case str(issuer) if issuer == GITHUB_ISSUER:
            return _github(claims)
        case str(issuer) if issuer == GOOGLE_ISSUER:
            return GooglePublisher(text(claims, "email"))
        case str(issuer) if issuer == ACTIVESTATE_ISSUER:
            return ActiveStatePublisher(*(text(claims, name) for name in ("organization", "project", "actor")))
        case _:
            return _gitlab(claims) if "project_path" in claims else None


def _github(claims: Mapping[str, object]) -> GitHubPublisher:
    owner, _, repository = text(claims, "repository").partition("/")
    return GitHubPublisher(
        owner, repository, workflow_filename(text(claims, "job_workflow_ref")), text(claims, "environment")
    )


def _gitlab(claims: Mapping[str, object]) -> GitLabPublisher:
    namespace, _, project = text(claims, "project_path").rpartition("/")
    return GitLabPublisher(
        namespace,
        project,
        workflow_filepath(text(claims, "ci_config_ref_uri")),
        text(claims, "environment"),
        text(claims, "iss"),
    )


def workflow_filename(ref: str) -> str:
    """Return `release.yml` of `OWNER/REPO/.github/workflows/release.yml@REF`; empty if there is none."""
    found = re.search(r"[^/]+\.ya?ml(?=@)", ref)
    return found[0] if found else ""


def workflow_filepath(uri: str) -> str:
    """Return `ci/release.yml` of `gitlab.com/NAMESPACE/PROJECT//ci/release.yml@REF`; empty if there is none."""
    found = re.search(r"(?<=//).*[^/]\.ya?ml(?=@)", uri)
    return found[0] if found else ""
