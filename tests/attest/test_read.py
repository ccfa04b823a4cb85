from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from support.attestations import (
    GITHUB_SDIST,
    GITLAB_SDIST,
    PUBLISHED,
    STAGED_WHEEL,
    changed,
    digests,
    encoded,
    published,
    statement,
)
from tpub.attest.model import PROVENANCE, PUBLISH, Attestation, Certified
from tpub.attest.read import parse, read
from tpub.errors import AttestationError

GITLAB = published(GITLAB_SDIST)
GITHUB_ISSUER = "https://token.actions.githubusercontent.com"
GITHUB_SITE = "https://github.com/trailofbits/pypi-attestations"
GITHUB_WORKFLOW = f"{GITHUB_SITE}/.github/workflows/release.yml@refs/tags/v0.0.19"
GITLAB_SITE = "https://gitlab.com/facutuesca/gitlab-oidc-project"
GITLAB_CONFIG = f"{GITLAB_SITE}//.gitlab-ci.yml@refs/heads/main"
COMMIT = "08802efe1f8e5fec4ad842d6b8ce97656092ee72"

STATEMENTS: dict[str, dict[str, object]] = {
    "no subject": {"subject": []},
    "two subjects": {"subject": [{}, {}]},
    "no digest": {"subject": [{"name": GITLAB_SDIST, "digest": {}}]},
    "a subject without name": {"subject": [{"digest": {"sha256": "00"}}]},
    "no predicate type": {"predicateType": ...},
    "a predicate type that is a number": {"predicateType": 1},
}

BY_GITHUB = Certified(GITHUB_ISSUER, GITHUB_WORKFLOW, GITHUB_SITE, COMMIT, "refs/tags/v0.0.19", GITHUB_WORKFLOW)
BY_GITLAB = Certified(
    "https://gitlab.com",
    GITLAB_CONFIG,
    GITLAB_SITE,
    "72f7c63b75eb55ea80864962f0e645c93414da34",
    "refs/heads/main",
    GITLAB_CONFIG,
)
BY_A_PERSON = Certified("https://github.com/login/oauth", "william@yossarian.net")


@pytest.mark.parametrize(
    ("name", "kind", "predicate", "signer"),
    [
        pytest.param(GITHUB_SDIST, "publish", PUBLISH, BY_GITHUB, id="GitHub"),
        pytest.param(GITHUB_SDIST, "slsa", PROVENANCE, BY_GITHUB, id="GitHub, SLSA"),
        pytest.param(GITLAB_SDIST, "publish", PUBLISH, BY_GITLAB, id="GitLab"),
        pytest.param(STAGED_WHEEL, "publish", PUBLISH, BY_A_PERSON, id="a person, staging"),
    ],
)
def test_a_published_attestation(name: str, kind: str, predicate: str, signer: Certified) -> None:
    found = read(PUBLISHED / f"{name}.{kind}.attestation")
    assert (found.subject, found.sha256, found.predicate_type) == (name, digests()[name], predicate)
    assert found.certified == signer
    assert found.document == published(name, kind)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        pytest.param([], "it is no JSON object", id="array"),
        pytest.param(changed(GITLAB, "version", to=2), "`version` is not 1", id="version"),
        pytest.param(
            changed(GITLAB, "verification_material", to=...), "`verification_material` is missing", id="no material"
        ),
        pytest.param(changed(GITLAB, "envelope", to="x"), "`envelope` is missing", id="no envelope"),
        pytest.param(
            changed(GITLAB, "verification_material", "transparency_entries", to=[]),
            "`transparency_entries` names no entry of a transparency log",
            id="no log entry",
        ),
        pytest.param(
            changed(GITLAB, "verification_material", "certificate", to=encoded(b"no certificate")),
            "`certificate` is no X.509 certificate",
            id="certificate",
        ),
        pytest.param(
            changed(GITLAB, "verification_material", "certificate", to=7),
            "`certificate` is missing, or no base64",
            id="certificate that is a number",
        ),
        pytest.param(
            changed(GITLAB, "envelope", "signature", to="a"), "`signature` is missing, or no base64", id="signature"
        ),
        pytest.param(
            changed(GITLAB, "envelope", "statement", to=encoded(b"{")), "`statement` is no JSON", id="statement"
        ),
        *(
            pytest.param(
                changed(GITLAB, "envelope", "statement", to=statement(**change)),
                "`statement` does not speak of one file with its SHA-256",
                id=name,
            )
            for name, change in STATEMENTS.items()
        ),
    ],
)
def test_what_is_none(document: object, reason: str) -> None:
    with pytest.raises(AttestationError) as caught:
        parse(document)
    assert (caught.value.diagnostic.code, str(caught.value)) == ("attestation-malformed", reason)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"{", "x.attestation is no JSON", id="cut"),
        pytest.param(b"\xff", "x.attestation is no JSON", id="no UTF-8"),
        pytest.param(b"[" * 100_000, "x.attestation is no JSON", id="deep"),
        pytest.param(b"{}", "x.attestation is no attestation: `version` is not 1", id="something else"),
        pytest.param(b" " * (1024 * 1024 + 1), "x.attestation is larger than any attestation", id="large"),
    ],
)
def test_a_file_that_holds_none(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "x.attestation"
    path.write_bytes(content)
    with pytest.raises(AttestationError) as caught:
        read(path)
    assert (caught.value.diagnostic.code, str(caught.value)) == ("attestation-malformed", reason)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(AttestationError, match=r"x\.attestation cannot be read: No such file"):
        read(tmp_path / "x.attestation")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
)
PLACES: list[tuple[str | int, ...]] = [
    ("version",),
    ("verification_material",),
    ("verification_material", "certificate"),
    ("verification_material", "transparency_entries"),
    ("verification_material", "transparency_entries", 0, "logIndex"),
    ("envelope",),
    ("envelope", "statement"),
    ("envelope", "signature"),
]


@settings(deadline=None)  # (certificates are slow where the machine is busy)
@given(st.sampled_from(PLACES), JSON)
def test_whatever_stands_somewhere(place: tuple[str | int, ...], value: object) -> None:
    found = attempt(changed(GITLAB, *place, to=value))
    assert found is None or found.subject == GITLAB_SDIST


@settings(deadline=None)  # (certificates are slow where the machine is busy)
@given(st.binary())
def test_whatever_the_statement_is(content: bytes) -> None:
    found = attempt(changed(GITLAB, "envelope", "statement", to=encoded(content)))
    assert found is None or json.loads(content)


@settings(deadline=None)  # (certificates are slow where the machine is busy)
@given(st.binary(), st.integers(0, 1000))
@example(b"\x80", 15)  # a negative serial number
def test_whatever_the_certificate_is(content: bytes, place: int) -> None:
    whole = published(GITLAB_SDIST)["verification_material"]["certificate"]
    der = bytearray(b64decode(whole))
    der[place : place + len(content)] = content
    attempt(changed(GITLAB, "verification_material", "certificate", to=encoded(bytes(der))))


def attempt(document: dict[str, Any]) -> Attestation | None:
    try:
        return parse(document)
    except AttestationError:
        return None
