"""What every endpoint of the embedded index works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from packaging.metadata import RawMetadata

from tpub.attest.compare import spelled, vouches
from tpub.attest.model import Attestation
from tpub.identity.publisher import ACTIVESTATE_ISSUER, GITHUB_ISSUER, GITLAB_ISSUER, GOOGLE_ISSUER, Publisher
from tpub.rehearsal.ci import Jobs
from tpub.rehearsal.effects import Pause
from tpub.rehearsal.faults import Faults
from tpub.rehearsal.issuer import Issuer
from tpub.rehearsal.store import Store

# Not PyPI's: a token for that audience would be worth something elsewhere.
AUDIENCE = "tpub-rehearsal"

_ISSUERS = {
    GITHUB_ISSUER: "github",
    GITLAB_ISSUER: "gitlab",
    GOOGLE_ISSUER: "google",
    ACTIVESTATE_ISSUER: "activestate",
}

Judge = Callable[[Path, RawMetadata], str | None]
"""Says in the index's words why a file (whose path ends in its own name) is refused, or None if it is not."""


def accept_all(_path: Path, _metadata: RawMetadata) -> None:
    """Refuse nothing."""


Vouch = Callable[[Attestation, Publisher], str | None]
"""Says why an attestation is not signed in a publisher's name, or None if it is."""


def certificate_names(attestation: Attestation, publisher: Publisher) -> str | None:
    """Say why the certificate does not name `publisher`, None if it does; the signature is not looked at."""
    if vouches(attestation.certified, publisher):
        return None
    found = attestation.certified.build_config_uri
    return f"Certificate's Build Config URI ({found}) does not match expected Trusted Publisher ({spelled(publisher)})"


@dataclass(slots=True)
class Site:
    """The index: its address (without slash), its memory, its clock; `token_life` in seconds."""

    url: str
    store: Store
    now: Callable[[], float]
    pause: Pause
    judge: Judge = accept_all
    vouch: Vouch = certificate_names
    token_life: int = 900
    faults: Faults = field(default_factory=Faults)
    issuer: Issuer = field(default_factory=Issuer)
    jobs: Jobs = field(default_factory=Jobs)
    issuers: dict[str, str] = field(default_factory=lambda: dict(_ISSUERS))

    def help(self, anchor: str) -> str:
        """Return the address of a chapter of the help page."""
        return f"{self.url}/help/#{anchor}"
