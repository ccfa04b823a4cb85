"""Which publisher an identity token belongs to, found and checked as the index does.

Source: OIDCPublisherMixin in warehouse.oidc.models._core, and the models of GitHub and GitLab beside it. The words
of the refusals are the index's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from tpub.identity.publisher import GitHubPublisher, GitLabPublisher, workflow_filename, workflow_filepath
from tpub.rehearsal.store import PendingRegistration, Registration
from tpub.rehearsal.verification import Claims

_R = TypeVar("_R", Registration, PendingRegistration)
_GITHUB_CLAIMS = ("repository", "repository_owner", "repository_owner_id", "job_workflow_ref", "jti", "event_name")
_GITLAB_CLAIMS = ("sub", "project_path", "ci_config_ref_uri", "jti")
_NOT_FOUND = "Publisher with matching claims was not found"


class NoPublisherError(Exception):
    """No publisher matches; the message is the index's."""


class ReusedTokenError(Exception):
    """The identity token was exchanged before."""


def find(kind: str, registrations: Sequence[_R], claims: Claims, is_used: Callable[[str], bool]) -> _R:
    """Return the registration of a publisher of `kind` that `claims` belong to.

    Raises `NoPublisherError` or, if `is_used` says so of the token's `jti`, `ReusedTokenError`.
    """
    if kind == "github":
        _require(claims, *_GITHUB_CLAIMS, "ref", "sha")
        found = _look_up_github(registrations, claims)
    else:
        _require(claims, *_GITLAB_CLAIMS, "ref_path", "sha")
        found = _look_up_gitlab(registrations, claims)
    if isinstance(found.publisher, GitHubPublisher):
        _check_github(found.publisher, claims, is_used)
    else:
        _check_gitlab(found.publisher, claims, is_used)
    return found


def _require(claims: Claims, *names: str) -> None:
    for name in names:
        if claims.get(name) is None:
            raise NoPublisherError(f"Missing claim {name!r}")


def _look_up_github(registrations: Sequence[_R], claims: Claims) -> _R:
    owner, _, repository = _text(claims, "repository").partition("/")
    filename = workflow_filename(_text(claims, "job_workflow_ref"))
    if not filename:
        raise NoPublisherError("Could not job extract workflow filename from OIDC claims")
    sought = (owner, repository, filename, claims["repository_owner_id"])
    return _most_specific(
        [
            r
            for r in registrations
            if isinstance(r.publisher, GitHubPublisher)
            and (r.publisher.owner, r.publisher.repository, r.publisher.workflow_filename, r.owner_id) == sought
        ],
        _text(claims, "environment").lower(),
        str.lower,
    )


def _look_up_gitlab(registrations: Sequence[_R], claims: Claims) -> _R:
    namespace, _, project = _text(claims, "project_path").lower().rpartition("/")
    filepath = workflow_filepath(_text(claims, "ci_config_ref_uri"))
    if not filepath:
        raise NoPublisherError("Could not extract workflow filename from OIDC claims")
    sought = (namespace, project, filepath, claims["iss"])
    return _most_specific(
        [
            r
            for r in registrations
            if isinstance(r.publisher, GitLabPublisher)
            and (
                r.publisher.namespace.lower(),
                r.publisher.project.lower(),
                r.publisher.workflow_filepath,
                r.publisher.issuer_url,
            )
            == sought
        ],
        _text(claims, "environment"),
        str,
    )


def _most_specific(candidates: Sequence[_R], environment: str, spelling: Callable[[str], str]) -> _R:
    """Prefer a publisher of the job's environment to one that takes any."""
    for sought in dict.fromkeys((environment, "")):
        for candidate in candidates:
            if spelling(candidate.publisher.environment) == sought:
                return candidate
    raise NoPublisherError(_NOT_FOUND)


def _check_github(publisher: GitHubPublisher, claims: Claims, is_used: Callable[[str], bool]) -> None:
    if claims["repository_owner"] != publisher.owner:
        raise NoPublisherError("Check failed for required claim 'repository_owner'")
    workflow = f"{publisher.owner}/{publisher.repository}/.github/workflows/{publisher.workflow_filename}"
    if not (_text(claims, "ref") or _text(claims, "sha")):
        raise NoPublisherError("The ref and sha claims are empty")
    _check_reference("job_workflow_ref", workflow, claims, ("ref", "sha"))
    _check_unused(claims, is_used)
    if claims["event_name"] == "pull_request_target":
        raise NoPublisherError("Publishing from a workflow invoked via 'pull_request_target' is not supported.")


def _check_gitlab(publisher: GitLabPublisher, claims: Claims, is_used: Callable[[str], bool]) -> None:
    path = f"{publisher.namespace}/{publisher.project}"
    subject = ":".join(_text(claims, "sub").split(":")[:2])
    if subject.lower() != f"project_path:{path}".lower():
        raise NoPublisherError("Check failed for required claim 'sub'")
    if not (_text(claims, "ref_path") and _text(claims, "sha")):
        raise NoPublisherError("The ref_path and sha claims are empty")
    config = f"{publisher.issuer_url.removeprefix('https://')}/{path}//{publisher.workflow_filepath}"
    _check_reference("ci_config_ref_uri", config, claims, ("ref_path", "sha"))
    _check_unused(claims, is_used)


def _check_reference(name: str, file: str, claims: Claims, references: tuple[str, str]) -> None:
    """Compare the file, letter for letter, with the publisher's at the reference that the job runs for."""
    expected = sorted({f"{file}@{_text(claims, reference)}" for reference in references if _text(claims, reference)})
    if claims[name] not in expected:
        raise NoPublisherError(f"The {name} claim does not match, expecting one of {expected!r}, got {claims[name]!r}")


def _check_unused(claims: Claims, is_used: Callable[[str], bool]) -> None:
    if is_used(_text(claims, "jti")):
        raise ReusedTokenError


def _text(claims: Claims, name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""
