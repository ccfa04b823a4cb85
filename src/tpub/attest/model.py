"""An attestation: what it says, of which file, and in whose name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PUBLISH = "https://docs.pypi.org/attestations/publish/v1"
PROVENANCE = "https://slsa.dev/provenance/v1"
TYPES = (PUBLISH, PROVENANCE)
"""The predicate types that the index takes, each once a file: warehouse.attestations.services."""
MOST = len(TYPES)


@dataclass(frozen=True, slots=True)
class Certified:
    """Whom the certificate names, under the names of Fulcio's extensions; what is not there is empty.

    Nothing here is verified. `build_config_uri` is the workflow that runs, which calls others; `subject` the
    e-mail address or URI of the alternative name. Source: https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
    """

    issuer: str = ""
    subject: str = ""
    source_repository_uri: str = ""
    source_repository_digest: str = ""
    source_repository_ref: str = ""
    build_config_uri: str = ""

    @property
    def name(self) -> str:
        """Whom to show to people."""
        return self.build_config_uri or self.subject or "nobody"


@dataclass(frozen=True, slots=True)
class Attestation:
    """One attestation, taken apart and not verified.

    `document` is the JSON object as it travels; `subject` the file name and `sha256` the digest that it speaks of;
    `ends` the second since the epoch at which its certificate expires; `log_index` its place in the log.
    """

    document: Mapping[str, object] = field(repr=False)
    subject: str
    sha256: str
    predicate_type: str
    certified: Certified
    ends: float
    log_index: str = ""
