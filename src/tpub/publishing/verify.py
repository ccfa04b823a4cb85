"""Whether the index lists what was sent, byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packaging.utils import NormalizedName

from tpub.clock import Clock
from tpub.diagnostic import Diagnostic, Field, Severity
from tpub.dist.model import Distribution
from tpub.errors import NetworkError
from tpub.http import Http
from tpub.index.model import Index
from tpub.index.simple import Listing, listing
from tpub.secret import Secret

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0  # seconds between two looks; caches in front of an index need some


@dataclass(frozen=True, slots=True)
class Verification:
    """The names of the files that the index lists with the right bytes, and what is to be said of the others."""

    verified: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]


def verify(
    files: Sequence[Distribution], index: Index, http: Http, authorization: Secret | None, *, clock: Clock, wait: float
) -> Verification:
    """Look at the index's pages until all `files` are listed, at most `wait` seconds long."""
    waiting = {file.filename: file for file in files}
    verified: set[str] = set()
    problems: list[Diagnostic] = []
    end, pause = clock.monotonic() + wait, _FIRST_PAUSE
    while True:
        for project in {file.normalized_project for file in waiting.values()}:
            _look(_page(index, project, http, authorization), waiting, verified, problems)
        if not waiting or clock.monotonic() + pause > end:
            break
        clock.sleep(pause)
        pause = min(_LONGEST_PAUSE, pause * 2)
    problems += [_lag(file, index, wait) for file in waiting.values()]
    return Verification(frozenset(verified), tuple(problems))


def _page(index: Index, project: NormalizedName, http: Http, authorization: Secret | None) -> Listing:
    try:
        return listing(index, project, http, authorization)
    except NetworkError:
        return {}  # as good as not listed yet: it is asked again


def _look(page: Listing, waiting: dict[str, Distribution], verified: set[str], problems: list[Diagnostic]) -> None:
    for name in waiting.keys() & page.keys():
        there = page[name].sha256
        file = waiting[name]
        if there is not None and there != file.digests.sha256:
            problems.append(_other_bytes(file, there))
        elif there is not None:
            verified.add(name)
        del waiting[name]


def _lag(file: Distribution, index: Index, wait: float) -> Diagnostic:
    return Diagnostic(
        "index-lag",
        f"{index.name} took the file, and does not list it {wait:g} s later",
        f"Look again in a minute: {index.project_page(file.normalized_project)}",
        severity=Severity.WARNING,
        file=file.filename,
    )


def _other_bytes(file: Distribution, there: str) -> Diagnostic:
    return Diagnostic(
        "file-altered",
        "the index lists other bytes under this name than were sent",
        "Yank the release and find out who else publishes it before anyone installs it.",
        (Field("sha256 here", file.digests.sha256), Field("sha256 there", there)),
        file=file.filename,
    )
