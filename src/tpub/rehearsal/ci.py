"""Simulated CI systems: what a job is about, and the environment in which it runs.

Source: https://docs.github.com/en/actions/reference/security/oidc and
https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload.
"""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tpub.identity.publisher import (
    GITLAB_ISSUER,
    ActiveStatePublisher,
    GitHubPublisher,
    GitLabPublisher,
    GooglePublisher,
    Publisher,
)

SHA = "3b5f0c9a2d7e4186b0a9c8d7e6f5a4b3c2d1e0f9"
ACTOR = "releaser"
DEFAULT_BRANCH = "main"

Claims = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class JobDescription:
    """What a job is about.

    `workflow` defaults to the provider's usual file, `issuer` to its own, `reference` to the tag, `account` (Google's)
    to one that is named for the repository; `caller` is the workflow that calls that of the job. `is_granted` says
    whether GitHub lets it ask for identity tokens, `id_tokens` which audiences GitLab's have by their variables, None
    for what suits this index; `changes` replace claims of the job's identity tokens, None takes one out.
    """

    provider: Literal["github", "gitlab", "google", "activestate"]
    repository: str = "octo-org/sampleproject"
    workflow: str = ""
    environment: str | None = None
    tag: str = "v1.0"
    event: str = "push"
    issuer: str = ""
    changes: Claims = field(default_factory=dict)
    name: str = "publish"
    reference: str = ""
    account: str = ""
    caller: str = ""
    is_granted: bool = True
    id_tokens: Mapping[str, str | list[str]] | None = None

    @property
    def ref(self) -> str:
        """The git reference that it runs for."""
        return self.reference or f"refs/tags/{self.tag}"

    @property
    def ref_name(self) -> str:
        """The branch or tag."""
        return self.ref.split("/", 2)[2]

    @property
    def ref_type(self) -> str:
        """What the platforms call the kind of the reference."""
        return "tag" if self.ref.startswith("refs/tags/") else "branch"

    @property
    def is_protected(self) -> bool:
        """Whether GitLab protects the reference: tags and branches of a release, but no branch to be merged."""
        return self.event != "merge_request_event"

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
    """Return the variables of a job on GitHub Actions; those that ask for identity tokens if it may."""
    owner = job.repository.partition("/")[0]
    asking = {"ACTIONS_ID_TOKEN_REQUEST_URL": token_url, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": bearer}
    return (asking if job.is_granted else {}) | {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_SERVER_URL": job.issuer.removesuffix("/_services/token") or "https://github.com",
        "GITHUB_API_URL": "https://api.github.com",
        "GITHUB_REPOSITORY": job.repository,
        "GITHUB_REPOSITORY_ID": account_id(job.repository),
        "GITHUB_REPOSITORY_OWNER": owner,
        "GITHUB_REPOSITORY_OWNER_ID": account_id(owner),
        "GITHUB_WORKFLOW": job.file.partition(".")[0],
        "GITHUB_WORKFLOW_REF": workflow_ref(job, job.caller or job.file),
        "GITHUB_WORKFLOW_SHA": SHA,
        "GITHUB_EVENT_NAME": job.event,
        "GITHUB_REF": job.ref,
        "GITHUB_REF_NAME": job.ref_name,
        "GITHUB_REF_TYPE": job.ref_type,
        "GITHUB_SHA": SHA,
        "GITHUB_ACTOR": owner,
        "GITHUB_JOB": job.name,
        "GITHUB_RUN_ID": "1000",
        "GITHUB_RUN_NUMBER": "1",
        "GITHUB_RUN_ATTEMPT": "1",
        "RUNNER_OS": "Linux",
        "RUNNER_ENVIRONMENT": "github-hosted",
    }


def gitlab_env(job: JobDescription) -> dict[str, str]:
    """Return the variables of a job on GitLab, but for its identity token."""
    namespace, _, project = job.repository.rpartition("/")
    issuer = job.issuer or GITLAB_ISSUER
    named = {"CI_ENVIRONMENT_NAME": job.environment} if job.environment else {}
    return (
        named
        | _of_reference(job)
        | {
            "CI": "true",
            "GITLAB_CI": "true",
            "CI_SERVER_URL": issuer,
            "CI_SERVER_HOST": issuer.removeprefix("https://"),
            "CI_SERVER_VERSION": "18.6.0",
            "CI_PROJECT_PATH": job.repository,
            "CI_PROJECT_NAMESPACE": namespace,
            "CI_PROJECT_ROOT_NAMESPACE": namespace.partition("/")[0],
            "CI_PROJECT_NAME": project,
            "CI_CONFIG_PATH": job.file,
            "CI_COMMIT_SHA": SHA,
            "CI_COMMIT_REF_NAME": job.ref_name,
            "CI_COMMIT_REF_PROTECTED": "true" if job.is_protected else "false",
            "CI_DEFAULT_BRANCH": DEFAULT_BRANCH,
            "CI_PIPELINE_SOURCE": job.event,
            "CI_JOB_NAME": job.name,
            "CI_JOB_ID": "3000",
            "CI_PIPELINE_ID": "2000",
        }
    )


def _of_reference(job: JobDescription) -> dict[str, str]:
    """Return the variables that pipelines of GitLab have for one kind of reference alone."""
    if job.event == "merge_request_event":
        return {
            "CI_MERGE_REQUEST_IID": "1",
            "CI_MERGE_REQUEST_PROJECT_PATH": job.repository,
            "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": job.repository,
            "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": job.ref_name,
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": DEFAULT_BRANCH,
        }
    return {"CI_COMMIT_TAG" if job.ref_type == "tag" else "CI_COMMIT_BRANCH": job.ref_name}


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
            return GooglePublisher(service_account(job))
        case "activestate":
            return ActiveStatePublisher(head, tail, ACTOR)


def service_account(job: JobDescription) -> str:
    """Return the account in Google's cloud in whose name a job publishes."""
    if job.account:
        return job.account
    owner, _, project = job.repository.rpartition("/")
    return f"{project}@{owner.replace('/', '-')}.iam.gserviceaccount.com"


def new_bearer() -> str:
    """Return what authorizes a job at GitHub's token service."""
    return secrets.token_urlsafe(48)


def workflow_ref(job: JobDescription, file: str) -> str:
    """Return how GitHub names a workflow file at a reference."""
    return f"{job.repository}/.github/workflows/{file}@{job.ref}"
