"""Simulated CI systems: the environment of a job, and the service that gives it identity tokens.

Source: https://docs.github.com/en/actions/reference/security/oidc and
https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload.
"""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

from tpub.identity.publisher import (
    ACTIVESTATE_ISSUER,
    GITHUB_ISSUER,
    GITLAB_ISSUER,
    GOOGLE_ISSUER,
    ActiveStatePublisher,
    GitHubPublisher,
    GitLabPublisher,
    GooglePublisher,
    Publisher,
)

_SHA = "3b5f0c9a2d7e4186b0a9c8d7e6f5a4b3c2d1e0f9"
_GITHUB_LIFE, _GITLAB_LIFE, _GOOGLE_LIFE = 600, 3600, 3600  # seconds that identity tokens live
_ACTOR = "releaser"

Claims = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class JobDescription:
    """What a job is about.

    `workflow` defaults to the provider's usual file, `issuer` to its own; `changes` replace claims of the job's
    identity tokens, None takes one out.
    """

    provider: Literal["github", "gitlab", "google", "activestate"]
    repository: str = "octo-org/sampleproject"
    workflow: str = ""
    environment: str | None = None
    tag: str = "v1.0"
    event: str = "push"
    issuer: str = ""
    changes: Claims = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The workflow or configuration file that the job is written in."""
        return self.workflow or {"github": "release.yml", "gitlab": ".gitlab-ci.yml"}.get(self.provider, "")


@dataclass(frozen=True, slots=True)
class Job:
    """A job that runs: its environment variables, and the publisher that the index would have to trust."""

    env: Mapping[str, str] = field(repr=False)
    publisher: Publisher


@dataclass(frozen=True, slots=True)
class TokenService:
    """Where a job asks for identity tokens: what authorizes it on GitHub, and what its claims are by audience."""

    bearer: str = field(repr=False)
    claims: Callable[[str], Claims]


Jobs = dict[str, TokenService]


def account_id(owner: str) -> str:
    """Return the number of an account; the real ones are GitHub's to give, these are made of the name."""
    return str(zlib.crc32(owner.encode()))


def github_env(job: JobDescription, token_url: str, bearer: str) -> dict[str, str]:
    """Return the variables of a job on GitHub Actions that may ask for identity tokens."""
    owner = job.repository.partition("/")[0]
    return {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_API_URL": "https://api.github.com",
        "GITHUB_REPOSITORY": job.repository,
        "GITHUB_REPOSITORY_ID": account_id(job.repository),
        "GITHUB_REPOSITORY_OWNER": owner,
        "GITHUB_REPOSITORY_OWNER_ID": account_id(owner),
        "GITHUB_WORKFLOW": job.file.partition(".")[0],
        "GITHUB_WORKFLOW_REF": _workflow_ref(job),
        "GITHUB_WORKFLOW_SHA": _SHA,
        "GITHUB_EVENT_NAME": job.event,
        "GITHUB_REF": f"refs/tags/{job.tag}",
        "GITHUB_REF_NAME": job.tag,
        "GITHUB_REF_TYPE": "tag",
        "GITHUB_SHA": _SHA,
        "GITHUB_ACTOR": owner,
        "GITHUB_JOB": "publish",
        "GITHUB_RUN_ID": "1000",
        "GITHUB_RUN_NUMBER": "1",
        "GITHUB_RUN_ATTEMPT": "1",
        "RUNNER_OS": "Linux",
        "RUNNER_ENVIRONMENT": "github-hosted",
        "ACTIONS_ID_TOKEN_REQUEST_URL": token_url,
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": bearer,
    }


def github_claims(job: JobDescription, audience: str, now: float) -> Claims:
    """Return the claims of a fresh identity token of GitHub."""
    owner, ref = job.repository.partition("/")[0], f"refs/tags/{job.tag}"
    context = f"environment:{job.environment}" if job.environment else f"ref:{ref}"
    claims: dict[str, object] = {
        **_times(now, _GITHUB_LIFE),
        "iss": job.issuer or GITHUB_ISSUER,
        "aud": audience,
        "sub": f"repo:{job.repository}:{context}",
        "ref": ref,
        "ref_type": "tag",
        "ref_protected": "false",
        "sha": _SHA,
        "repository": job.repository,
        "repository_id": account_id(job.repository),
        "repository_owner": owner,
        "repository_owner_id": account_id(owner),
        "repository_visibility": "public",
        "actor": owner,
        "actor_id": account_id(owner),
        "event_name": job.event,
        "head_ref": "",
        "base_ref": "",
        "run_id": "1000",
        "run_number": "1",
        "run_attempt": "1",
        "runner_environment": "github-hosted",
        "workflow": job.file.partition(".")[0],
        "workflow_ref": _workflow_ref(job),
        "workflow_sha": _SHA,
        "job_workflow_ref": _workflow_ref(job),
        "job_workflow_sha": _SHA,
    }
    return _changed(claims, {"environment": job.environment, **job.changes})


