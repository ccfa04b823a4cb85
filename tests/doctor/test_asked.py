"""What is asked over the network: the publisher of the last release, and what a GitLab of one's own shows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from support.attestations import GITHUB_SDIST, changed, published, statement
from support.checkouts import laid
from support.evidence import (
    CI,
    GITHUB,
    GITHUB_CLAIMS,
    GITLAB,
    GITLAB_CLAIMS,
    GRANTED,
    IDENTITY,
    NOW,
    RELEASE,
    UPLOAD,
    github,
)
from support.loopback import Answer, serving
from support.rehearsals import FILE, FILENAME, basic, fields, post
from support.world import tpub
from tpub.diagnostic import Claim, Line, Severity
from tpub.doctor.diagnose import diagnose
from tpub.doctor.gather import Sources, gather
from tpub.http import Http
from tpub.identity import jwt
from tpub.identity.provider import variable_for
from tpub.identity.publisher import GitHubPublisher
from tpub.index.exchange import mint
from tpub.index.model import PYPI
from tpub.rehearsal import JobDescription, RehearsalIndex
from tpub.rehearsal.issuer import Issuer
from tpub.rehearsal.site import AUDIENCE

RELEASED = JobDescription("github", "trailofbits/pypi-attestations", environment="pypi")
GITLAB_JOB = "publish: {id_tokens: {PYPI_ID_TOKEN: {aud: pypi}}, script: tpub upload}\n"
CONFIGURATION, KEYS = "/.well-known/openid-configuration", "/oauth/discovery/keys"


def release(index: RehearsalIndex) -> None:
    """Publish a file with an attestation, as the job `RELEASED`."""
    index.trust(index.job(RELEASED).publisher, "sampleproject")
    identity = index.identity_token(RELEASED)
    with Http({}) as http:
        token = mint(index.index, identity, jwt.read(identity) or {}, http).secret
    subject = [{"name": FILENAME, "digest": {"sha256": hashlib.sha256(FILE).hexdigest()}}]
    document = changed(published(GITHUB_SDIST), "envelope", "statement", to=statement(subject=subject))
    assert post(index, fields(attestations=json.dumps([document])), authorization=basic(token)).status == 200


def test_the_publisher_of_the_last_release_is_asked_for(tmp_path: Path, index: RehearsalIndex) -> None:
    release(index)
    root = laid(tmp_path, {RELEASE: github(GRANTED + UPLOAD)})
    with Http({}) as http:
        evidence = gather(Sources(root, {}, NOW, http), index.index, "SampleProject")
    assert evidence.last == GitHubPublisher("trailofbits", "pypi-attestations", "release.yml", "pypi")
    claims = GITHUB_CLAIMS | {
        "repository": "trailofbits/pypi-attestations",
        "repository_owner": "trailofbits",
        "job_workflow_ref": "trailofbits/pypi-attestations/.github/workflows/release.yml@refs/tags/v1",
        "workflow_ref": "trailofbits/pypi-attestations/.github/workflows/release.yml@refs/tags/v1",
    }
    found = diagnose(replace(evidence, env=GITHUB | IDENTITY, claims=claims, audience="pypi", index=PYPI))
    assert [(each.code, each.severity, each.evidence) for each in found] == [
        (
            "gh-environment-missing",
            Severity.WARNING,
            (Claim("environment", None, "pypi"), Line(RELEASE, 9, 3, "jobs.publish")),
        )
    ]


def test_a_project_without_releases_has_no_last_publisher(tmp_path: Path, index: RehearsalIndex) -> None:
    with Http({}) as http:
        assert gather(Sources(tmp_path, {}, NOW, http), index.index, "sampleproject").last is None


@pytest.mark.parametrize(
    ("missing", "asked", "severity"),
    [
        pytest.param("", [CONFIGURATION, KEYS], Severity.NOTE, id="both are shown"),
        pytest.param(CONFIGURATION, [CONFIGURATION], Severity.ERROR, id="no configuration"),
        pytest.param(KEYS, [CONFIGURATION, KEYS], Severity.ERROR, id="no keys"),
    ],
)
def test_a_gitlab_of_ones_own_is_asked_for_what_verifies_its_tokens(
    tmp_path: Path, index: RehearsalIndex, missing: str, asked: list[str], severity: Severity
) -> None:
    root = laid(tmp_path, {CI: GITLAB_JOB})
    with serving(lambda request: Answer(404 if request.path == missing else 200, {})) as server, Http({}) as http:
        own = {"iss": server.url, "ci_config_ref_uri": f"{server.url}/group/sample//.gitlab-ci.yml@refs/tags/v1"}
        token = Issuer().sign(GITLAB_CLAIMS | own).reveal()
        variables = GITLAB | {"CI_SERVER_URL": server.url, variable_for(AUDIENCE): token}
        evidence = gather(Sources(root, variables, NOW, http), index.index)
    assert [each.path for each in server.asked] == asked
    told = [trouble.message for trouble in evidence.troubles]
    assert told == ([f"{server.url}{missing} answers 404"] if missing else [])
    # The name of a server on the open net, which a test has none of.
    claims = GITLAB_CLAIMS | {
        "iss": "https://git.example.org",
        "ci_config_ref_uri": "git.example.org/group/sample//x@y",
    }
    (found,) = diagnose(replace(evidence, claims=claims, audience="pypi", index=PYPI))
    assert (found.code, found.severity) == ("issuer-unknown", severity)
    assert all(message in found.message for message in told)


@pytest.mark.parametrize(
    ("status", "said"),
    [pytest.param(503, "cannot answer at the moment", id="overloaded"), pytest.param(200, "audience", id="nonsense")],
)
def test_an_index_that_cannot_be_asked_is_told_of(tmp_path: Path, status: int, said: str) -> None:
    root = laid(tmp_path, {RELEASE: github(GRANTED + UPLOAD)})
    with serving(lambda _: Answer(status, b"{}")) as loopback:
        ran = tpub("doctor", "--index", f"{loopback.url}/legacy/", folder=root)
    assert ran.code == 0
    (note,) = (line for line in ran.out.splitlines() if "could not be asked: " in line)
    assert note.startswith("note: 127.0.0.1:")
    assert said in note
