"""Which file may travel next: the order within a release, and how many at once. No threads, no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from tpub.dist.model import Distribution
from tpub.publishing.plan import Release

_FIRST = 2  # uploads at once in a release before the index has shown what it bears


class _Lane:
    """One release under way: its files in stages, each begun when the one before has ended."""

    def __init__(self, release: Release, limit: int) -> None:
        opener = (release.opener,) if release.opener else ()
        self._stages = deque(deque(stage) for stage in (opener, release.wheels, release.sdists) if stage)
        self._running = 0
        self.limit = limit

    def take(self) -> Distribution | None:
        while self._stages and not self._stages[0]:
            if self._running:
                return None
            self._stages.popleft()
        if not self._stages or self._running >= self.limit:
            return None
        self._running += 1
        return self._stages[0].popleft()

    def ended(self) -> None:
        self._running -= 1

    @property
    def is_done(self) -> bool:
        return not self._running and not any(self._stages)


class Schedule:
    """All releases under way.

    A release starts with two uploads at once, gains one with each clean answer and loses half with each
    collision or refusal for load; `jobs` is the ceiling of all together. Where the user named a number, that
    is where it starts.
    """

    def __init__(self, releases: Sequence[Release], *, jobs: int, eager: bool) -> None:
        self._jobs = jobs
        self._running = 0
        self._lanes = deque(_Lane(release, jobs if eager else min(_FIRST, jobs)) for release in releases)
        self._lane_of = {
            file.filename: lane for release, lane in zip(releases, self._lanes, strict=True) for file in release.files
        }
        self._stopped = False

    def take(self) -> Distribution | None:
        """Return a file that may travel now, releases taking turns; None if none may."""
        if self._stopped or self._running >= self._jobs:
            return None
        for _ in range(len(self._lanes)):
            lane = self._lanes[0]
            self._lanes.rotate(-1)
            if (file := lane.take()) is not None:
                self._running += 1
                return file
        return None

    def strained(self, file: Distribution) -> None:
        """Note that the index answered 500, 429 or not at all: fewer at once in that release."""
        lane = self._lane_of[file.filename]
        lane.limit = max(1, lane.limit // 2)

    def ended(self, file: Distribution, *, clean: bool) -> None:
        """Note that a file needs its place no more; `clean` if the index took it at the first try."""
        lane = self._lane_of[file.filename]
        lane.ended()
        self._running -= 1
        if clean:
            lane.limit = min(self._jobs, lane.limit + 1)

    def stop(self) -> None:
        """Give out no more files."""
        self._stopped = True

    @property
    def is_done(self) -> bool:
        """Tell whether nothing runs and nothing will."""
        return not self._running and (self._stopped or all(lane.is_done for lane in self._lanes))