def gitlab_env(job: JobDescription) -> dict[str, str]:
    """Return the variables of a job on GitLab, but for its identity token."""
    namespace, _, project = job.repository.rpartition("/")
    issuer = job.issuer or GITLAB_ISSUER
    named = {"CI_ENVIRONMENT_NAME": job.environment} if job.environment else {}
    return named | {
        "CI": "true",
        "GITLAB_CI": "true",
        "CI_SERVER_URL": issuer,
        "CI_SERVER_HOST": issuer.removeprefix("https://"),
        "CI_SERVER_VERSION": "18.6.0",
        "CI_PROJECT_PATH": job.repository,
        "CI_PROJECT_NAMESPACE": namespace,
        "CI_PROJECT_NAME": project,
        "CI_CONFIG_PATH": job.file,
        "CI_COMMIT_SHA": _SHA,
        "CI_COMMIT_TAG": job.tag,
        "CI_COMMIT_REF_NAME": job.tag,
        "CI_PIPELINE_SOURCE": job.event,
        "CI_JOB_NAME": "publish",
        "CI_JOB_ID": "3000",
        "CI_PIPELINE_ID": "2000",
    }


def gitlab_claims(job: JobDescription, audience: str, now: float) -> Claims:
    """Return the claims of the identity token that GitLab makes when a job starts."""
    namespace, issuer = job.repository.rpartition("/")[0], job.issuer or GITLAB_ISSUER
    ref = f"refs/tags/{job.tag}"
    claims: dict[str, object] = {
        **_times(now, _GITLAB_LIFE),
        "iss": issuer,
        "aud": audience,
        "sub": f"project_path:{job.repository}:ref_type:tag:ref:{job.tag}",
        "project_path": job.repository,
        "project_id": account_id(job.repository),
        "project_visibility": "public",
        "namespace_path": namespace,
        "namespace_id": account_id(namespace),
        "user_login": "releaser",
        "user_email": "releaser@example.com",
        "user_id": "42",
        "pipeline_id": "2000",
        "pipeline_source": job.event,
        "job_id": "3000",
        "ref": job.tag,
        "ref_type": "tag",
        "ref_path": ref,
        "ref_protected": "true",
        "sha": _SHA,
        "ci_config_ref_uri": f"{issuer.removeprefix('https://')}/{job.repository}//{job.file}@{ref}",
        "ci_config_sha": _SHA,
        "runner_environment": "gitlab-hosted",
    }
    return _changed(claims, {"environment": job.environment, **job.changes})


def google_claims(job: JobDescription, audience: str, now: float) -> Claims:
    """Return the claims of what Google's metadata server signs; it has no `jti`, and may come again."""
    number = account_id(job.repository)
    times = {name: value for name, value in _times(now, _GOOGLE_LIFE).items() if name in ("iat", "exp")}
    claims: dict[str, object] = {
        **times,
        "iss": GOOGLE_ISSUER,
        "aud": audience,
        "azp": number,
        "sub": number,
        "email": _service_account(job),
        "email_verified": True,
    }
    return _changed(claims, job.changes)


def activestate_claims(job: JobDescription, audience: str, now: float) -> Claims:
    """Return the claims of the identity token that ActiveState hands to its publishing builder."""
    organization, _, project = job.repository.rpartition("/")
    times = {name: value for name, value in _times(now, _GITHUB_LIFE).items() if name != "jti"}
    claims: dict[str, object] = {
        **times,
        "iss": ACTIVESTATE_ISSUER,
        "aud": audience,
        "sub": f"org:{organization}:project:{project}",
        "organization": organization,
        "organization_id": account_id(organization),
        "project": project,
        "project_id": account_id(job.repository),
        "project_path": job.repository,
        "project_visibility": "public",
        "actor": _ACTOR,
        "actor_id": account_id(_ACTOR),
        "builder": "pypi-publisher",
        "ingredient": project,
        "artifact_id": str(uuid4()),
    }
    return _changed(claims, job.changes)


CLAIMS: Mapping[str, Callable[[JobDescription, str, float], Claims]] = {
    "github": github_claims,
    "gitlab": gitlab_claims,
    "google": google_claims,
    "activestate": activestate_claims,
}


def publisher_for(job: JobDescription) -> Publisher:
    """Return the publisher that the index would have to trust for a job as described."""
    head, _, tail = job.repository.rpartition("/")
    environment = job.environment or ""
    match job.provider:
        case "github":
            return GitHubPublisher(head, tail, job.file, environment)
        case "gitlab":
            return GitLabPublisher(head, tail, job.file, environment, job.issuer or GITLAB_ISSUER)
        case "google":
            return GooglePublisher(_service_account(job))
        case "activestate":
            return ActiveStatePublisher(head, tail, _ACTOR)


def _service_account(job: JobDescription) -> str:
    owner, _, project = job.repository.rpartition("/")
    return f"{project}@{owner.replace('/', '-')}.iam.gserviceaccount.com"


def new_bearer() -> str:
    """Return what authorizes a job at GitHub's token service."""
    return secrets.token_urlsafe(48)


def _workflow_ref(job: JobDescription) -> str:
    return f"{job.repository}/.github/workflows/{job.file}@refs/tags/{job.tag}"


def _times(now: float, life: int) -> dict[str, object]:
    return {"jti": str(uuid4()), "iat": int(now), "nbf": int(now) - 5, "exp": int(now) + life}


def _changed(claims: Claims, changes: Claims) -> Claims:
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}
