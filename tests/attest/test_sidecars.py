from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from support.attestations import GITHUB_SDIST, PUBLISHED, changed, digests, published, statement
from tpub.attest.model import PROVENANCE, PUBLISH
from tpub.attest.sidecars import beside, collect
from tpub.diagnostic import Diagnostic, Field

SHA256 = digests()[GITHUB_SDIST]
SIDECAR = f"{GITHUB_SDIST}.publish.attestation"
AGAIN = "Delete the attestation and attest the file that is published: after the build, or leave it to tpub."


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    path = tmp_path / GITHUB_SDIST
    path.touch()
    return path


def copied(dist: Path, kind: str, suffix: str = "") -> None:
    name = f"{GITHUB_SDIST}.{kind}.attestation"
    shutil.copy(PUBLISHED / name, dist.with_name(f"{GITHUB_SDIST}.{suffix or kind}.attestation"))


def test_what_lies_beside_a_file(tmp_path: Path) -> None:
    path = tmp_path / "x-1[2].tar.gz"
    for name in (
        "x-1[2].tar.gz",
        "x-1[2].tar.gz.b.attestation",
        "x-1[2].tar.gz.a.attestation",
        "x-12.tar.gz.attestation",
    ):
        (tmp_path / name).touch()
    assert [found.name for found in beside(path)] == ["x-1[2].tar.gz.a.attestation", "x-1[2].tar.gz.b.attestation"]


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    assert beside(tmp_path / "gone" / "x.whl") == ()


def test_both_kinds(dist: Path) -> None:
    copied(dist, "publish")
    copied(dist, "slsa")
    found = collect(dist, SHA256)
    assert ([a.predicate_type for a in found.attestations], found.problems) == ([PUBLISH, PROVENANCE], ())


def test_nothing(dist: Path) -> None:
    assert (collect(dist, SHA256).attestations, collect(dist, SHA256).problems) == ((), ())


def test_the_same_kind_twice(dist: Path) -> None:
    copied(dist, "publish")
    copied(dist, "publish", "publish2")
    found = collect(dist, SHA256)
    assert [a.predicate_type for a in found.attestations] == [PUBLISH]
    assert [(told.code, told.file) for told in found.problems] == [("attestation-type-twice", GITHUB_SDIST)]


def test_of_other_bytes(dist: Path) -> None:
    copied(dist, "publish")
    found = collect(dist, "00" * 32)
    assert found.attestations == ()
    assert found.problems == (
        Diagnostic(
            "attestation-stale",
            "the attestation was made for other bytes: the file was built again since",
            AGAIN,
            (Field("sha256 attested", SHA256), Field("sha256 here", "00" * 32)),
            file=GITHUB_SDIST,
        ),
    )


def test_of_another_file(tmp_path: Path) -> None:
    dist = tmp_path / "x-1.tar.gz"
    shutil.copy(PUBLISHED / SIDECAR, tmp_path / "x-1.tar.gz.publish.attestation")
    assert collect(dist, SHA256).problems == (
        Diagnostic(
            "attestation-other-file",
            f"the attestation is about {GITHUB_SDIST}",
            AGAIN,
            (Field("subject", GITHUB_SDIST),),
            file="x-1.tar.gz",
        ),
    )


def test_under_another_spelling_of_the_name(tmp_path: Path) -> None:
    dist = tmp_path / GITHUB_SDIST.replace("_", "-")
    shutil.copy(PUBLISHED / SIDECAR, tmp_path / f"{dist.name}.publish.attestation")
    found = collect(dist, SHA256)
    assert ([a.subject for a in found.attestations], found.problems) == ([GITHUB_SDIST], ())


def test_of_another_kind(dist: Path) -> None:
    said = statement(
        subject=[{"name": GITHUB_SDIST, "digest": {"sha256": SHA256}}], predicateType="https://example.com/v1"
    )
    document = changed(published(GITHUB_SDIST), "envelope", "statement", to=said)
    dist.with_name(SIDECAR).write_text(json.dumps(document), encoding="utf-8")
    (told,) = collect(dist, SHA256).problems
    assert (told.code, told.evidence) == (
        "attestation-type-unsupported",
        (Field("predicateType", "https://example.com/v1"),),
    )


def test_of_no_kind(dist: Path) -> None:
    dist.with_name(SIDECAR).write_text("{}", encoding="utf-8")
    (told,) = collect(dist, SHA256).problems
    assert (told.code, told.file, told.message) == (
        "attestation-malformed",
        GITHUB_SDIST,
        f"{SIDECAR} is no attestation: `version` is not 1",
    )
