"""Signing in this job's name. Source: PEP 740, and https://docs.sigstore.dev/certificate_authority/overview/."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from tpub.attest.model import Attestation
from tpub.attest.read import parse
from tpub.attest.sigstore import failure, trust
from tpub.errors import AttestationError, IdentityError, TpubError
from tpub.secret import Secret

if TYPE_CHECKING:
    from sigstore.sign import Signer as Certificate, SigningContext

_SHARE = 0.2  # of a certificate's life: with less than that left, another is asked for


class Signer:
    """Signs files; serves many threads. One certificate serves until its end is near, and then another.

    `identity` returns a fresh identity token for sigstore; `now` the seconds since the epoch.
    """

    def __init__(self, identity: Callable[[], Secret], trust_config: Path | None, now: Callable[[], float]) -> None:
        self._identity, self._trust_config, self._now = identity, trust_config, now
        self._lock = Lock()
        self._context: SigningContext | None = None
        self._certificate: Certificate | None = None
        self._begun = 0.0
        self._ends: float | None = None

    def prepare(self) -> None:
        """Get a certificate before the first file is signed; raises what `sign` raises."""
        with self._lock:
            if self._certificate is None:
                self._certificate = self._certified()

    def sign(self, filename: str, sha256: str) -> Attestation:
        """Return an attestation that this job publishes the file; it is in sigstore's public log then.

        Raises `IdentityError` if there is no identity token that is any good, `NetworkError` if sigstore does not
        answer, `AttestationError` if it refuses.
        """
        try:
            return self._signed(self._current(), filename, sha256)
        except _Expired as exc:
            stale = exc.certificate
        try:
            return self._signed(self._renewed(stale), filename, sha256)
        except _Expired as exc:
            raise AttestationError(
                "attestation-certificate-expired",
                "sigstore gives certificates that are expired when they arrive",
                hint="Check the clock of this machine.",
                file=filename,
            ) from exc.__cause__

    def _signed(self, certificate: Certificate, filename: str, sha256: str) -> Attestation:
        from pypi_attestations import (  # noqa: PLC0415  (an extra)
            Attestation as Signed,
            AttestationError as SigningError,
            Distribution,
        )

        try:
            signed = Signed.sign(certificate, Distribution(name=filename, digest=sha256))
        except SigningError as exc:
            # The library says so in place of the exception that tells an expired certificate.
            raise _Expired(certificate) from exc
        except Exception as exc:
            raise failure(exc) from exc
        attestation = parse(json.loads(signed.model_dump_json()))
        with self._lock:
            if certificate is self._certificate:
                self._ends = attestation.ends
        return attestation

    def _current(self) -> Certificate:
        with self._lock:
            if self._certificate is None or self._is_ending():
                self._certificate = self._certified()
            return self._certificate

    def _renewed(self, stale: Certificate) -> Certificate:
        """Return another certificate than `stale`: somebody may have got it already."""
        with self._lock:
            if self._certificate is None or self._certificate is stale:
                self._certificate = self._certified()
            return self._certificate

    def _is_ending(self) -> bool:
        return self._ends is not None and self._ends - self._now() < _SHARE * (self._ends - self._begun)

    def _certified(self) -> Certificate:
        """Exchange an identity token for a certificate."""
        from sigstore.oidc import ExpiredIdentity, IdentityError as Unusable, IdentityToken  # noqa: PLC0415
        from sigstore.sign import Signer as Certificate, SigningContext  # noqa: PLC0415  (an extra)

        if self._context is None:
            self._context = SigningContext.from_trust_config(trust(self._trust_config, offline=False))
        token = self._identity()
        self._begun, self._ends = self._now(), None
        try:
            return Certificate(IdentityToken(token.reveal()), self._context, cache=True)
        except (Unusable, ExpiredIdentity) as exc:
            raise _unusable(exc) from None
        except Exception as exc:
            raise failure(exc) from exc


class _Expired(Exception):  # noqa: N818  (it is asked again, and nobody else sees it)
    def __init__(self, certificate: Certificate) -> None:
        self.certificate = certificate


def _unusable(exc: Exception) -> TpubError:
    """Tell why an identity token gets no certificate. The library's words hold nothing of the token."""
    return IdentityError(
        "attestation-identity-unusable",
        f"the identity token for signing is expired, or none for sigstore ({str(exc) or type(exc).__name__})",
        hint="Shorten what runs before the upload in this job: identity tokens live for minutes.",
    )
