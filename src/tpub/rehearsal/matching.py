"""Which publisher an identity token belongs to, found and checked as the index does.

Source: OIDCPublisherMixin in warehouse.oidc.models._core, and the models of the platforms beside it. The words of
the refusals are the index's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from tpub.identity.jwt import text
from tpub.identity.publisher import (
    ACTIVESTATE_BUILDER,
    ActiveStatePublisher,
    GitHubPublisher,
    GitLabPublisher,
    GooglePublisher,
    workflow_filename,
    workflow_filepath,
)
from tpub.rehearsal.store import PendingRegistration, Registration
from tpub.rehearsal.verification import Claims

_R = TypeVar("_R", Registration, PendingRegistration)
_GITHUB_CLAIMS = ("repository", "repository_owner", "repository_owner_id", "job_workflow_ref", "jti", "event_name")
_GITLAB_CLAIMS = ("sub", "project_path", "ci_config_ref_uri", "jti")
_GOOGLE_CLAIMS = ("email", "email_verified")
_ACTIVESTATE_CLAIMS = ("sub", "organization", "project", "actor_id", "builder")
_NOT_FOUND = "Publisher with matching claims was not found"


class NoPublisherError(Exception):
    """No publisher matches; the message is the index's."""


class ReusedTokenError(Exception):
    """The identity token was exchanged before."""


def find(kind: str, registrations: Sequence[_R], claims: Claims, is_used: Callable[[str], bool]) -> _R:
    """Return the registration of a publisher of `kind` that `claims` belong to.

    Raises `NoPublisherError` or, if `is_used` says so of the token's `jti`, `ReusedTokenError`.
    """
    _require(claims, *_REQUIRED[kind])
    match kind:
        case "github":
            found = _look_up_github(registrations, claims)
        case "gitlab":
            found = _look_up_gitlab(registrations, claims)
        case "google":
            found = _look_up_google(registrations, claims)
        case _:
            found = _look_up_activestate(registrations, claims)
    match found.publisher:
        case GitHubPublisher() as publisher:
            _check_github(publisher, claims, is_used)
        case GitLabPublisher() as publisher:
            _check_gitlab(publisher, claims, is_used)
        case GooglePublisher():
            _check("email_verified", is_right=claims["email_verified"] is True)
        case ActiveStatePublisher() as publisher:
            _check_activestate(publisher, claims)
    return found


_REQUIRED = {
    "github": (*_GITHUB_CLAIMS, "ref", "sha"),
    "gitlab": (*_GITLAB_CLAIMS, "ref_path", "sha"),
    "google": _GOOGLE_CLAIMS,
    "activestate": _ACTIVESTATE_CLAIMS,
}


def _require(claims: Claims, *names: str) -> None:
    for name in names:
        if claims.get(name) is None:
            raise NoPublisherError(f"Missing claim {name!r}")


def _look_up_github(registrations: Sequence[_R], claims: Claims) -> _R:
    owner, _, repository = text(claims, "repository").partition("/")
    filename = workflow_filename(text(claims, "job_workflow_ref"))
    if not filename:
        raise NoPublisherError("Could not job extract workflow filename from OIDC claims")
    sought = (owner, repository, filename, claims["repository_owner_id"])
    return _most_specific(
        [
            (publisher.environment.lower(), each)
            for each in registrations
            if isinstance(publisher := each.publisher, GitHubPublisher)
            and (publisher.owner, publisher.repository, publisher.workflow_filename, each.owner_id) == sought
        ],
        text(claims, "environment").lower(),
    )


def _look_up_gitlab(registrations: Sequence[_R], claims: Claims) -> _R:
    namespace, _, project = text(claims, "project_path").lower().rpartition("/")
    filepath = workflow_filepath(text(claims, "ci_config_ref_uri"))
    if not filepath:
        raise NoPublisherError("Could not extract workflow filename from OIDC claims")
    sought = (namespace, project, filepath, claims["iss"])
    return _most_specific(
        [
            (publisher.environment, each)
            for each in registrations
            if isinstance(publisher := each.publisher, GitLabPublisher)
            and (
                publisher.namespace.lower(),
                publisher.project.lower(),
                publisher.workflow_filepath,
                publisher.issuer_url,
            )
            == sought
        ],
        text(claims, "environment"),
    )


