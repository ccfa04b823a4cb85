"""Whether an attestation is true: certificate, log entry and signature, against sigstore's root of trust."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tpub.attest.certificate import certified
from tpub.attest.compare import foreign, vouches
from tpub.attest.model import Attestation
from tpub.attest.sigstore import trust
from tpub.diagnostic import Field
from tpub.errors import AttestationError, NetworkError
from tpub.identity.publisher import Publisher

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

Verify = Callable[[Attestation, Publisher], None]
"""Raises `AttestationError` if an attestation was not signed in the publisher's name."""
_LONGEST = 300  # characters of the library's reason that are worth showing
_HINT = "Do not trust it. If it was made a moment ago, upgrade the extra: `pip install -U 'tpub[attestations]'`."


def verifier(trust_config: Path | None, *, offline: bool) -> Verify:
    """Return what verifies attestations against the public sigstore, or the one of a trust configuration.

    `offline` asks nobody, the keys being those last seen; otherwise they are looked up first, where that is possible.
    What is attested, and of which file, is compared in `tpub.attest.compare`.
    Raises `AttestationError` without the extra, and `ConfigError` for a trust configuration that is none.
    """
    try:
        config = trust(trust_config, offline=offline)
    except NetworkError:
        config = trust(trust_config, offline=True)
    from pypi_attestations import Attestation as Signed  # noqa: PLC0415  (an extra)
    from sigstore.verify import Verifier  # noqa: PLC0415  (an extra)

    library = Verifier(trusted_root=config.trusted_root)

    def verify(attestation: Attestation, publisher: Publisher) -> None:
        try:
            library.verify_dsse(Signed.model_validate(attestation.document).to_bundle(), _InTheNameOf(publisher))
        except _ForeignError:
            raise foreign(attestation, publisher) from None
        except Exception as exc:
            raise _not_verified(attestation, exc) from exc

    return verify


class _ForeignError(Exception):
    pass


@dataclass(frozen=True)
class _InTheNameOf:
    """The library's protocol of a policy: certificates must name the publisher."""

    publisher: Publisher

    def verify(self, cert: Certificate) -> None:
        from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415  (slow to import)

        if not vouches(certified(cert.public_bytes(Encoding.DER))[0], self.publisher):
            raise _ForeignError


def _not_verified(attestation: Attestation, exc: Exception) -> AttestationError:
    reason = re.sub(r"\s+", " ", str(exc)) or type(exc).__name__
    reason = reason if len(reason) <= _LONGEST else f"{reason[:_LONGEST]}..."
    return AttestationError(
        "attestation-not-verified",
        f"the attestation does not verify: {reason}",
        Field("build config", attestation.certified.build_config_uri),
        hint=_HINT,
        file=attestation.subject,
    )
