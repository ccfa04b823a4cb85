"""For whom the index takes attestations: decided from the claims of the job's identity token.

Source: `attestation_identity` in warehouse.oidc.models, and the policies of pypi_attestations.
"""

from __future__ import annotations

from collections.abc import Mapping

from tpub.attest.compare import spelled
from tpub.diagnostic import Claim
from tpub.errors import AttestationError
from tpub.identity.publisher import (
    GITLAB_ISSUER,
    ActiveStatePublisher,
    GitHubPublisher,
    GitLabPublisher,
    Publisher,
    publisher_of,
)

_NEVER = "Nothing is lost but the attestations; `--attestations never` leaves them out without a word."


def eligible(claims: Mapping[str, object]) -> Publisher:
    """Return the publisher that attestations of this job must name.

    Raises `AttestationError` if the index takes no attestations from such a job.
    """
    publisher = publisher_of(claims)
    match publisher:
        case GitHubPublisher():
            _check_workflow(publisher, claims)
        case GitLabPublisher() if publisher.issuer_url != GITLAB_ISSUER:
            raise AttestationError(
                "attestation-gitlab-self-managed",
                f"the index takes attestations from gitlab.com, and not from {publisher.issuer_url}",
                Claim("iss", publisher.issuer_url, GITLAB_ISSUER),
                hint=_NEVER,
            )
        case None | ActiveStatePublisher():
            issuer = str(claims.get("iss", ""))
            raise AttestationError(
                "attestation-platform",
                f"the index takes no attestations from jobs that {issuer or 'nobody'} vouches for",
                Claim("iss", issuer),
                hint=_NEVER,
            )
        case _:
            pass
    return publisher


def _check_workflow(publisher: Publisher, claims: Mapping[str, object]) -> None:
    """See that the certificate will name the publisher: it names the workflow that was triggered.

    In a reusable workflow, the publisher is the one that is called.
    """
    top, called = (str(claims.get(name, "")) for name in ("workflow_ref", "job_workflow_ref"))
    if top and not f"https://github.com/{top}".startswith(f"{spelled(publisher)}@"):
        raise AttestationError(
            "gh-reusable-attestation",
            f"the certificate would name {top}, and the publisher is the reusable workflow {called}",
            Claim("workflow_ref", top),
            Claim("job_workflow_ref", called),
            hint="Move the publishing job into the workflow that is triggered, and register that as the publisher.",
        )
