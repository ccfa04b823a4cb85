"""What the identity tokens of simulated jobs claim.

Source: https://docs.github.com/en/actions/reference/security/oidc and
https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import uuid4

from tpub.identity.publisher import ACTIVESTATE_BUILDER, ACTIVESTATE_ISSUER, GITHUB_ISSUER, GITLAB_ISSUER, GOOGLE_ISSUER
from tpub.rehearsal.ci import ACTOR, SHA, Claims, JobDescription, account_id, service_account, workflow_ref

_GITHUB_LIFE, _GITLAB_LIFE, _GOOGLE_LIFE = 600, 3600, 3600  # seconds that identity tokens live


def github_claims(job: JobDescription, audience: str | list[str], now: float) -> Claims:
    """Return the claims of a fresh identity token of GitHub."""
    owner = job.repository.partition("/")[0]
    context = f"environment:{job.environment}" if job.environment else f"ref:{job.ref}"
    claims: dict[str, object] = {
        **_times(now, _GITHUB_LIFE),
        "iss": job.issuer or GITHUB_ISSUER,
        "aud": audience,
        "sub": f"repo:{job.repository}:{context}",
        "ref": job.ref,
        "ref_type": job.ref_type,
        "ref_protected": "false",
        "sha": SHA,
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
        "workflow_ref": workflow_ref(job, job.caller or job.file),
        "workflow_sha": SHA,
        "job_workflow_ref": workflow_ref(job, job.file),
        "job_workflow_sha": SHA,
    }
    return _changed(claims, {"environment": job.environment, **job.changes})


def gitlab_claims(job: JobDescription, audience: str | list[str], now: float) -> Claims:
    """Return the claims of the identity token that GitLab makes when a job starts."""
    namespace, issuer = job.repository.rpartition("/")[0], job.issuer or GITLAB_ISSUER
    claims: dict[str, object] = {
        **_times(now, _GITLAB_LIFE),
        "iss": issuer,
        "aud": audience,
        "sub": f"project_path:{job.repository}:ref_type:{job.ref_type}:ref:{job.ref_name}",
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
        "ref": job.ref_name,
        "ref_type": job.ref_type,
        "ref_path": job.ref,
        "ref_protected": "true" if job.is_protected else "false",
        "sha": SHA,
        "ci_config_ref_uri": f"{issuer.removeprefix('https://')}/{job.repository}//{job.file}@{job.ref}",
        "ci_config_sha": SHA,
        "runner_environment": "gitlab-hosted",
    }
    return _changed(claims, {"environment": job.environment, **job.changes})


def google_claims(job: JobDescription, audience: str | list[str], now: float) -> Claims:
    """Return the claims of what Google's metadata server signs; it has no `jti`, and may come again."""
    number = account_id(job.repository)
    times = {name: value for name, value in _times(now, _GOOGLE_LIFE).items() if name in ("iat", "exp")}
    claims: dict[str, object] = {
        **times,
        "iss": GOOGLE_ISSUER,
        "aud": audience,
        "azp": number,
        "sub": number,
        "email": service_account(job),
        "email_verified": True,
    }
    return _changed(claims, job.changes)


def activestate_claims(job: JobDescription, audience: str | list[str], now: float) -> Claims:
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
        "actor": ACTOR,
        "actor_id": account_id(ACTOR),
        "builder": ACTIVESTATE_BUILDER,
        "ingredient": project,
        "artifact_id": str(uuid4()),
    }
    return _changed(claims, job.changes)


CLAIMS: Mapping[str, Callable[[JobDescription, str | list[str], float], Claims]] = {
    "github": github_claims,
    "gitlab": gitlab_claims,
    "google": google_claims,
    "activestate": activestate_claims,
}


def _times(now: float, life: int) -> dict[str, object]:
    return {"jti": str(uuid4()), "iat": int(now), "nbf": int(now) - 5, "exp": int(now) + life}


def _changed(claims: Claims, changes: Claims) -> Claims:
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}
