from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from support.attestations import GITHUB_SDIST, GITLAB_SDIST, changed, published, statement
from support.rehearsals import FILE, FILENAME, Said, ask, basic, fields, post
from tpub.attest.model import PROVENANCE, PUBLISH
from tpub.http import Http
from tpub.identity import jwt
from tpub.index.exchange import mint
from tpub.rehearsal import JobDescription, RehearsalIndex
from tpub.secret import Secret

REPOSITORY = "facutuesca/gitlab-oidc-project"
GITLAB = JobDescription("gitlab", repository=REPOSITORY, tag="0.0.3")
ELSEWHERE = JobDescription("gitlab", repository="octo-org/sampleproject")
SELF_MANAGED = JobDescription("gitlab", repository=REPOSITORY, issuer="https://gitlab.example.com")
PREFIX = "Invalid attestations supplied during upload: "
UNVERIFIED = "Could not verify the uploaded artifact using the included attestation: Verification failed: "
CONFIG = "https://gitlab.com/facutuesca/gitlab-oidc-project//.gitlab-ci.yml"


def attestation(name: str = FILENAME, content: bytes = FILE, predicate: str = PUBLISH) -> dict[str, Any]:
    """Return an attestation of the good file; the signature is not of it."""
    subject = [{"name": name, "digest": {"sha256": hashlib.sha256(content).hexdigest()}}]
    said = statement(subject=subject, predicateType=predicate)
    return changed(published(GITLAB_SDIST), "envelope", "statement", to=said)


def token(index: RehearsalIndex, description: JobDescription) -> Secret:
    """Exchange an identity token of such a job."""
    if description.issuer:
        index.add_issuer(description.issuer)
    index.trust(index.job(description).publisher, "sampleproject")
    identity = index.identity_token(description)
    with Http({}) as http:
        return mint(index.index, identity, jwt.read(identity) or {}, http).secret


def upload(index: RehearsalIndex, attestations: object, secret: Secret) -> Said:
    text = attestations if isinstance(attestations, str) else json.dumps(attestations)
    return post(index, fields(attestations=text), authorization=basic(secret))


def provenance(index: RehearsalIndex, filename: str = FILENAME, accept: str = "*/*") -> Said:
    return ask(index, f"/integrity/sampleproject/1.0/{filename}/provenance", headers={"Accept": accept})


def test_attestations_are_taken_and_shown(index: RehearsalIndex) -> None:
    both = [attestation(), attestation(predicate=PROVENANCE)]
    assert upload(index, both, token(index, GITLAB)).status == 200
    said = provenance(index)
    assert (said.status, said.headers["content-type"]) == (200, "application/vnd.pypi.integrity.v1+json")
    publisher = {
        "kind": "GitLab",
        "repository": REPOSITORY,
        "workflow_filepath": ".gitlab-ci.yml",
        "environment": None,
    }
    bundle = {"publisher": publisher, "attestations": both}
    assert said.json() == {"version": 1, "attestation_bundles": [bundle]}
    page = ask(index, "/simple/sampleproject/", headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    (file,) = json.loads(page.body)["files"]
    assert file["provenance"] == f"{index.url}/integrity/sampleproject/1.0/{FILENAME}/provenance"


def test_a_publisher_on_github_is_shown(index: RehearsalIndex) -> None:
    description = JobDescription("github", "trailofbits/pypi-attestations", environment="pypi")
    subject = [{"name": FILENAME, "digest": {"sha256": hashlib.sha256(FILE).hexdigest()}}]
    document = changed(published(GITHUB_SDIST), "envelope", "statement", to=statement(subject=subject))
    assert upload(index, [document], token(index, description)).status == 200
    (bundle,) = json.loads(provenance(index).body)["attestation_bundles"]
    assert bundle["publisher"] == {
        "kind": "GitHub",
        "repository": "trailofbits/pypi-attestations",
        "workflow": "release.yml",
        "environment": "pypi",
    }


@pytest.mark.parametrize(
    ("description", "attestations", "message"),
    [
        pytest.param(GITLAB, [], "Malformed attestations: an empty attestation set is not permitted", id="none"),
        pytest.param(GITLAB, "[", "Malformed attestations: Invalid JSON", id="no JSON"),
        pytest.param(GITLAB, {}, "Malformed attestations: Input should be a valid array", id="no array"),
        pytest.param(GITLAB, [{}], "Malformed attestations: `version` is not 1", id="something else"),
        pytest.param(GITLAB, [attestation()] * 3, "A maximum of 2 attestations per file are supported", id="three"),
        pytest.param(
            GITLAB,
            [attestation()] * 2,
            f"Multiple attestations for the same file with the same predicate type ({PUBLISH}) are not supported",
            id="twice the same",
        ),
        pytest.param(
            GITLAB,
            [attestation("sampleproject-1.0.tar.gz")],
            f"{UNVERIFIED}subject does not match distribution name: sampleproject-1.0.tar.gz != {FILENAME}",
            id="other file",
        ),
        pytest.param(
            GITLAB,
            [attestation(content=b"other")],
            f"{UNVERIFIED}subject does not match distribution digest",
            id="other bytes",
        ),
        pytest.param(
            GITLAB,
            [attestation(predicate="https://example.com/v1")],
            f"{UNVERIFIED}unknown attestation type: https://example.com/v1",
            id="other kind",
        ),
        pytest.param(
            ELSEWHERE,
            [attestation()],
            f"{UNVERIFIED}Certificate's Build Config URI ({CONFIG}@refs/heads/main) does not match expected Trusted "
            "Publisher (https://gitlab.com/octo-org/sampleproject//.gitlab-ci.yml)",
            id="other publisher",
        ),
        pytest.param(
            SELF_MANAGED,
            [attestation()],
            f"{UNVERIFIED}Certificate's OIDCIssuerV2 does not match",
            id="self-managed GitLab",
        ),
    ],
)
def test_attestations_are_refused(
    shared: RehearsalIndex, description: JobDescription, attestations: object, message: str
) -> None:
    said = upload(shared, attestations, token(shared, description))
    assert (said.status, said.reason) == (400, PREFIX + message)
    assert shared.store.files == {}


def test_a_user_cannot_attest(index: RehearsalIndex) -> None:
    said = upload(index, [attestation()], index.user_token())
    words = "Attestations are only supported when using Trusted Publishing"
    assert (said.status, said.reason) == (400, PREFIX + words)


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        pytest.param(f"sampleproject/1.0/{FILENAME}/provenance", "application/json", 404, id="no attestations"),
        pytest.param(f"sampleproject/1.0/{FILENAME}/provenance", "text/html", 406, id="as a page"),
        pytest.param("sampleproject/1.0/sampleproject-1.0.zip/provenance", "*/*", 404, id="no such file"),
        pytest.param(f"sampleproject/2.0/{FILENAME}/provenance", "*/*", 404, id="another release"),
        pytest.param(f"sampleproject/1.0/{FILENAME}", "*/*", 404, id="no such page"),
    ],
)
def test_there_is_no_provenance(index: RehearsalIndex, path: str, accept: str, status: int) -> None:
    assert post(index, fields(), authorization=basic(index.user_token())).status == 200
    assert ask(index, f"/integrity/{path}", headers={"Accept": accept}).status == status
