"""Many files beside each other. It decides nothing: what may travel says the schedule, what to retry the courier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Condition, Thread

from tpub.dist.model import Distribution
from tpub.errors import TpubError
from tpub.events import Event, UploadEnded, UploadsPlanned, UploadStarted
from tpub.index.model import Index
from tpub.outcome import UploadStatus, UploadSummary
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
    """What became of every file that was to travel, and what went wrong first."""

    uploads: tuple[UploadSummary, ...]
    errors: tuple[TpubError, ...]
    interrupted: bool


_JOBS = 4  # at once, where the user names no number: more only makes the index's database collide (measured)


class Runner:
    """Sends the files of some releases to one index, once."""

    def __init__(
        self, releases: Sequence[Release], index: Index, credentials: Credentials, pace: Pace, world: World
    ) -> None:
        self._files = tuple(file for release in releases for file in release.files)
        self._jobs = pace.jobs or _JOBS
        self._schedule = Schedule(releases, jobs=self._jobs, eager=pace.jobs is not None)
        self._clock, self._listener = world.clock, world.listener
        self._changed = Condition()
        self._off = self._abandoned = False
        self._summaries = {file.filename: UploadSummary(file.filename, UploadStatus.UNSENT) for file in self._files}
        self._errors: list[TpubError] = []
        self._bug: BaseException | None = None
        inside = replace(world, clock=replace(world.clock, sleep=self._pause), listener=self._tell)
        self._courier = Courier(index, credentials, pace.backoff, inside)

    def run(self) -> Run:
        """Send everything; return when all is over, an upload was refused, or Ctrl-C was pressed."""
        self._tell(UploadsPlanned(len(self._files), sum(file.size for file in self._files)))
        for number in range(min(self._jobs, len(self._files))):
            Thread(target=self._work, name=f"upload-{number}", daemon=True).start()
        try:
            with self._changed:
                # A bounded wait: an unbounded one would not hear Ctrl-C on Windows.
                while not self._schedule.is_done and self._bug is None:
                    self._changed.wait(1.0)
        except KeyboardInterrupt:
            # Running uploads are abandoned, not waited for: their threads end with the process.
            with self._changed:
                self._abandoned = True
                self._call_off()
        if self._bug is not None:
            raise self._bug
        return Run(tuple(self._summaries[file.filename] for file in self._files), tuple(self._errors), self._abandoned)

    def _work(self) -> None:
        try:
            while (file := self._take()) is not None:
                begun = self._clock.monotonic()
                delivered = self._courier.deliver(file, partial(self._strained, file), self._is_off)
                self._ended(file, delivered, self._clock.monotonic() - begun)
        except BaseException as exc:  # noqa: BLE001  (a bug in a thread must end the run, not hang it)
            with self._changed:
                self._bug = exc
                self._changed.notify_all()

    def _take(self) -> Distribution | None:
        """Wait for a file that may travel; None when there will be none."""
        with self._changed:
            while (file := self._schedule.take()) is None:
                if self._schedule.is_done:
                    return None
                self._changed.wait()
            # Until its end is known, it counts as sent and not landed.
            self._summaries[file.filename] = UploadSummary(file.filename, UploadStatus.FAILED, 1)
        self._tell(UploadStarted(file.filename, file.size))
        return file

    def _ended(self, file: Distribution, delivered: Delivered, seconds: float) -> None:
        summary = UploadSummary(file.filename, delivered.status, delivered.tries, round(seconds, 3))
        self._tell(UploadEnded(file.filename, delivered.status, seconds))
        with self._changed:
            self._summaries[file.filename] = summary
            if delivered.error is not None:
                self._errors.append(delivered.error)
                self._call_off()
            self._schedule.ended(file, clean=delivered.error is None and delivered.tries == 1)
            self._changed.notify_all()

    def _strained(self, file: Distribution) -> None:
        with self._changed:
            self._schedule.strained(file)

    def _call_off(self) -> None:
        self._off = True
        self._schedule.stop()
        self._changed.notify_all()

    def _is_off(self) -> bool:
        return self._off

    def _pause(self, seconds: float) -> None:
        """Let time pass, but not past the moment at which the release is called off."""
        with self._changed:
            self._changed.wait_for(self._is_off, timeout=seconds)

    def _tell(self, event: Event) -> None:
        with self._changed:
            # An abandoned upload has nothing to say any more: nobody listens, and the program may be ending.
            if not self._abandoned:
                self._listener(event)