def _look_up_google(registrations: Sequence[_R], claims: Claims) -> _R:
    return _most_specific(
        [
            (publisher.sub, each)
            for each in registrations
            if isinstance(publisher := each.publisher, GooglePublisher) and publisher.email == claims["email"]
        ],
        text(claims, "sub"),
    )


def _look_up_activestate(registrations: Sequence[_R], claims: Claims) -> _R:
    sought = (claims["organization"], claims["project"], claims["actor_id"])
    return _most_specific(
        [
            ("", each)
            for each in registrations
            if isinstance(publisher := each.publisher, ActiveStatePublisher)
            and (publisher.organization, publisher.project, each.owner_id) == sought
        ],
        "",
    )


def _most_specific(candidates: Sequence[tuple[str, _R]], sought: str) -> _R:
    """Prefer the publisher that names what is sought (an environment, a subject) to one that takes any."""
    for wanted in dict.fromkeys((sought, "")):
        for name, candidate in candidates:
            if name == wanted:
                return candidate
    raise NoPublisherError(_NOT_FOUND)


def _check_github(publisher: GitHubPublisher, claims: Claims, is_used: Callable[[str], bool]) -> None:
    _check("repository_owner", is_right=claims["repository_owner"] == publisher.owner)
    workflow = f"{publisher.owner}/{publisher.repository}/.github/workflows/{publisher.workflow_filename}"
    if not (text(claims, "ref") or text(claims, "sha")):
        raise NoPublisherError("The ref and sha claims are empty")
    _check_reference("job_workflow_ref", workflow, claims, ("ref", "sha"))
    _check_unused(claims, is_used)
    if claims["event_name"] == "pull_request_target":
        raise NoPublisherError("Publishing from a workflow invoked via 'pull_request_target' is not supported.")


def _check_gitlab(publisher: GitLabPublisher, claims: Claims, is_used: Callable[[str], bool]) -> None:
    path = f"{publisher.namespace}/{publisher.project}"
    subject = ":".join(text(claims, "sub").split(":")[:2])
    _check("sub", is_right=subject.lower() == f"project_path:{path}".lower())
    if not (text(claims, "ref_path") and text(claims, "sha")):
        raise NoPublisherError("The ref_path and sha claims are empty")
    config = f"{publisher.issuer_url.removeprefix('https://')}/{path}//{publisher.workflow_filepath}"
    _check_reference("ci_config_ref_uri", config, claims, ("ref_path", "sha"))
    _check_unused(claims, is_used)


def _check_activestate(publisher: ActiveStatePublisher, claims: Claims) -> None:
    parts = text(claims, "sub").split(":")
    if len(parts) < 4:  # noqa: PLR2004  (org:NAME:project:NAME)
        raise NoPublisherError("Invalid 'subject' claim. Wrong format")
    if parts[:4] != ["org", publisher.organization, "project", publisher.project]:
        raise NoPublisherError("Invalid 'subject' claim")
    _check("builder", is_right=claims["builder"] == ACTIVESTATE_BUILDER)


def _check(name: str, *, is_right: bool) -> None:
    if not is_right:
        raise NoPublisherError(f"Check failed for required claim {name!r}")


def _check_reference(name: str, file: str, claims: Claims, references: tuple[str, str]) -> None:
    """Compare the file, letter for letter, with the publisher's at the reference that the job runs for."""
    expected = sorted({f"{file}@{text(claims, reference)}" for reference in references if text(claims, reference)})
    if claims[name] not in expected:
        raise NoPublisherError(f"The {name} claim does not match, expecting one of {expected!r}, got {claims[name]!r}")


def _check_unused(claims: Claims, is_used: Callable[[str], bool]) -> None:
    if is_used(text(claims, "jti")):
        raise ReusedTokenError
