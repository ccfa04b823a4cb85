"""Signing with the real library; sigstore is a stand-in on loopback."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.sigstore import Sigstore, sigstore
from support.tokens import unsigned
from tpub.attest.model import PUBLISH
from tpub.attest.sign import Signer
from tpub.attest.verify import verifier
from tpub.errors import AttestationError, ConfigError, IdentityError, NetworkError, TpubError
from tpub.identity.publisher import GitHubPublisher
from tpub.rehearsal import JobDescription
from tpub.rehearsal.claims import github_claims
from tpub.secret import Secret

SHA256 = "ab" * 32
PUBLISHER = GitHubPublisher("octo-org", "sampleproject", "release.yml")


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[Sigstore]:
    with sigstore(tmp_path) as running:
        yield running


def identity() -> Secret:
    return Secret(unsigned(github_claims(JobDescription("github"), "sigstore", time.time())))


def a_signer(stand_in: Sigstore, now: Callable[[], float] = time.time) -> Signer:
    return Signer(identity, stand_in.config, now)


def test_what_is_signed_verifies(stand_in: Sigstore) -> None:
    signed = a_signer(stand_in).sign("x-1.tar.gz", SHA256)
    assert (signed.subject, signed.sha256, signed.predicate_type) == ("x-1.tar.gz", SHA256, PUBLISH)
    verifier(stand_in.config, offline=True)(signed, PUBLISHER)


def test_a_hundred_files_survive_their_certificates(stand_in: Sigstore) -> None:
    # By this clock, an entry takes 31 s, and a certificate lives for 600: 16 files, and a fifth is left.
    begun = time.time()
    signer = a_signer(stand_in, lambda: begun + 31 * len(stand_in.bodies))
    signed = []
    for number in range(100):
        stand_in.life = 600 + 31 * len(stand_in.bodies)
        signed.append(signer.sign(f"x-{number}.tar.gz", SHA256))
    verify = verifier(stand_in.config, offline=True)
    for attestation in signed:
        verify(attestation, PUBLISHER)
    serving = [len(list(files)) for _, files in itertools.groupby(signed, lambda attestation: attestation.ends)]
    assert (serving, len(stand_in.tokens)) == ([16] * 6 + [4], 7)


def test_threads_share_a_certificate(stand_in: Sigstore) -> None:
    signer = a_signer(stand_in)
    with ThreadPoolExecutor(4) as threads:
        signed = list(threads.map(lambda number: signer.sign(f"x-{number}.tar.gz", SHA256), range(20)))
    assert sorted(int(attestation.log_index) for attestation in signed) == list(range(20))
    assert len(stand_in.tokens) == 1


def test_an_expired_certificate_is_replaced(stand_in: Sigstore) -> None:
    stand_in.life = 1.0
    begun = time.time()
    signer = a_signer(stand_in, lambda: begun)  # a clock that stands still: the library is the first to notice
    signer.prepare()
    time.sleep(1.1)
    stand_in.life = 600.0
    assert signer.sign("x-1.tar.gz", SHA256).subject == "x-1.tar.gz"
    assert len(stand_in.tokens) == 2


@pytest.mark.parametrize(
    ("token", "code"),
    [
        pytest.param("nonsense", "attestation-identity-unusable", id="no token"),
        pytest.param(unsigned({"aud": "sigstore", "exp": 2, "iat": 1}), "attestation-identity-unusable", id="expired"),
        pytest.param(
            unsigned(github_claims(JobDescription("github"), "pypi", time.time())),
            "attestation-identity-unusable",
            id="for another audience",
        ),
    ],
)
def test_identities_that_sign_nothing(stand_in: Sigstore, token: str, code: str) -> None:
    with pytest.raises(IdentityError) as caught:
        Signer(lambda: Secret(token), stand_in.config, time.time).prepare()
    assert caught.value.diagnostic.code == code
    assert token not in str(caught.value.diagnostic)
    assert stand_in.tokens == []


@pytest.mark.parametrize(
    ("knobs", "kind", "code", "message"),
    [
        pytest.param(
            {"fulcio_status": 503}, NetworkError, "sigstore-unavailable", "sigstore answered 503", id="authority down"
        ),
        pytest.param(
            {"rekor_status": 502}, NetworkError, "sigstore-unavailable", "sigstore answered 502", id="log down"
        ),
        pytest.param(
            {"fulcio_status": 400},
            AttestationError,
            "sigstore-refused",
            "sigstore does not sign for this identity (it answered 400)",
            id="authority refuses",
        ),
    ],
)
def test_services_that_fail(
    stand_in: Sigstore, knobs: dict[str, int], kind: type[TpubError], code: str, message: str
) -> None:
    for name, value in knobs.items():
        setattr(stand_in, name, value)
    with pytest.raises(kind) as caught:
        a_signer(stand_in).sign("x-1.tar.gz", SHA256)
    assert (caught.value.diagnostic.code, str(caught.value)) == (code, message)


def test_services_that_are_not_there(tmp_path: Path) -> None:
    with sigstore(tmp_path) as gone:
        pass
    with pytest.raises(NetworkError, match="sigstore cannot be asked") as caught:
        a_signer(gone).prepare()
    assert caught.value.diagnostic.code == "sigstore-unavailable"


@pytest.mark.parametrize("content", [pytest.param("{}", id="something else"), pytest.param(None, id="not there")])
def test_a_trust_configuration_that_is_none(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "trust.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        Signer(identity, path, time.time).prepare()
    assert caught.value.diagnostic.code == "trust-config-unreadable"
