"""Releases with attestations: found, signed, refused. Sigstore is a stand-in on loopback, the library the real one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from support import dists
from support.attestations import attest, changed, encoded, signer
from support.loopback import Answer, Asked, serving
from support.sigstore import Sigstore, sigstore
from support.tokens import GITLAB as GITLAB_CLAIMS, unsigned
from support.world import Heard, quick_clock
from tpub.attest.model import PUBLISH, Attestation
from tpub.attest.read import parse
from tpub.attest.verify import verifier
from tpub.config.modes import Attestations
from tpub.diagnostic import Severity
from tpub.errors import AttestationError
from tpub.events import SecretObtained
from tpub.http import Http
from tpub.identity.publisher import Publisher
from tpub.index.credential import Credential, token_credential
from tpub.index.model import Index
from tpub.outcome import Outcome
from tpub.publishing.attestations import Attest
from tpub.publishing.publish import Order, publish
from tpub.publishing.world import World
from tpub.rehearsal import Job, JobDescription, RehearsalIndex, serve

GITHUB, GITLAB = JobDescription("github"), JobDescription("gitlab")
TOP = "octo-org/sampleproject/.github/workflows/release.yml@refs/tags/v1.0"
REUSABLE = JobDescription("github", workflow="publish.yml", changes={"workflow_ref": TOP})


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[Sigstore]:
    with sigstore(tmp_path) as running:
        yield running


@pytest.fixture
def index(stand_in: Sigstore) -> Iterator[RehearsalIndex]:
    """An index that verifies every signature, as PyPI does."""
    verify = verifier(stand_in.config, offline=True)

    def vouch(attestation: Attestation, publisher: Publisher) -> str | None:
        try:
            verify(attestation, publisher)
        except AttestationError as exc:
            return str(exc)
        return None

    with serve(vouch=vouch) as running:
        yield running


def start(index: RehearsalIndex, description: JobDescription = GITHUB) -> Job:
    job = index.job(description)
    index.trust(job.publisher, "sampleproject")
    env = dict(job.env)
    if description.provider == "gitlab":
        env["SIGSTORE_ID_TOKEN"] = index.identity_token(description, "sigstore").reveal()
    return Job(env, job.publisher)


def release(
    index: RehearsalIndex,
    job: Job,
    *paths: Path,
    mode: Attestations = Attestations.AUTO,
    config: Path | None = None,
    credential: Credential | None = None,
) -> Outcome:
    patterns, attestations = [str(path) for path in paths], Attest(mode, config)
    order = Order(patterns, index.index, credential, attest=attestations)
    with Http({}) as http:
        return publish(order, the_world(job, http))


def the_world(job: Job, http: Http, heard: Heard | None = None) -> World:
    """Return a world in which a minute, for which sigstore is waited for, takes three seconds."""
    return World(job.env, http, quick_clock(speed=20), heard if heard is not None else Heard())


def taken(index: RehearsalIndex) -> dict[str, list[str]]:
    """Return the predicate types of the attestations that the index has, by file."""
    return {name: kinds(file.provenance) for name, file in index.store.files.items()}


def kinds(provenance: Mapping[str, Any] | None) -> list[str]:
    bundles = provenance["attestation_bundles"] if provenance else []
    return [parse(document).predicate_type for bundle in bundles for document in bundle["attestations"]]


def told(outcome: Outcome) -> list[tuple[str, Severity, str | None]]:
    return [(problem.code, problem.severity, problem.file) for problem in outcome.diagnostics]


@pytest.mark.parametrize("description", [pytest.param(GITHUB, id="GitHub"), pytest.param(GITLAB, id="GitLab")])
@pytest.mark.parametrize("mode", [Attestations.AUTO, Attestations.ALWAYS])
def test_every_file_is_signed(
    index: RehearsalIndex, stand_in: Sigstore, tmp_path: Path, description: JobDescription, mode: Attestations
) -> None:
    paths = dists.wheel(tmp_path), dists.wheel(tmp_path, tag="cp312-cp312-win_amd64"), dists.sdist(tmp_path)
    outcome = release(index, start(index, description), *paths, mode=mode, config=stand_in.config)
    assert (outcome.exit_code, outcome.diagnostics) == (0, ())
    assert taken(index) == {path.name: [PUBLISH] for path in paths}
    assert len(stand_in.tokens) == 1


def test_what_signs_is_masked(index: RehearsalIndex, stand_in: Sigstore, tmp_path: Path) -> None:
    heard = Heard()
    order = Order([str(dists.wheel(tmp_path))], index.index, attest=Attest(trust_config=stand_in.config))
    with Http({}) as http:
        publish(order, the_world(start(index), http, heard))
    secrets = {event.secret.reveal() for event in heard if isinstance(event, SecretObtained)}
    assert set(stand_in.tokens) <= secrets


def test_what_lies_beside_is_sent_and_not_signed_again(
    index: RehearsalIndex, stand_in: Sigstore, tmp_path: Path
) -> None:
    wheel, sdist = dists.wheel(tmp_path), dists.sdist(tmp_path)
    attest(wheel, signer(stand_in, GITHUB))
    outcome = release(index, start(index), wheel, sdist, config=stand_in.config)
    assert (outcome.exit_code, outcome.diagnostics) == (0, ())
    assert taken(index) == {wheel.name: [PUBLISH], sdist.name: [PUBLISH]}
    assert len(stand_in.bodies) == 2


def test_what_lies_beside_is_sent_without_anything_to_sign_with(
    index: RehearsalIndex, stand_in: Sigstore, tmp_path: Path
) -> None:
    wheel = dists.wheel(tmp_path)
    attest(wheel, signer(stand_in, GITHUB))
    outcome = release(index, start(index), wheel)
    assert (outcome.exit_code, outcome.diagnostics, taken(index)) == (0, (), {wheel.name: [PUBLISH]})


def test_never_means_never(index: RehearsalIndex, stand_in: Sigstore, tmp_path: Path) -> None:
    wheel = dists.wheel(tmp_path)
    attest(wheel, signer(stand_in, GITHUB))
    outcome = release(index, start(index), wheel, mode=Attestations.NEVER, config=stand_in.config)
    assert (outcome.exit_code, outcome.diagnostics, taken(index)) == (0, (), {wheel.name: []})


Spoil = Callable[[Path, Sigstore], None]


def stale(path: Path, stand_in: Sigstore) -> None:
    attest(path, signer(stand_in, GITHUB))
    dists.wheel(path.parent, files={"more.py": b""})


def foreign(path: Path, stand_in: Sigstore) -> None:
    attest(path, signer(stand_in, JobDescription("github", repository="other/project")))


def renamed(path: Path, stand_in: Sigstore) -> None:
    other = dists.sdist(path.parent)
    attest(other, signer(stand_in, GITHUB))
    other.with_name(f"{other.name}.publish.attestation").rename(path.with_name(f"{path.name}.publish.attestation"))


def forged(path: Path, stand_in: Sigstore) -> None:
    signed = attest(path, signer(stand_in, GITHUB))
    document = changed(dict(signed.document), "envelope", "signature", to=encoded(b"not a signature"))
    path.with_name(f"{path.name}.publish.attestation").write_text(json.dumps(document), encoding="utf-8")


def mangled(path: Path, _: Sigstore) -> None:
    path.with_name(f"{path.name}.publish.attestation").write_text("{}", encoding="utf-8")


BESIDE = [
    pytest.param(stale, "attestation-stale", id="stale file"),
    pytest.param(renamed, "attestation-other-file", id="other file"),
    pytest.param(foreign, "attestation-foreign", id="foreign identity"),
    pytest.param(forged, "attestation-not-verified", id="forged signature"),
    pytest.param(mangled, "attestation-malformed", id="no attestation"),
]


@pytest.mark.parametrize(("spoil", "code"), BESIDE)
def test_what_is_wrong_beside_is_signed_anew(
    index: RehearsalIndex, stand_in: Sigstore, tmp_path: Path, spoil: Spoil, code: str
) -> None:
    wheel = dists.wheel(tmp_path)
    spoil(wheel, stand_in)
    outcome = release(index, start(index), wheel, config=stand_in.config)
    assert (outcome.exit_code, told(outcome)) == (0, [(code, Severity.WARNING, wheel.name)])
    assert taken(index) == {wheel.name: [PUBLISH]}


@pytest.mark.parametrize(("spoil", "code"), BESIDE)
def test_what_is_wrong_beside_is_left_out(
    index: RehearsalIndex, stand_in: Sigstore, tmp_path: Path, spoil: Spoil, code: str
) -> None:
    wheel = dists.wheel(tmp_path)
    spoil(wheel, stand_in)
    outcome = release(index, start(index), wheel)
    assert (outcome.exit_code, told(outcome)) == (0, [(code, Severity.WARNING, wheel.name)])
    assert taken(index) == {wheel.name: []}


@pytest.mark.parametrize(("spoil", "code"), BESIDE)
def test_what_is_wrong_beside_stops_a_release_that_demands_attestations(
    index: RehearsalIndex, stand_in: Sigstore, tmp_path: Path, spoil: Spoil, code: str
) -> None:
    wheel = dists.wheel(tmp_path)
    spoil(wheel, stand_in)
    outcome = release(index, start(index), wheel, mode=Attestations.ALWAYS, config=stand_in.config)
    assert (outcome.exit_code, told(outcome)) == (3, [(code, Severity.ERROR, wheel.name)])
    assert (taken(index), index.store.count("upload"), index.store.live(0)) == ({}, 0, [])


def as_it_is(job: Job) -> Job:
    return job


def no_permission(job: Job) -> Job:
    return Job({k: v for k, v in job.env.items() if k != "SIGSTORE_ID_TOKEN"}, job.publisher)


def expired(job: Job) -> Job:
    claims = GITLAB_CLAIMS | {"aud": "sigstore", "iat": 1, "exp": 2}
    return Job({**job.env, "SIGSTORE_ID_TOKEN": unsigned(claims)}, job.publisher)


@dataclass(frozen=True)
class Failure:
    """What keeps files from being signed, and what becomes of it in mode `auto` (severity) and `always` (exit code)."""

    code: str
    severity: Severity
    exit_code: int
    description: JobDescription = GITHUB
    spoil: Callable[[Job], Job] = as_it_is
    knobs: Mapping[str, float] = field(default_factory=dict)


NOTE, WARNING = Severity.NOTE, Severity.WARNING


@pytest.mark.parametrize("mode", [Attestations.AUTO, Attestations.ALWAYS])
@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(Failure("gl-sigstore-token-missing", NOTE, 4, GITLAB, no_permission), id="no identity for it"),
        pytest.param(Failure("attestation-identity-unusable", WARNING, 4, GITLAB, expired), id="expired identity"),
        pytest.param(Failure("gh-reusable-attestation", NOTE, 3, REUSABLE), id="reusable workflow"),
        pytest.param(Failure("sigstore-unavailable", WARNING, 5, knobs={"fulcio_status": 503}), id="authority down"),
        pytest.param(Failure("sigstore-unavailable", WARNING, 5, knobs={"rekor_status": 500}), id="log down"),
        pytest.param(Failure("sigstore-refused", WARNING, 3, knobs={"fulcio_status": 403}), id="authority refuses"),
        pytest.param(Failure("sigstore-silent", WARNING, 5, knobs={"latency": 4.0}), id="authority silent"),
        pytest.param(
            Failure("attestation-certificate-expired", WARNING, 3, knobs={"life": -0.5}), id="expired certificates"
        ),
    ],
)
def test_what_cannot_be_signed(
    index: RehearsalIndex, stand_in: Sigstore, tmp_path: Path, mode: Attestations, failure: Failure
) -> None:
    for name, value in failure.knobs.items():
        setattr(stand_in, name, value)
    job = failure.spoil(start(index, failure.description))
    wheel, sdist = dists.wheel(tmp_path), dists.sdist(tmp_path)
    outcome = release(index, job, wheel, sdist, mode=mode, config=stand_in.config)
    if mode is Attestations.AUTO:
        assert (outcome.exit_code, told(outcome)) == (0, [(failure.code, failure.severity, None)])
        assert taken(index) == {wheel.name: [], sdist.name: []}
    else:
        found = (outcome.exit_code, [problem.code for problem in outcome.diagnostics])
        assert found == (failure.exit_code, [failure.code])
        assert (outcome.diagnostics[0].severity, index.store.count("upload")) == (Severity.ERROR, 0)
    assert index.store.live(0) == []


def test_what_fails_on_the_way_leaves_the_rest_without(
    index: RehearsalIndex, stand_in: Sigstore, tmp_path: Path
) -> None:
    stand_in.fails_after = 2
    paths = [dists.wheel(tmp_path, tag=f"cp3{n}-cp3{n}-win_amd64") for n in range(10, 16)]
    outcome = release(index, start(index), *paths, config=stand_in.config)
    assert (outcome.exit_code, told(outcome)) == (0, [("sigstore-unavailable", Severity.WARNING, None)])
    assert sorted(map(tuple, taken(index).values())) == [()] * 4 + [(PUBLISH,)] * 2


@pytest.mark.parametrize("is_attested", [True, False])
def test_a_token_of_the_users_attests_nothing(
    index: RehearsalIndex, stand_in: Sigstore, tmp_path: Path, *, is_attested: bool
) -> None:
    wheel = dists.wheel(tmp_path)
    if is_attested:
        attest(wheel, signer(stand_in, GITHUB))
    index.trust(start(index).publisher, "sampleproject")
    job, credential = Job({}, start(index).publisher), token_credential(index.user_token())
    outcome = release(index, job, wheel, credential=credential, config=stand_in.config)
    left_out = [("attestation-needs-tp", Severity.NOTE, None)] if is_attested else []
    assert (outcome.exit_code, told(outcome)) == (0, left_out)
    assert taken(index) == {wheel.name: []}


@pytest.mark.parametrize("mode", [Attestations.AUTO, Attestations.ALWAYS])
def test_what_the_index_refuses(tmp_path: Path, stand_in: Sigstore, mode: Attestations) -> None:
    # Sigstore of its own: the index believes another.
    with serve(vouch=lambda *_: "failed to build timestamp certificate chain") as index:
        wheel = dists.wheel(tmp_path)
        outcome = release(index, start(index), wheel, mode=mode, config=stand_in.config)
        assert index.store.live(0) == []
        (problem,) = outcome.diagnostics
        assert (problem.code, problem.file) == ("attestation-not-verified", wheel.name)
        if mode is Attestations.AUTO:
            assert (outcome.exit_code, problem.severity) == (0, Severity.WARNING)
            assert taken(index) == {wheel.name: []}
        else:
            assert (outcome.exit_code, problem.severity, taken(index)) == (1, Severity.ERROR, {})


def test_an_index_that_drops_them(index: RehearsalIndex, stand_in: Sigstore, tmp_path: Path) -> None:
    wheel = dists.wheel(tmp_path)
    attest(wheel, signer(stand_in, GITHUB))
    answers = {
        "/simple/sampleproject/": {
            "files": [{"filename": wheel.name, "hashes": {"sha256": hashlib.sha256(wheel.read_bytes()).hexdigest()}}]
        },
        "/_/oidc/audience": {"audience": "tpub-rehearsal"},
        "/_/oidc/mint-token": {"token": "pypi-x"},
    }
    sent = False

    def answer(asked: Asked) -> Answer:
        nonlocal sent
        sent = sent or asked.path == "/legacy/"
        if asked.path == "/simple/sampleproject/" and not sent:
            return Answer(200, {"files": []})
        return Answer(200, answers.get(asked.path, {}))

    with serving(answer) as server, Http({}) as http:
        careless = Index("careless", f"{server.url}/legacy/", f"{server.url}/simple/", is_pypi=True)
        outcome = publish(Order([str(wheel)], careless), the_world(start(index), http))
    assert (outcome.exit_code, told(outcome)) == (0, [("attestation-not-shown", Severity.WARNING, wheel.name)])


def test_an_index_that_is_not_known_to_take_them(index: RehearsalIndex, stand_in: Sigstore, tmp_path: Path) -> None:
    wheel = dists.wheel(tmp_path)
    attest(wheel, signer(stand_in, GITHUB))
    other = replace(index.index, is_pypi=False)
    for mode, expected in ((Attestations.AUTO, (0, [])), (Attestations.ALWAYS, (3, ["attestation-index"]))):
        order = Order([str(wheel)], other, attest=Attest(mode), dry_run=False)
        with Http({}) as http:
            outcome = publish(order, the_world(start(index), http))
        assert (outcome.exit_code, [problem.code for problem in outcome.diagnostics]) == expected
        index.store.files.clear()
