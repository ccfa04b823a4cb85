"""What is to be sent, and in which order: decided without I/O from what is here and what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from packaging.utils import NormalizedName
from packaging.version import Version

from tpub.diagnostic import Diagnostic, Field
from tpub.dist.filename import kind_of, version_of
from tpub.dist.model import Distribution, Kind
from tpub.index.model import Index
from tpub.index.simple import ListedFile, Listing
from tpub.outcome import Action, PlanStep

# Source: warehouse.forklift.legacy, `file_upload`: a release takes new files for a fortnight.
_OPEN_FOR = timedelta(days=14)
_RAISE = "Raise the version, build and publish again."


@dataclass(frozen=True, slots=True)
class Release:
    """The files of one release that travel: `opener` alone and first, then `wheels` beside each other, then `sdists`.

    The opener's metadata becomes the release's, and several files that open a release at once collide. The sdist
    comes last, so that no installer builds from source while wheels are on their way.
    """

    project: NormalizedName
    version: str
    opener: Distribution | None
    wheels: tuple[Distribution, ...]
    sdists: tuple[Distribution, ...]

    @property
    def files(self) -> tuple[Distribution, ...]:
        """All files in sending order."""
        return (*((self.opener,) if self.opener else ()), *self.wheels, *self.sdists)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with each file, and the releases that have something to send."""

    steps: tuple[PlanStep, ...]
    releases: tuple[Release, ...]
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def to_send(self) -> tuple[Distribution, ...]:
        """All files that travel, in sending order."""
        return tuple(file for release in self.releases for file in release.files)


def plan(
    distributions: Sequence[Distribution],
    listings: Mapping[NormalizedName, Listing],
    index: Index,
    now: datetime,
) -> Plan:
    """Decide for each file whether it is new, there already, in conflict or blocked; `now` is aware of its zone."""
    judged = [(d, *_judge(d, listings.get(d.normalized_project, {}), index, now)) for d in distributions]
    new = [d for d, action, _ in judged if action is Action.NEW]
    releases = _releases(new, listings)
    order = {d.filename: n for n, d in enumerate((f for r in releases for f in r.files), 1)}
    steps = tuple(PlanStep(d.filename, action, order.get(d.filename)) for d, action, _ in judged)
    return Plan(steps, releases, tuple(problem for _, _, problem in judged if problem))


def _judge(
    distribution: Distribution, listing: Listing, index: Index, now: datetime
) -> tuple[Action, Diagnostic | None]:
    there = listing.get(distribution.filename)
    if there is not None:
        if there.sha256 == distribution.sha256:
            return Action.IDENTICAL, None
        return Action.CONFLICT, _conflict(distribution, there, index)
    if index.is_pypi:
        release = [file for file in listing.values() if version_of(file.filename) == Version(distribution.version)]
        if problem := _second_sdist(distribution, release) or _closed(distribution, release, now):
            return Action.BLOCKED, problem
    return Action.NEW, None


def _conflict(distribution: Distribution, there: ListedFile, index: Index) -> Diagnostic:
    what = "with other content" if there.sha256 else "and does not tell its digest, so it counts as another file"
    return Diagnostic(
        "file-exists",
        f"{index.name} has a file of this name already, {what}",
        f"{_RAISE} The index takes a file name once.",
        (Field("sha256 here", distribution.sha256), Field("sha256 there", there.sha256 or "unknown")),
        file=distribution.filename,
    )


def _second_sdist(distribution: Distribution, release: Sequence[ListedFile]) -> Diagnostic | None:
    others = [file.filename for file in release if kind_of(file.filename) is Kind.SDIST]
    if distribution.kind is not Kind.SDIST or not others:
        return None
    return Diagnostic(
        "sdist-second-in-release",
        f"the release has an sdist already ({others[0]}), and takes one",
        f"Leave this sdist out. To replace the one that is there: {_RAISE[0].lower()}{_RAISE[1:]}",
        (Field("filename", others[0]),),
        file=distribution.filename,
    )


def _closed(distribution: Distribution, release: Sequence[ListedFile], now: datetime) -> Diagnostic | None:
    times = [time for file in release if (time := _time(file.uploaded))]
    # The release's own age is not public: its first file's is, and is never the greater.
    if not times or now - min(times) <= _OPEN_FOR:
        return None
    return Diagnostic(
        "release-closed",
        f"the release is older than {_OPEN_FOR.days} days (its first file came on {min(times):%Y-%m-%d}), "
        "and takes no new files",
        _RAISE,
        (Field("upload-time", min(times).isoformat()),),
        file=distribution.filename,
    )


def _time(text: str | None) -> datetime | None:
    try:
        time = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return time if time and time.tzinfo else None


def _releases(new: Sequence[Distribution], listings: Mapping[NormalizedName, Listing]) -> tuple[Release, ...]:
    groups: dict[tuple[NormalizedName, Version], list[Distribution]] = {}
    for distribution in new:
        groups.setdefault((distribution.normalized_project, Version(distribution.version)), []).append(distribution)
    return tuple(
        _release(files, is_open=any(version_of(name) == version for name in listings.get(project, {})))
        for (project, version), files in groups.items()
    )


def _release(files: Sequence[Distribution], *, is_open: bool) -> Release:
    # The smallest opens, so that the others wait for little; then the largest first, so that none is left over.
    wheels = sorted((file for file in files if file.kind is Kind.WHEEL), key=lambda file: -file.size)
    sdists = [file for file in files if file.kind is Kind.SDIST]
    opener = None
    if not is_open:
        opener = (wheels or sdists).pop()
    first = opener or files[0]
    return Release(first.normalized_project, first.version, opener, tuple(wheels), tuple(sdists))
