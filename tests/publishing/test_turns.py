from __future__ import annotations

import pytest

from tpub.diagnostic import Diagnostic
from tpub.index.model import PYPI, TESTPYPI
from tpub.outcome import Outcome, UploadStatus, UploadSummary
from tpub.publishing.turns import in_turn, is_whole

UPLOADED, SKIPPED, FAILED = UploadStatus.UPLOADED, UploadStatus.SKIPPED, UploadStatus.FAILED
INDEXES = (TESTPYPI, PYPI)


def run(code: int, *uploads: UploadSummary, dry_run: bool = False) -> Outcome:
    told = (Diagnostic(f"code-{code}", "x"),) if code else ()
    return Outcome("upload", code, dry_run, uploads=uploads, diagnostics=told)


SENT = UploadSummary("a", UPLOADED, 1, 1.0, verified=True)
THERE = UploadSummary("b", SKIPPED, verified=True)


@pytest.mark.parametrize(
    ("made", "whole"),
    [
        pytest.param(run(0, SENT, THERE), True, id="all of it"),
        pytest.param(run(0, SENT, UploadSummary("b", UPLOADED, 1, verified=False)), False, id="one not seen"),
        pytest.param(run(0, UploadSummary("b", UPLOADED, 1)), False, id="nobody looked"),
        pytest.param(run(1, SENT, UploadSummary("b", FAILED, 1)), False, id="one refused"),
        pytest.param(run(130, SENT), False, id="interrupted"),
        pytest.param(run(3, dry_run=True), True, id="a dry run goes on"),
    ],
)
def test_what_an_index_needs_for_the_next_to_get_something(made: Outcome, whole: bool) -> None:  # noqa: FBT001
    assert is_whole(made) is whole


@pytest.mark.parametrize(
    ("runs", "begun", "code", "codes"),
    [
        pytest.param([run(0, SENT), run(0, SENT)], 2, 0, [], id="both"),
        pytest.param([run(1, SENT), run(0, SENT)], 1, 1, ["code-1", "index-held-back"], id="the first refuses"),
        pytest.param([run(3), run(0, SENT)], 1, 3, ["code-3", "index-held-back"], id="the preflight refuses"),
        pytest.param(
            [run(0, UploadSummary("a", UPLOADED, 1, verified=False)), run(0, SENT)],
            1,
            5,
            ["index-held-back"],
            id="the first is not verified",
        ),
        pytest.param([run(0, SENT), run(3)], 2, 5, ["code-3"], id="3 would say that nothing was sent"),
        pytest.param([run(0, THERE), run(3)], 2, 3, ["code-3"], id="nothing was sent indeed"),
        pytest.param([run(3, dry_run=True), run(0, dry_run=True)], 2, 3, ["code-3"], id="dry"),
    ],
)
def test_one_after_the_other(runs: list[Outcome], begun: int, code: int, codes: list[str]) -> None:
    asked: list[int] = []

    def publish(place: int) -> Outcome:
        asked.append(place)
        return runs[place]

    found = in_turn(INDEXES, publish)
    assert asked == list(range(begun))
    assert (found.exit_code, [told.code for told in found.diagnostics]) == (code, codes)
    assert found.earlier == (runs[0],)


def test_one_index_is_told_as_it_is() -> None:
    assert in_turn((PYPI,), lambda _: run(1, SENT)) == run(1, SENT)
