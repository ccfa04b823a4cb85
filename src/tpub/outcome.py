"""The account of one command, as data: what it looked at, what it did, what is wrong.

Every report (terminal, plain text, JSON) renders an `Outcome` and knows nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from tpub.diagnostic import Diagnostic

if TYPE_CHECKING:  # few commands have any
    from tpub.summaries import AttestationSummary, PublisherSummary


class Verdict(StrEnum):
    """What the index would say of a file."""

    ACCEPT = "accept"
    REFUSE = "refuse"


class Action(StrEnum):
    """What is to be done with a file, by what the index has."""

    NEW = "new"
    """Nothing of that name is there: send it."""
    IDENTICAL = "identical"
    """The same bytes are there: nothing to do."""
    CONFLICT = "conflict"
    """Other bytes are there under that name: nothing can be done."""
    BLOCKED = "blocked"
    """The release takes no such file any more."""


class UploadStatus(StrEnum):
    """What became of a file."""

    UPLOADED = "uploaded"
    SKIPPED = "skipped"
    """It was there already, byte for byte."""
    FAILED = "failed"
    """It was sent, and is not known to have landed."""
    UNSENT = "unsent"


LANDED = (UploadStatus.UPLOADED, UploadStatus.SKIPPED)
"""What a file's status is once the index has it."""


class DistributionSummary(NamedTuple):
    """One file of the release; `size` in bytes, `sha256` in hex, `path` as it was given."""

    file: str
    path: str
    kind: str
    project: str
    version: str
    size: int
    sha256: str
    verdict: Verdict


class PlanStep(NamedTuple):
    """What the plan says of one file; `position` counts from 1 in sending order, None if it is not sent."""

    file: str
    action: Action
    position: int | None = None


class UploadSummary(NamedTuple):
    """What became of one file: requests made, seconds spent, and whether the index lists these very bytes."""

    file: str
    status: UploadStatus
    tries: int = 0
    seconds: float = 0.0
    verified: bool | None = None


class ReleaseSummary(NamedTuple):
    """A release that now has files, and its page."""

    project: str
    version: str
    url: str


class IndexSummary(NamedTuple):
    """Where it was published."""

    name: str
    upload_url: str


class IdentitySummary(NamedTuple):
    """Who published: the provider's short name and the claims that the index compares, as strings."""

    provider: str
    issuer: str
    claims: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The account of one command; a section that is None does not belong to that command.

    Where one run goes to several indexes, it is the account of the last, `diagnostics` are those of all, and `earlier`
    are the accounts of the others.
    """

    command: str
    exit_code: int
    dry_run: bool = False
    index: IndexSummary | None = None
    identity: IdentitySummary | None = None
    publisher: Mapping[str, str] | None = None
    looked_at: tuple[str, ...] | None = None
    written: tuple[str, ...] | None = None
    distributions: tuple[DistributionSummary, ...] | None = None
    plan: tuple[PlanStep, ...] | None = None
    uploads: tuple[UploadSummary, ...] | None = None
    releases: tuple[ReleaseSummary, ...] | None = None
    publishers: tuple[PublisherSummary, ...] | None = None
    attestations: tuple[AttestationSummary, ...] | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    earlier: tuple[Outcome, ...] = ()
