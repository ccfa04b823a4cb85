"""What `tpub verify` says of the files of an index."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import dists
from support.attestations import GITHUB_SDIST, PUBLISHED, attest, digests, signer
from support.loopback import Answer, Asked, serving
from support.sigstore import Sigstore, sigstore
from support.world import Ran, a_world, tpub
from tpub.attest.examine import Target, examine
from tpub.attest.model import PUBLISH
from tpub.attest.verify import verifier
from tpub.errors import NetworkError
from tpub.http import Http
from tpub.index.model import Index
from tpub.publishing.attestations import Attest
from tpub.publishing.publish import Order, publish
from tpub.rehearsal import JobDescription, RehearsalIndex, serve
from tpub.summaries import AttestationSummary

JOB = JobDescription("github")
WORKFLOW = "https://github.com/octo-org/sampleproject/.github/workflows/release.yml"
WHEEL, SDIST = "sampleproject-1.0-py3-none-any.whl", "sampleproject-1.0.tar.gz"


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sigstore]:
    with sigstore(tmp_path_factory.mktemp("sigstore")) as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dist")


@pytest.fixture(scope="module")
def index(stand_in: Sigstore, folder: Path) -> Iterator[RehearsalIndex]:
    """An index with a release of which the wheel is attested, and the sdist is not."""
    with serve() as running:
        job = running.job(JOB)
        running.trust(job.publisher, "sampleproject")
        wheel = dists.wheel(folder)
        attest(wheel, signer(stand_in, JOB))
        order = Order([str(wheel)], running.index, attest=Attest())
        with Http({}) as http:
            assert publish(order, a_world(job.env, http)).exit_code == 0
        running.put(dists.sdist(folder))
        yield running


def verify(index: RehearsalIndex, stand_in: Sigstore, *words: str) -> Ran:
    return tpub("verify", *words, "--index", index.index.upload_url, "--trust-config", str(stand_in.config))


def test_a_file_that_is_proven(index: RehearsalIndex, stand_in: Sigstore, folder: Path) -> None:
    commit = "3b5f0c9a2d7e4186b0a9c8d7e6f5a4b3c2d1e0f9"
    ran = verify(index, stand_in, str(folder / WHEEL))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        f"verified  {WHEEL} by {WORKFLOW}\n"
        f"          {PUBLISH}, at refs/tags/v1.0, commit {commit}, log entry 0\n"
        "1 file: all proven\n"
    )


def test_a_release_of_which_a_file_is_not(index: RehearsalIndex, stand_in: Sigstore) -> None:
    ran = verify(index, stand_in, "sampleproject==1.0", "--format", "json")
    report = json.loads(ran.out)
    assert (ran.code, [(a["file"], a["verified"]) for a in report["attestations"]]) == (1, [(WHEEL, True)])
    assert [(d["code"], d["file"]) for d in report["diagnostics"]] == [("attestation-none", SDIST)]


def test_files_that_have_nothing(index: RehearsalIndex, stand_in: Sigstore, tmp_path: Path) -> None:
    files = [dists.wheel(tmp_path, "other"), dists.sdist(tmp_path, "other")]
    ran = verify(index, stand_in, *map(str, files))
    told = f"error: {files[0].name}, {files[1].name}: "
    assert (ran.code, ran.out.startswith(told), ran.out.splitlines()[-1]) == (1, True, "2 of 2 files without proof")


def test_a_pattern_leaves_attestations_out(index: RehearsalIndex, stand_in: Sigstore, folder: Path) -> None:
    assert list(folder.glob("*.attestation"))
    ran = verify(index, stand_in, str(folder / "*.whl*"), "--format", "json")
    assert (ran.code, [each["file"] for each in json.loads(ran.out)["attestations"]]) == (0, [WHEEL])


def test_other_bytes_under_the_name(index: RehearsalIndex, stand_in: Sigstore, tmp_path: Path) -> None:
    path = dists.wheel(tmp_path, files={"more.py": b""})
    ran = verify(index, stand_in, str(path), "--format", "json")
    report = json.loads(ran.out)
    assert (ran.code, [a["verified"] for a in report["attestations"]]) == (1, [False])
    assert [d["code"] for d in report["diagnostics"]] == ["attestation-stale"]


def test_somebody_elses_sigstore(index: RehearsalIndex, folder: Path, tmp_path: Path) -> None:
    with sigstore(tmp_path) as other:
        ran = verify(index, other, str(folder / WHEEL))
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith(f"  untrue  {WHEEL} by {WORKFLOW}\n")
    assert "[attestation-not-verified]" in ran.out


@pytest.mark.parametrize(
    ("word", "code", "message"),
    [
        pytest.param(__file__, 3, "error: test_examine.py: ", id="no distribution"),
        pytest.param("sampleproject-9.tar.gz", 2, "there is no file to verify at", id="no such file"),
        pytest.param("dist/*.nothing", 2, "there is no file to verify at `dist/*.nothing`", id="a pattern of none"),
        pytest.param("sampleproject", 2, "Name wheels, sdists or a release", id="no version at all"),
        pytest.param("sampleproject==x", 2, "'x' is no version", id="no version"),
        pytest.param("sampleproject==9", 2, "has no files of sampleproject 9", id="no such release"),
        pytest.param("other==1", 2, "has no files of other 1", id="no such project"),
    ],
)
def test_what_cannot_be_looked_up(
    index: RehearsalIndex, stand_in: Sigstore, word: str, code: int, message: str
) -> None:
    ran = verify(index, stand_in, word)
    assert (ran.code, message in ran.out, ran.err) == (code, True, "")


def test_a_published_provenance_object() -> None:
    page = (PUBLISHED / f"{GITHUB_SDIST}.provenance").read_bytes()
    target = Target(dists.stem("pypi-attestations"), "0.0.19", GITHUB_SDIST, digests()[GITHUB_SDIST])  # type: ignore[arg-type]

    def answer(asked: Asked) -> Answer:
        assert asked.path == f"/integrity/pypi_attestations/0.0.19/{GITHUB_SDIST}/provenance"
        return Answer(200, page, {"Content-Type": "application/vnd.pypi.integrity.v1+json"})

    with serving(answer) as server, Http({}) as http:
        where = Index("an index", f"{server.url}/legacy/", f"{server.url}/simple/")
        outcome = examine([target], where, http, verifier(None, offline=True))
    assert (outcome.exit_code, outcome.diagnostics) == (0, ())
    assert outcome.attestations == (
        AttestationSummary(
            GITHUB_SDIST,
            PUBLISH,
            verified=True,
            publisher="https://github.com/trailofbits/pypi-attestations/.github/workflows/release.yml",
            commit="08802efe1f8e5fec4ad842d6b8ce97656092ee72",
            ref="refs/tags/v0.0.19",
            entry="153454663",
        ),
    )


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(Answer(200, {"attestation_bundles": 1}), "provenance-malformed", id="no bundles"),
        pytest.param(Answer(200, {"attestation_bundles": [{}]}), "provenance-malformed", id="no publisher"),
        pytest.param(
            Answer(200, {"attestation_bundles": [{"publisher": {"kind": "New"}, "attestations": []}]}),
            "attestation-publisher-unknown",
            id="a publisher of a new kind",
        ),
        pytest.param(
            Answer(200, {"attestation_bundles": [{"publisher": {"kind": "Google"}, "attestations": [1]}]}),
            "attestation-malformed",
            id="no attestation",
        ),
        pytest.param(
            Answer(200, {"attestation_bundles": [{"publisher": {"kind": "Google"}, "attestations": []}]}),
            "attestation-none",
            id="empty bundle",
        ),
        pytest.param(Answer(404, {"message": "No provenance available"}), "attestation-none", id="nothing"),
    ],
)
def test_what_the_index_says(answer: Answer, code: str) -> None:
    target = Target(dists.stem("x"), "1", "x-1.tar.gz", "00" * 32)  # type: ignore[arg-type]
    with serving(lambda _: answer) as server, Http({}) as http:
        where = Index("an index", f"{server.url}/legacy/", f"{server.url}/simple/")
        outcome = examine([target], where, http, lambda *_: None)
    assert (outcome.exit_code, [(d.code, d.file) for d in outcome.diagnostics]) == (1, [(code, "x-1.tar.gz")])


def test_an_index_without_provenance() -> None:
    target = Target(dists.stem("x"), "1", "x-1.tar.gz", "00" * 32)  # type: ignore[arg-type]
    with serving(lambda _: Answer(405)) as server, Http({}) as http, pytest.raises(NetworkError) as caught:
        examine([target], Index("an index", f"{server.url}/legacy/", f"{server.url}/simple/"), http, lambda *_: None)
    assert caught.value.diagnostic.code == "index-no-integrity"


WITHOUT_THE_EXTRA = """
import sys
sys.modules["sigstore"] = sys.modules["pypi_attestations"] = None
from tpub.cli.main import main
main()
"""


def without_the_extra(*argv: str, env: dict[str, str] | None = None) -> Ran:
    """Run a command line in an interpreter that cannot import what the extra brings."""
    words = [sys.executable, "-c", WITHOUT_THE_EXTRA, *argv]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=env or {})  # noqa: S603
    return Ran(done.returncode, done.stdout, done.stderr)


def test_verifying_wants_the_extra() -> None:
    ran = without_the_extra("verify", "sampleproject==1.0")
    assert (ran.code, ran.err) == (3, "")
    assert ran.out == (
        "error: what signs and verifies attestations is not installed: the extra `attestations` "
        "[attestation-extra-missing]\n  hint: Install it: `pip install 'tpub[attestations]'`.\n"
    )


@pytest.mark.parametrize(
    ("mode", "files", "code", "told", "taken"),
    [
        pytest.param("auto", 2, 0, [("attestation-extra-missing", "note")], {WHEEL: True, SDIST: False}, id="auto"),
        pytest.param("always", 2, 3, [("attestation-extra-missing", "error")], {}, id="always"),
        pytest.param("always", 1, 0, [], {WHEEL: True}, id="nothing to sign"),
    ],
)
def test_signing_wants_the_extra(
    stand_in: Sigstore,
    tmp_path: Path,
    *,
    mode: str,
    files: int,
    code: int,
    told: list[tuple[str, str]],
    taken: dict[str, bool],
) -> None:
    wheel, sdist = dists.wheel(tmp_path), dists.sdist(tmp_path)
    attest(wheel, signer(stand_in, JOB))  # read and sent without the extra, as it lies there
    with serve() as index:
        job = index.job(JOB)
        index.trust(job.publisher, "sampleproject")
        words = ["--index", index.index.upload_url, "--trust-config", str(stand_in.config), "--attestations", mode]
        paths = [str(path) for path in (wheel, sdist)[:files]]
        ran = without_the_extra("upload", *paths, *words, "--format", "json", "--wait", "5", env=dict(job.env))
        found = [(problem["code"], problem["severity"]) for problem in json.loads(ran.out)["diagnostics"]]
        assert (ran.code, found) == (code, told)
        assert {name: file.provenance is not None for name, file in index.store.files.items()} == taken
