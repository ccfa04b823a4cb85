"""Everything tpub raises on purpose.

TpubError                  exit
├── ConfigError               2   the command line or the configuration is wrong
├── DistributionError         3   a file is no distribution that could be published
├── AttestationError          3   an attestation is none, or not of this file, or not of this publisher
├── IdentityError             4   no usable identity token, or no credential at all
├── ExchangeError             4   the index gave no API token for the identity token
├── NetworkError              5   a server could not be reached, or answered nonsense
├── UploadError               1   the index refused a file
└── ReleaseError              1   the library's: a release is not whole (its `outcome` has the exit code)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from tpub.diagnostic import Evidence
    from tpub.outcome import Outcome

OK = 0
REFUSED = 1
USAGE = 2
PREFLIGHT = 3
IDENTITY = 4
NETWORK = 5
BUG = 70  # EX_SOFTWARE: tpub's own fault, told apart from everything that a user can mend
INTERRUPTED = 130


class TpubError(Exception):
    """A failure that one `Diagnostic` explains."""

    exit_code: ClassVar[int] = REFUSED

    def __init__(self, code: str, message: str, *evidence: Evidence, hint: str = "", file: str | None = None) -> None:
        from tpub.diagnostic import Diagnostic  # noqa: PLC0415  (a command that does not fail need not know it)

        super().__init__(message)
        self.diagnostic = Diagnostic(code, message, hint, evidence, file=file)


class ConfigError(TpubError):
    """The command line or the configuration is wrong."""

    exit_code = USAGE


class DistributionError(TpubError):
    """A file is no distribution, or none that can be read."""

    exit_code = PREFLIGHT


class AttestationError(TpubError):
    """An attestation is none, or cannot be made or verified."""

    exit_code = PREFLIGHT


class IdentityError(TpubError):
    """There is no identity token to be had, and no other credential."""

    exit_code = IDENTITY


class ExchangeError(TpubError):
    """The index gave no API token in exchange for the identity token."""

    exit_code = IDENTITY


class NetworkError(TpubError):
    """A server could not be reached, or answered nonsense."""

    exit_code = NETWORK


class UploadError(TpubError):
    """The index refused a file."""

    exit_code = REFUSED


class ReleaseError(TpubError):
    """A release is not whole: `outcome` is the account of it, `diagnostic` the first thing that is wrong."""

    def __init__(self, outcome: Outcome) -> None:
        first = next(told for told in outcome.diagnostics if told.is_error)
        super().__init__(first.code, first.message, *first.evidence, hint=first.hint, file=first.file)
        self.outcome = outcome
