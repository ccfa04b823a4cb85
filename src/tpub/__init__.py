"""tpub publishes Python distributions by trusted publishing: whole, verified, or not at all.

The library: `docs/library.md`. Importing it costs next to nothing; a name is looked up when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tpub import rehearsal
    from tpub.config.modes import Attestations
    from tpub.diagnostic import (
        Answer,
        Claim,
        Diagnostic,
        Evidence,
        Field,
        Line,
        Member,
        Setting,
        Severity,
        Variable,
    )
    from tpub.dist.model import CoreMetadata, Distribution, Kind
    from tpub.errors import (
        AttestationError,
        ConfigError,
        DistributionError,
        ExchangeError,
        IdentityError,
        NetworkError,
        ReleaseError,
        TpubError,
        UploadError,
    )
    from tpub.events import (
        Event,
        Listener,
        Noted,
        SecretObtained,
        UploadAdvanced,
        UploadEnded,
        UploadsPlanned,
        UploadStarted,
    )
    from tpub.identity.provider import Provider
    from tpub.identity.publisher import (
        ActiveStatePublisher,
        GitHubPublisher,
        GitLabPublisher,
        GooglePublisher,
        Publisher,
    )
    from tpub.index.credential import Credential
    from tpub.index.exchange import ApiToken
    from tpub.index.model import PYPI, TESTPYPI, Index
    from tpub.library import check, detect, diagnose, exchange, lint, read, upload
    from tpub.outcome import (
        Action,
        DistributionSummary,
        IdentitySummary,
        IndexSummary,
        Outcome,
        PlanStep,
        ReleaseSummary,
        UploadStatus,
        UploadSummary,
        Verdict,
    )
    from tpub.preflight.run import CheckResult
    from tpub.secret import Secret

__version__ = "0.1.0"

__all__ = [
    "PYPI",
    "TESTPYPI",
    "Action",
    "ActiveStatePublisher",
    "Answer",
    "ApiToken",
    "AttestationError",
    "Attestations",
    "CheckResult",
    "Claim",
    "ConfigError",
    "CoreMetadata",
    "Credential",
    "Diagnostic",
    "Distribution",
    "DistributionError",
    "DistributionSummary",
    "Event",
    "Evidence",
    "ExchangeError",
    "Field",
    "GitHubPublisher",
    "GitLabPublisher",
    "GooglePublisher",
    "IdentityError",
    "IdentitySummary",
    "Index",
    "IndexSummary",
    "Kind",
    "Line",
    "Listener",
    "Member",
    "NetworkError",
    "Noted",
    "Outcome",
    "PlanStep",
    "Provider",
    "Publisher",
    "ReleaseError",
    "ReleaseSummary",
    "Secret",
    "SecretObtained",
    "Setting",
    "Severity",
    "TpubError",
    "UploadAdvanced",
    "UploadEnded",
    "UploadError",
    "UploadStarted",
    "UploadStatus",
    "UploadSummary",
    "UploadsPlanned",
    "Variable",
    "Verdict",
    "__version__",
    "check",
    "detect",
    "diagnose",
    "exchange",
    "lint",
    "read",
    "rehearsal",
    "upload",
]

# Where each name lives: what mypy reads above, for the interpreter.
_HOMES = {
    "config.modes": "Attestations",
    "diagnostic": "Answer Claim Diagnostic Evidence Field Line Member Setting Severity Variable",
    "dist.model": "CoreMetadata Distribution Kind",
    "errors": "AttestationError ConfigError DistributionError ExchangeError IdentityError NetworkError ReleaseError "
    "TpubError UploadError",
    "events": "Event Listener Noted SecretObtained UploadAdvanced UploadEnded UploadStarted UploadsPlanned",
    "identity.provider": "Provider",
    "identity.publisher": "ActiveStatePublisher GitHubPublisher GitLabPublisher GooglePublisher Publisher",
    "index.credential": "Credential",
    "index.exchange": "ApiToken",
    "index.model": "PYPI TESTPYPI Index",
    "library": "check detect diagnose exchange lint read upload",
    "outcome": "Action DistributionSummary IdentitySummary IndexSummary Outcome PlanStep ReleaseSummary UploadStatus "
    "UploadSummary Verdict",
    "preflight.run": "CheckResult",
    "secret": "Secret",
}


if not TYPE_CHECKING:  # else every name would be one to a type checker

    def __getattr__(name: str) -> object:
        """Import a public name where it lives; raises `AttributeError` if it is none."""
        from importlib import import_module  # noqa: PLC0415  (not needed to show a version)

        if name == "rehearsal":
            return import_module("tpub.rehearsal")
        home = next((home for home, names in _HOMES.items() if name in names.split()), None)
        if home is None:
            raise AttributeError(f"module 'tpub' has no attribute {name!r}")
        found = getattr(import_module(f"tpub.{home}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    """List what is public, imported or not."""
    return sorted({*globals(), *__all__})
