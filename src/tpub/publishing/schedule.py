"""Which file may travel next, and which may land: the order in a release, how many at once. No threads, no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from tpub.dist.model import Distribution
from tpub.publishing.plan import Release

_FIRST = 3  # uploads at once in a release before the index has shown what it bears: none collides (measured)

# Bytes: what is smaller arrives at once, and gains nothing by travelling ahead. Nor may it be smaller than what it
# waits for: its connection would have to stand still for long.
_LARGE = 1024 * 1024


class _Lane:
    """One release under way: its files in stages. A stage is open when those before have ended."""

    def __init__(self, release: Release, limit: int) -> None:
        opener = (release.opener,) if release.opener else ()
        self._stages = tuple(deque(stage) for stage in (opener, release.wheels, release.sdists) if stage)
        self._running: dict[str, tuple[int, Distribution]] = {}
        self._opener = release.opener
        self.limit = limit

    def take(self) -> Distribution | None:
        number = next((number for number, stage in enumerate(self._stages) if stage), None)
        if number is None or len(self._running) >= self._room:
            return None
        file = self._stages[number][0]
        if any(file.size < max(_LARGE, before.size) for before in self._before(number)):
            return None
        self._running[file.filename] = number, file
        return self._stages[number].popleft()

    @property
    def _room(self) -> int:
        """How many may travel at once; those that wait for the opener's end are no load on the index's database."""
        return self.limit + (self._opener is not None and self._opener.filename in self._running)

    def _before(self, number: int) -> list[Distribution]:
        """Return what is on its way of the stages before."""
        return [file for stage, file in self._running.values() if stage < number]

    def may_land(self, file: Distribution) -> bool:
        return not self._before(self._running[file.filename][0])

    @property
    def landing(self) -> list[str]:
        """The names of the files that travel and may land."""
        return [file.filename for _, file in self._running.values() if self.may_land(file)]

    def ended(self, file: Distribution) -> None:
        del self._running[file.filename]

    @property
    def is_done(self) -> bool:
        return not self._running and not any(self._stages)


class Schedule:
    """All releases under way.

    The order within a release is that in which its files land. A file may travel ahead of its turn, all but its end,
    beside files that are no larger: what the index has not got whole, it does not look at.

    A release starts with a few uploads at once, gains one with each clean answer and loses half with each
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
        self._last: set[str] = set()

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

    def may_land(self, file: Distribution) -> bool:
        """Tell whether the end of a file that travels may be sent: whether all that has to land before has ended."""
        return file.filename in self._last if self._stopped else self._lane_of[file.filename].may_land(file)

    def strained(self, file: Distribution) -> None:
        """Note that the index answered 500, 429 or not at all: fewer at once in that release."""
        lane = self._lane_of[file.filename]
        lane.limit = max(1, lane.limit // 2)

    def ended(self, file: Distribution, *, clean: bool) -> None:
        """Note that a file needs its place no more; `clean` if the index took it at the first try."""
        lane = self._lane_of[file.filename]
        lane.ended(file)
        self._running -= 1
        if clean:
            lane.limit = min(self._jobs, lane.limit + 1)

    def stop(self) -> None:
        """Give out no more files, and let none land that had to wait until now."""
        if not self._stopped:
            self._last = {name for lane in self._lanes for name in lane.landing}
        self._stopped = True

    @property
    def is_done(self) -> bool:
        """Tell whether nothing runs and nothing will."""
        return not self._running and (self._stopped or all(lane.is_done for lane in self._lanes))
