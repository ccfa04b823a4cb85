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
from tpub.index.simple import ListedFile, Listing, listing
from tpub.secret import Secret

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0  # seconds between two looks; caches in front of an index need some


@dataclass(frozen=True, slots=True)
class Verification:
    """The names of the files that the index lists with the right bytes, and what is to be said of the others.

    `attested` are those of them that it lists with attestations.
    """

    verified: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]
    attested: frozenset[str] = frozenset()


def verify(
    files: Sequence[Distribution], index: Index, http: Http, authorization: Secret | None, *, clock: Clock, wait: float
) -> Verification:
    """Look at the index's pages until all `files` are listed, at most `wait` seconds long, the last time at the end."""
    waiting = {file.filename: file for file in files}
    verified: dict[str, ListedFile] = {}
    problems: list[Diagnostic] = []
    silent: dict[NormalizedName, NetworkError] = {}
    end, pause = clock.monotonic() + wait, _FIRST_PAUSE
    while True:
        silent.clear()
        for project in {file.normalized_project for file in waiting.values()}:
            try:
                _look(listing(index, project, http, authorization), waiting, verified, problems)
            except NetworkError as exc:  # as good as not listed yet: it is asked again
                silent[project] = exc
        left = end - clock.monotonic()
        if not waiting or left <= 0:
            break
        clock.sleep(min(pause, left))
        pause = min(_LONGEST_PAUSE, pause * 2)
    problems += [_unverified(file, index, wait, silent.get(file.normalized_project)) for file in waiting.values()]
    attested = frozenset(name for name, listed in verified.items() if listed.provenance)
    return Verification(frozenset(verified), tuple(problems), attested)


def _look(
    page: Listing, waiting: dict[str, Distribution], verified: dict[str, ListedFile], problems: list[Diagnostic]
) -> None:
    for name in waiting.keys() & page.keys():
        there = page[name].sha256
        file = waiting.pop(name)
        if there == file.sha256:
            verified[name] = page[name]
        else:
            problems.append(_other_bytes(file, there) if there else _no_digest(file))


def _unverified(file: Distribution, index: Index, wait: float, silence: NetworkError | None) -> Diagnostic:
    code, found = "index-lag", f"not listed there {wait:g} s later"
    if silence is not None:
        code, found = "index-pages-unavailable", f"it does not show what it has: {silence}"
    return Diagnostic(
        code,
        f"taken by {index.name}, and {found}",
        f"Look again in a minute: {index.project_page(file.normalized_project)}",
        silence.diagnostic.evidence if silence else (),
        Severity.WARNING,
        file.filename,
    )


def _no_digest(file: Distribution) -> Diagnostic:
    return Diagnostic(
        "file-digest-unlisted",
        "the index lists the file without its SHA-256, so what it has cannot be compared with what was sent",
        "Download the file and compare it, or ask the index's operator for pages with digests (PEP 503, PEP 691).",
        severity=Severity.WARNING,
        file=file.filename,
    )


def _other_bytes(file: Distribution, there: str) -> Diagnostic:
    return Diagnostic(
        "file-altered",
        "the index lists other bytes under this name than were sent",
        "Yank the release and find out who else publishes it before anyone installs it.",
        (Field("sha256 here", file.sha256), Field("sha256 there", there)),
        file=file.filename,
    )
