"""What a case of a rule is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from support import dists

Make = Callable[[Path], Sequence[Path]]
"""Writes the files of a run into a folder; the last one is judged."""


@dataclass(frozen=True)
class Case:
    """A file that a rule refuses, and one that it barely lets pass.

    `also` are the codes of errors that cannot be told apart from this one by what the index looks at; `tag` is the one
    that the job runs for.
    """

    code: str
    title: str
    bad: Make
    near_miss: Make
    also: tuple[str, ...] = ()
    tag: str = ""


def wheel(*, name: str = "sampleproject", version: str = "1.0", extra: str = "", **fields: str) -> Make:
    """Make a wheel whose METADATA has `fields` replaced and `extra` lines added."""
    return lambda folder: [
        dists.wheel(folder, name, version, meta=dists.metadata(name, version, extra=extra, **fields))
    ]


def sdist(*, name: str = "sampleproject", version: str = "1.0", extra: str = "", **fields: str) -> Make:
    """Make an sdist whose PKG-INFO has `fields` replaced and `extra` lines added."""
    return lambda folder: [
        dists.sdist(folder, name, version, meta=dists.metadata(name, version, extra=extra, **fields))
    ]


def tagged(tag: str) -> Make:
    """Make a wheel with these tags."""
    return lambda folder: [dists.wheel(folder, tag=tag)]


def renamed(filename: str, make: Make | None = None) -> Make:
    """Make a file (a wheel or sdist by its new name, unless told otherwise) and give it another name."""

    def rename(folder: Path) -> Sequence[Path]:
        default = wheel() if filename.lower().endswith(".whl") else sdist()
        path = (make or default)(folder)[-1]
        return [path.rename(folder / filename)]

    return rename


def together(*makes: Make) -> Make:
    """Make the files of several, each in a folder of its own."""
    return lambda folder: [path for n, make in enumerate(makes) for path in make(folder / str(n))]
