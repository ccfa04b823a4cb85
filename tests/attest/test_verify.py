"""Real attestations of real releases, verified offline with the real library against sigstore's own root of trust."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.attestations import (
    GITHUB_SDIST,
    GITLAB_SDIST,
    PUBLISHED,
    STAGED_WHEEL,
    changed,
    encoded,
    published,
    statement,
)
from support.sigstore import sigstore
from tpub.attest.provenance import bundles
from tpub.attest.read import parse
from tpub.attest.verify import Verify, verifier
from tpub.errors import AttestationError
from tpub.identity.publisher import GitHubPublisher, GitLabPublisher, Publisher

ON_GITHUB = GitHubPublisher("trailofbits", "pypi-attestations", "release.yml")
ON_GITLAB = GitLabPublisher("facutuesca", "gitlab-oidc-project", ".gitlab-ci.yml")
GITLAB, GITHUB = published(GITLAB_SDIST), published(GITHUB_SDIST)
ENTRY = ("verification_material", "transparency_entries", 0)


@pytest.fixture(scope="module")
def verify() -> Verify:
    return verifier(None, offline=True)


@pytest.mark.parametrize(
    ("document", "publisher"),
    [
        pytest.param(GITHUB, ON_GITHUB, id="GitHub"),
        pytest.param(published(GITHUB_SDIST, "slsa"), ON_GITHUB, id="GitHub, SLSA"),
        pytest.param(GITLAB, ON_GITLAB, id="GitLab"),
    ],
)
def test_what_was_published_verifies(verify: Verify, document: dict[str, Any], publisher: Publisher) -> None:
    verify(parse(document), publisher)


def test_a_whole_provenance_object_verifies(verify: Verify) -> None:
    document = json.loads((PUBLISHED / f"{GITHUB_SDIST}.provenance").read_text(encoding="utf-8"))
    (bundle,) = bundles(document)
    assert bundle.publisher == ON_GITHUB
    for attestation in bundle.attestations:
        verify(attestation, bundle.publisher)


def flipped(document: dict[str, Any], *path: str | int) -> dict[str, Any]:
    """Return a copy with a bit of some base64 turned over."""
    place: Any = document
    for key in path:
        place = place[key]
    content = bytearray(b64decode(place))
    content[-1] ^= 1
    return changed(document, *path, to=encoded(bytes(content)))


CHECKPOINT = GITLAB["verification_material"]["transparency_entries"][0]["inclusionProof"]["checkpoint"]["envelope"]


@pytest.mark.parametrize(
    ("document", "code", "reason"),
    [
        pytest.param(
            changed(GITLAB, "envelope", "statement", to=statement(predicate={})),
            "attestation-not-verified",
            "signature",
            id="statement",
        ),
        pytest.param(flipped(GITLAB, "envelope", "signature"), "attestation-not-verified", "signature", id="signature"),
        pytest.param(
            flipped(GITLAB, "verification_material", "certificate"),
            "attestation-not-verified",
            "certificate chain",
            id="certificate",
        ),
        pytest.param(
            changed(GITLAB, *ENTRY, to=GITHUB["verification_material"]["transparency_entries"][0]),
            "attestation-not-verified",
            "time",
            id="another's log entry",
        ),
        pytest.param(
            flipped(GITLAB, *ENTRY, "canonicalizedBody"), "attestation-not-verified", "invalid root hash", id="log body"
        ),
        pytest.param(
            flipped(GITLAB, *ENTRY, "inclusionProof", "rootHash"),
            "attestation-not-verified",
            "invalid root hash",
            id="root of the log",
        ),
        pytest.param(
            changed(
                GITLAB, *ENTRY, "inclusionProof", "checkpoint", "envelope", to=CHECKPOINT.replace("\n\n", "\n1\n\n", 1)
            ),
            "attestation-not-verified",
            "checkpoint",
            id="checkpoint",
        ),
        pytest.param(
            changed(GITLAB, *ENTRY, "inclusionProof", to=...),
            "attestation-not-verified",
            "invalid transparency log entry",
            id="no proof that it is in the log",
        ),
        pytest.param(
            flipped(GITLAB, *ENTRY, "inclusionPromise", "signedEntryTimestamp"),
            "attestation-not-verified",
            "inclusion promise",
            id="promise of the log",
        ),
        pytest.param(
            changed(GITLAB, *ENTRY, "integratedTime", to="1"),
            "attestation-not-verified",
            "certificate chain",
            id="time of the entry",
        ),
        pytest.param(GITHUB, "attestation-foreign", "and not by https://gitlab.com/facutuesca", id="another publisher"),
    ],
)
def test_what_was_altered_does_not(verify: Verify, document: dict[str, Any], code: str, reason: str) -> None:
    with pytest.raises(AttestationError) as caught:
        verify(parse(document), ON_GITLAB)
    assert caught.value.diagnostic.code == code
    assert reason in str(caught.value)


def test_what_the_staging_services_signed_does_not(verify: Verify) -> None:
    with pytest.raises(AttestationError, match="certificate chain") as caught:
        verify(parse(published(STAGED_WHEEL)), ON_GITHUB)
    assert caught.value.diagnostic.code == "attestation-not-verified"


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Verify]:
    with sigstore(tmp_path) as stand_in:
        yield verifier(stand_in.config, offline=True)


def test_another_root_believes_none_of_it(another: Verify) -> None:
    with pytest.raises(AttestationError, match="certificate chain"):
        another(parse(GITLAB), ON_GITLAB)
