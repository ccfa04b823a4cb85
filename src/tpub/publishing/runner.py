"""Many files beside each other. It decides nothing: what may travel says the schedule, what to retry the courier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import inf
from threading import Condition, Thread

from tpub.dist.model import Distribution
from tpub.errors import TpubError
from tpub.events import Event, UploadEnded, UploadsPlanned, UploadStarted
from tpub.outcome import UploadStatus, UploadSummary
from tpub.publishing.attestations import Attesting
from tpub.publishing.credentials import Credentials
from tpub.publishing.delivery import Courier, Delivered
from tpub.publishing.plan import Release
from tpub.publishing.retry import Backoff
from tpub.publishing.schedule import Schedule
from tpub.publishing.world import World


@dataclass(frozen=True, slots=True)
class Pace:
    """How many files travel at once at most (None: start low, see what the index bears), and how often each."""

    jobs: int | None = None
    backoff: Backoff = field(default_factory=Backoff)


@dataclass(frozen=True, slots=True)
class Run:
    """What became of every file that was to travel, and what went wrong, the first first."""

    uploads: tuple[UploadSummary, ...]
    errors: tuple[TpubError, ...]


_GLANCE = 0.05  # seconds of real time between two looks at the clock, which may be another
_JOBS = 4  # at once, where the user names no number: more only makes the index's database collide (measured)


class Runner:
    """Sends the files of some releases to one index, that of `attesting`, once."""

    def __init__(
        self, releases: Sequence[Release], attesting: Attesting, credentials: Credentials, pace: Pace, world: World
    ) -> None:
        self._files = tuple(file for release in releases for file in release.files)
        self._jobs = pace.jobs or _JOBS
        self._schedule = Schedule(releases, jobs=self._jobs, eager=pace.jobs is not None)
        self._clock, self._listener = world.clock, world.listener
        self._changed = Condition()
        self._off = self._abandoned = False
        self._quiet_until = self._clock.monotonic()
        self._summaries = {file.filename: UploadSummary(file.filename, UploadStatus.UNSENT) for file in self._files}
        self._errors: list[TpubError] = []
        self._bug: BaseException | None = None
        inside = replace(world, clock=world.clock._replace(sleep=self._pause), listener=self._tell)
        self._courier = Courier(attesting, credentials, pace.backoff, inside)

    def run(self) -> None:
        """Send everything; return when all is over or an upload was refused. `account` tells at any time how it is."""
        self._tell(UploadsPlanned(len(self._files), sum(file.size for file in self._files)))
        try:
            for number in range(min(self._jobs, len(self._files))):
                Thread(target=self._work, name=f"upload-{number}", daemon=True).start()
            with self._changed:
                # A bounded wait: an unbounded one would not hear Ctrl-C on Windows.
                while not self._schedule.is_done and self._bug is None:
                    self._changed.wait(1.0)
        except KeyboardInterrupt:
            # Running uploads are abandoned, not waited for: their threads end with the process.
            with self._changed:
                self._abandoned = True
                self._call_off()
            raise
        if self._bug is not None:
            raise self._bug

    def account(self) -> Run:
        """Return what became of the files so far; what is on its way counts as failed."""
        with self._changed:
            return Run(tuple(self._summaries[file.filename] for file in self._files), tuple(self._errors))

    @property
    def is_off(self) -> bool:
        """Tell whether the release was called off."""
        return self._off

    def may_land(self, file: Distribution, patience: float | None = None) -> bool:
        """Wait until all that has to land before `file` has ended; tell whether it may land now.

        It may not where the release is called off before, or where that takes longer than `patience` seconds.
        """
        end = inf if patience is None else self._clock.monotonic() + patience
        with self._changed:
            while not self._off and not self._schedule.may_land(file) and (left := self._until(end)):
                self._changed.wait(left)
            return self._schedule.may_land(file)

    def trying(self, file: Distribution, tries: int) -> None:
        """Until its end is known, a file counts as sent and not landed."""
        with self._changed:
            status = UploadStatus.FAILED if tries else UploadStatus.UNSENT
            self._summaries[file.filename] = UploadSummary(file.filename, status, tries)

    def strained(self, file: Distribution, wait: float) -> None:
        """Send fewer at once of that release, and nothing at all for `wait` seconds."""
        with self._changed:
            self._schedule.strained(file)
            self._quiet_until = max(self._quiet_until, self._clock.monotonic() + wait)

    def _work(self) -> None:
        try:
            while (file := self._take()) is not None:
                begun = self._clock.monotonic()
                delivered = self._courier.deliver(file, self)
                self._ended(file, delivered, self._clock.monotonic() - begun)
        except BaseException as exc:  # noqa: BLE001  (a bug in a thread must end the run, not hang it)
            with self._changed:
                self._bug = exc
                self._call_off()

    def _take(self) -> Distribution | None:
        """Wait for a file that may travel; None when there will be none."""
        with self._changed:
            while (quiet := self._until(self._quiet_until)) > 0 or (file := self._schedule.take()) is None:
                if self._off or self._schedule.is_done:
                    return None
                self._changed.wait(quiet or None)
            self._tell(UploadStarted(file.filename, file.size))
            return file

    def _ended(self, file: Distribution, delivered: Delivered, seconds: float) -> None:
        with self._changed:
            summary = UploadSummary(file.filename, delivered.status, delivered.tries, round(seconds, 3))
            self._summaries[file.filename] = summary
            if delivered.error is not None:
                self._errors.append(delivered.error)
                self._call_off()
            self._schedule.ended(file, clean=delivered.error is None and delivered.tries == 1)
            self._changed.notify_all()
            self._tell(UploadEnded(file.filename, delivered.status, seconds))

    def _call_off(self) -> None:
        self._off = True
        self._schedule.stop()
        self._changed.notify_all()

    def _pause(self, seconds: float) -> None:
        """Let time pass, longer if the index wants quiet, but not past the moment at which the release is off."""
        end = self._clock.monotonic() + seconds
        with self._changed:
            while not self._off and (left := self._until(max(end, self._quiet_until))):
                self._changed.wait(left)

    def _until(self, end: float) -> float:
        """Return how many seconds to wait before looking whether it is `end`; 0 if it is."""
        return min(_GLANCE, max(0.0, end - self._clock.monotonic()))

    def _tell(self, event: Event) -> None:
        with self._changed:
            # An abandoned upload has nothing to say any more: nobody listens, and the program may be ending.
            if not self._abandoned:
                self._listener(event)
