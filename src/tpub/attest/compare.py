"""Whether an attestation is about this file, and in the name of this publisher: decided without verifying anything.

Source: Attestation.verify and the policies of pypi_attestations, which the index judges with.
"""

from __future__ import annotations

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)

from tpub.attest.model import Attestation, Certified
from tpub.diagnostic import Field
from tpub.errors import AttestationError
from tpub.identity.publisher import (
    GITHUB_ISSUER,
    GITLAB_ISSUER,
    GOOGLE_ISSUER,
    ActiveStatePublisher,
    GitHubPublisher,
    GitLabPublisher,
    GooglePublisher,
    Publisher,
)

_GITHUB = "https://github.com"

AGAIN = "Delete the attestation and attest the file that is published: after the build, or leave it to tpub."


def check_file(attestation: Attestation, filename: str, sha256: str) -> None:
    """Raise `AttestationError` if the attestation speaks of another file, or of other bytes under this name."""
    if not same_name(attestation.subject, filename):
        raise AttestationError(
            "attestation-other-file",
            f"the attestation is about {attestation.subject}",
            Field("subject", attestation.subject),
            hint=AGAIN,
            file=filename,
        )
    if attestation.sha256 != sha256:
        raise AttestationError(
            "attestation-stale",
            "the attestation was made for other bytes: the file was built again since",
            Field("sha256 attested", attestation.sha256),
            Field("sha256 here", sha256),
            hint=AGAIN,
            file=filename,
        )


def same_name(subject: str, filename: str) -> bool:
    """Tell whether two names mean the same distribution, spelled differently or not."""
    return subject == filename or (_parsed(subject) is not None and _parsed(subject) == _parsed(filename))


def _parsed(filename: str) -> object:
    try:
        return parse_wheel_filename(filename) if filename.endswith(".whl") else parse_sdist_filename(filename)
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None


def check_signer(attestation: Attestation, publisher: Publisher) -> None:
    """Raise `AttestationError` if the certificate does not name `publisher`."""
    if not vouches(attestation.certified, publisher):
        raise foreign(attestation, publisher)


def foreign(attestation: Attestation, publisher: Publisher) -> AttestationError:
    """Return the news that the certificate does not name `publisher`."""
    return AttestationError(
        "attestation-foreign",
        f"the attestation is signed by {attestation.certified.name}, and not by {spelled(publisher)}",
        Field("issuer", attestation.certified.issuer),
        Field("build config", attestation.certified.build_config_uri),
        hint="Attest in the job that publishes (leave it to tpub), or publish with `--attestations never`.",
        file=attestation.subject,
    )


def vouches(certified: Certified, publisher: Publisher) -> bool:
    """Tell whether a certificate names a publisher, in the way in which the index compares them."""
    match publisher:
        case GitHubPublisher(owner, repository):
            return _runs(certified, GITHUB_ISSUER, f"{_GITHUB}/{owner}/{repository}", spelled(publisher))
        case GitLabPublisher(namespace, project):
            # Whatever the instance: the index compares with gitlab.com.
            return _runs(certified, GITLAB_ISSUER, f"{GITLAB_ISSUER}/{namespace}/{project}", spelled(publisher))
        case GooglePublisher(email):
            return (certified.issuer, certified.subject) == (GOOGLE_ISSUER, email)
        case ActiveStatePublisher():
            return False


def _runs(certified: Certified, issuer: str, site: str, workflow: str) -> bool:
    places = (certified.source_repository_digest, certified.source_repository_ref)
    return (certified.issuer, certified.source_repository_uri) == (issuer, site) and any(
        certified.build_config_uri == f"{workflow}@{place}" for place in places if place
    )


def spelled(publisher: Publisher) -> str:
    """Return the publisher as certificates name it, without the commit."""
    match publisher:
        case GitHubPublisher(owner, repository, workflow):
            return f"{_GITHUB}/{owner}/{repository}/.github/workflows/{workflow}"
        case GitLabPublisher(namespace, project, workflow):
            return f"{GITLAB_ISSUER}/{namespace}/{project}//{workflow}"
        case GooglePublisher(email):
            return email
        case ActiveStatePublisher(organization, project):
            return f"{organization}/{project}"
