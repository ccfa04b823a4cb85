"""The account of a release while it is being made; at any moment it can be turned into an `Outcome`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from packaging.utils import NormalizedName

from tpub.diagnostic import Diagnostic
from tpub.dist.model import Distribution
from tpub.errors import IDENTITY, INTERRUPTED, NETWORK, OK, PREFLIGHT, TpubError
from tpub.index.model import Index
from tpub.outcome import (
    LANDED,
    Action,
    DistributionSummary,
    IdentitySummary,
    IndexSummary,
    Outcome,
    ReleaseSummary,
    UploadStatus,
    UploadSummary,
    Verdict,
)
from tpub.publishing.plan import Plan


def kept(code: int, *, was_sent: bool) -> int:
    """Return an exit code that keeps its word: two of them promise that nothing was sent."""
    return NETWORK if code in (PREFLIGHT, IDENTITY) and was_sent else code


@dataclass(slots=True)
class Account:
    """What is known so far. The first failure decides the exit code; all are told."""

    command: str
    index: Index
    distributions: Sequence[Distribution] = ()
    judged: Sequence[DistributionSummary] = ()
    plan: Plan | None = None
    absent: frozenset[NormalizedName] = frozenset()
    dry_run: bool = False
    identity: IdentitySummary | None = None
    uploads: dict[str, UploadSummary] = field(default_factory=dict)
    verified: frozenset[str] = frozenset()
    diagnostics: list[Diagnostic] = field(default_factory=list)
    exit_code: int = OK

    def add(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Tell of what was found: an error among it stops the release."""
        found = list(diagnostics)
        self.diagnostics += found
        if any(problem.is_error for problem in found):
            self._end(PREFLIGHT)

    def fail(self, error: TpubError, told: Diagnostic | None = None) -> None:
        """Tell of a failure, in other words than its own if there are some; what befell several files is told once."""
        if (diagnostic := told or error.diagnostic) not in self.diagnostics:
            self.diagnostics.append(diagnostic)
        self._end(error.exit_code)

    def _end(self, code: int) -> None:
        was_sent = any(upload.tries for upload in self.uploads.values())
        self.exit_code = self.exit_code or kept(code, was_sent=was_sent)

    def interrupt(self) -> None:
        """Note that somebody ended the run from outside."""
        self.exit_code = INTERRUPTED

    @property
    def has_failed(self) -> bool:
        """Tell whether the release is off."""
        return self.exit_code != OK

    @property
    def landed(self) -> frozenset[str]:
        """The names of the files that the index took, or had."""
        return frozenset(upload.file for upload in self._uploads() if upload.status in LANDED)

    @property
    def identical(self) -> frozenset[str]:
        """The names of the files that the index had already, byte for byte."""
        steps = self.plan.steps if self.plan else ()
        return frozenset(step.file for step in steps if step.action is Action.IDENTICAL)

    def outcome(self) -> Outcome:
        """Return the account as data."""
        return Outcome(
            self.command,
            self.exit_code,
            self.dry_run,
            index=IndexSummary(self.index.name, self.index.upload_url),
            identity=self.identity,
            distributions=tuple(self._distribution(d) for d in self.distributions) or tuple(self.judged),
            plan=self.plan.steps if self.plan else (),
            uploads=tuple(self._uploads()) or self._unsent(),
            releases=self._releases(),
            # What stopped the release comes before what it could have done without.
            diagnostics=tuple(sorted(self.diagnostics, key=lambda told: not told.is_error)),
        )

    def _distribution(self, file: Distribution) -> DistributionSummary:
        refused = any(d.is_error and d.file == file.filename for d in self.diagnostics)
        return DistributionSummary(
            file.filename,
            str(file.path),
            file.kind,
            file.project,
            file.version,
            file.size,
            file.sha256,
            Verdict.REFUSE if refused else Verdict.ACCEPT,
        )

    def _uploads(self) -> Iterator[UploadSummary]:
        identical = self.identical
        for name in (file.filename for file in self.distributions):
            found = self.uploads.get(name, UploadSummary(name, UploadStatus.UNSENT))
            if name in identical:
                yield UploadSummary(name, UploadStatus.SKIPPED, verified=True)
            elif found.status in LANDED:
                yield found._replace(verified=name in self.verified)
            else:
                yield found

    def _unsent(self) -> tuple[UploadSummary, ...]:
        """Return the account of files that did not get beyond the verdict."""
        return tuple(UploadSummary(file.file, UploadStatus.UNSENT) for file in self.judged)

    def _releases(self) -> tuple[ReleaseSummary, ...]:
        """Return the releases that have a file on the index now, each once."""
        landed = self.landed
        releases = (
            ReleaseSummary(file.project, file.version, self.index.release_url(file.project, file.version))
            for file in self.distributions
            if file.filename in landed
        )
        return tuple({(release.url, release.version): release for release in releases}.values())
