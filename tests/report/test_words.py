"""Pieces of reports in plain words."""

from __future__ import annotations

import pytest

from tpub.report.words import listed

FIVE = [f".github/workflows/{name}.yml" for name in "abcde"]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        pytest.param([], "", id="nothing"),
        pytest.param(FIVE, ", ".join(FIVE), id="as many as can be read"),
        pytest.param([*FIVE, ".github/workflows/f.yml"], "6 files in .github/workflows", id="more"),
        pytest.param(
            [*FIVE, "ci/a.yml", ".github/workflows/f.yml", "the event"],
            "6 files in .github/workflows, ci/a.yml, the event",
            id="more, and others",
        ),
        pytest.param(list("abcdef"), "a, b, c, d, e, f", id="what lies in no folder"),
    ],
)
def test_things_are_listed(names: list[str], told: str) -> None:
    assert listed(names) == told
