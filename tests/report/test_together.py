from __future__ import annotations

from collections.abc import Sequence

import pytest

from tpub.diagnostic import Diagnostic, Field
from tpub.outcome import DistributionSummary, Outcome, Verdict
from tpub.report.together import together

ALL = ("a.whl", "b.whl", "c.whl", "d.whl")


def flaw(file: str | None, value: str = "3.8") -> Diagnostic:
    return Diagnostic("requires-python-invalid", "it is none", evidence=(Field("Requires-Python", value),), file=file)


def outcome(*diagnostics: Diagnostic, names: Sequence[str] = ALL) -> Outcome:
    files = tuple(DistributionSummary(name, name, "wheel", "x", "1", 1, "", Verdict.REFUSE) for name in names)
    return Outcome("check", 3, distributions=files, diagnostics=diagnostics)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([flaw("a.whl")], [flaw("a.whl")], id="one file"),
        pytest.param([flaw("a.whl"), flaw("a.whl")], [flaw("a.whl")], id="one file, said twice"),
        pytest.param([flaw("a.whl"), flaw("b.whl")], [flaw("a.whl, b.whl")], id="two files"),
        pytest.param(
            [flaw("a.whl"), flaw("b.whl"), flaw("d.whl")], [flaw("a.whl, b.whl and 1 more file")], id="most of them"
        ),
        pytest.param([flaw(name) for name in ALL], [flaw("all 4 files")], id="all of them"),
        pytest.param(
            [flaw("a.whl"), flaw("b.whl", "2.7"), flaw("c.whl"), flaw("d.whl", "2.7")],
            [flaw("a.whl, c.whl"), flaw("b.whl, d.whl", "2.7")],
            id="other evidence is another flaw",
        ),
        pytest.param([flaw(None)], [flaw(None)], id="about no file"),
    ],
)
def test_what_is_said_of_several_files(told: list[Diagnostic], said: list[Diagnostic]) -> None:
    assert together(outcome(*told)) == outcome(*said)


def test_two_of_two_files_are_both() -> None:
    two = ALL[:2]
    assert together(outcome(*map(flaw, two), names=two)) == outcome(flaw("both files"), names=two)
