"""The line that says how a release ended."""

from __future__ import annotations

import pytest

from tpub.outcome import IndexSummary, Outcome, UploadStatus, UploadSummary
from tpub.report.results import ending

INDEX = IndexSummary("pypi", "https://packages.example.com/legacy/")
LANDED, LATE, LOST, HERE = (
    UploadSummary("a", UploadStatus.UPLOADED, 1, 0.1, verified=True),
    UploadSummary("b", UploadStatus.UPLOADED, 1, 0.1, verified=False),
    UploadSummary("c", UploadStatus.FAILED, 2),
    UploadSummary("d", UploadStatus.UNSENT),
)


@pytest.mark.parametrize(
    ("code", "uploads", "said"),
    [
        pytest.param(0, [LANDED, LANDED], "done: 2 of 2 files on pypi", id="whole"),
        pytest.param(0, [LANDED], "done: 1 of 1 file on pypi", id="one file"),
        pytest.param(0, [LANDED, LATE], "done: 2 of 2 files on pypi, 1 not verified", id="late pages"),
        pytest.param(1, [LANDED, LOST], "failed: 1 of 2 files on pypi", id="refused"),
        pytest.param(1, [LOST, HERE], "failed: nothing was published on pypi", id="refused at once"),
        pytest.param(3, [HERE, HERE], "failed: nothing was published on pypi", id="not sent"),
        pytest.param(5, [HERE, HERE], "failed: nothing was published on pypi", id="not reached"),
        pytest.param(5, [LANDED, HERE], "failed: 1 of 2 files on pypi", id="stopped between two"),
        pytest.param(5, [LANDED, LOST], "failed: 1 of 2 files known to be on pypi", id="an answer is lost"),
        pytest.param(5, [LOST, HERE], "failed: 0 of 2 files known to be on pypi", id="the only answer is lost"),
        pytest.param(
            130,
            [LANDED, HERE],
            "interrupted: 1 of 2 files on pypi; the same command goes on from there",
            id="interrupted between two",
        ),
        pytest.param(
            130,
            [LANDED, LOST],
            "interrupted: 1 of 2 files known to be on pypi; the same command goes on from there",
            id="interrupted on the way",
        ),
        pytest.param(130, [], "interrupted; the same command goes on from there", id="interrupted before it began"),
    ],
)
def test_how_a_release_ended(code: int, uploads: list[UploadSummary], said: str) -> None:
    assert ending(Outcome("upload", code, index=INDEX, uploads=tuple(uploads))) == said
