from __future__ import annotations

import io
import re

import pytest

from tpub.events import Event, UploadAdvanced, UploadEnded, UploadsPlanned, UploadStarted
from tpub.outcome import UploadStatus
from tpub.report.bars import Bars
from tpub.report.screen import Terminal

TWO: list[Event] = [UploadsPlanned(3, 6_000_000), UploadStarted("a", 2_000_000), UploadStarted("b", 3_000_000)]


@pytest.mark.parametrize(
    ("events", "shown"),
    [
        pytest.param([], "0.0/6.0 MB", id="nothing sent"),
        pytest.param([UploadAdvanced("a", 500_000), UploadAdvanced("b", 1_000_000)], "1.5/6.0 MB", id="on their way"),
        pytest.param([UploadAdvanced("a", 2_004_000)], "2.0/6.0 MB", id="a request is larger than its file"),
        pytest.param(
            [UploadAdvanced("a", 2_000_000), UploadAdvanced("a", 300_000)], "0.3/6.0 MB", id="sent again from the start"
        ),
        pytest.param(
            [
                UploadAdvanced("a", 2_004_000),
                UploadEnded("a", UploadStatus.UPLOADED, 1.0),
                UploadAdvanced("b", 1_000_000),
            ],
            "3.0/6.0 MB",
            id="one has landed",
        ),
        pytest.param(
            [UploadAdvanced("a", 2_004_000), UploadEnded("a", UploadStatus.FAILED, 1.0)], "0.0/6.0 MB", id="one failed"
        ),
    ],
)
def test_what_all_bars_together_have_sent(events: list[Event], shown: str) -> None:
    out = io.StringIO()
    env = {"TERM": "xterm", "COLUMNS": "100", "LINES": "20"}
    with Bars(Terminal(out, env, colors=False, forced=True)) as bars:
        for event in [*TWO, *events]:
            bars(event)
    assert re.findall(r"3 files.*? ([0-9.]+/[0-9.]+ MB)", out.getvalue())[-1] == shown
