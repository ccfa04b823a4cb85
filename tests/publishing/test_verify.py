from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from support import dists
from support.loopback import Answer, Asked, serving
from tpub.clock import Clock
from tpub.diagnostic import Severity
from tpub.dist.model import Distribution
from tpub.dist.read import read
from tpub.http import Http
from tpub.index.model import Index
from tpub.publishing.verify import Verification, verify

JSON = {"Content-Type": "application/vnd.pypi.simple.v1+json"}


@dataclass
class Slept:
    """A clock that only pauses move."""

    pauses: list[float] = field(default_factory=list)

    @property
    def clock(self) -> Clock:
        return Clock(lambda: 0.0, lambda: sum(self.pauses), self.pauses.append, lambda: 0.0)


@pytest.fixture
def wheel(tmp_path: Path) -> Distribution:
    return read(dists.wheel(tmp_path))


def page(file: Distribution, hashes: dict[str, str] | None = None) -> Answer:
    there = {"sha256": file.sha256} if hashes is None else hashes
    return Answer(body={"files": [{"filename": file.filename, "hashes": there}]}, headers=JSON)


NOTHING = Answer(body={"files": []}, headers=JSON)


def look(files: Sequence[Distribution], answers: Iterator[Answer], wait: float) -> tuple[Verification, list[float]]:
    """Verify against an index whose pages give these answers, one after the other."""
    slept = Slept()

    def answer(_: Asked) -> Answer:
        return next(answers)

    with serving(answer) as server, Http({}) as http:
        index = Index("here", f"{server.url}/legacy/", f"{server.url}/simple/")
        found = verify(files, index, http, None, clock=slept.clock, wait=wait)
    return found, slept.pauses


@pytest.mark.parametrize(
    ("missing", "wait", "pauses"),
    [
        pytest.param(0, 60, [], id="at once"),
        pytest.param(1, 60, [0.1], id="soon"),
        pytest.param(7, 60, [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0], id="late"),
        pytest.param(3, 0.5, [0.1, 0.2, 0.2], id="when the wait is just over"),
    ],
)
def test_a_file_that_is_listed(wheel: Distribution, missing: int, wait: float, pauses: list[float]) -> None:
    found, slept = look([wheel], iter([NOTHING] * missing + [page(wheel)]), wait)
    assert found == Verification(frozenset({wheel.filename}), ())
    assert slept == pytest.approx(pauses)


@pytest.mark.parametrize(
    ("answer", "code", "severity", "words"),
    [
        pytest.param(NOTHING, "index-lag", Severity.WARNING, "taken by here, and not listed there 0 s later"),
        pytest.param(Answer(503), "index-pages-unavailable", Severity.WARNING, "taken by here, and it does not show"),
        pytest.param(Answer(403), "index-pages-unavailable", Severity.WARNING, "taken by here, and it does not show"),
        pytest.param(None, "file-digest-unlisted", Severity.WARNING, "the index lists the file without its SHA-256"),
        pytest.param({"sha256": "0" * 64}, "file-altered", Severity.ERROR, "the index lists other bytes under this"),
    ],
    ids=["not listed", "down", "closed", "without digest", "other bytes"],
)
def test_a_file_that_is_not_verified(
    wheel: Distribution, answer: Answer | dict[str, str] | None, code: str, severity: Severity, words: str
) -> None:
    found, _ = look([wheel], iter([answer if isinstance(answer, Answer) else page(wheel, answer or {})]), 0)
    (told,) = found.diagnostics
    assert (found.verified, told.code, told.severity, told.file) == (frozenset(), code, severity, wheel.filename)
    assert told.message.startswith(words)


def test_what_a_page_said_at_last_counts(wheel: Distribution) -> None:
    found, _ = look([wheel], iter([Answer(503), NOTHING]), 0.05)
    assert [told.code for told in found.diagnostics] == ["index-lag"]
