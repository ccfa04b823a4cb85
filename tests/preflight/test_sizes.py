from __future__ import annotations

from pathlib import Path

import pytest

from tpub.diagnostic import Severity
from tpub.preflight.context import Context
from tpub.preflight.rules.sizes import file_is_small_enough

_MIB = 1024 * 1024


class Sized(Context):
    """A file of which only the size is known: real ones of that size would fill the disk."""

    def __init__(self, size: int) -> None:
        super().__init__(Path("sampleproject-1.0.tar.gz"))
        self._size = size

    @property
    def size(self) -> int:
        return self._size


@pytest.mark.parametrize(
    ("size", "severities"),
    [
        pytest.param(100 * _MIB, [], id="what everybody gets"),
        pytest.param(100 * _MIB + 1, [Severity.WARNING], id="what has to be granted"),
        pytest.param(1024 * _MIB, [Severity.WARNING], id="the most that is granted"),
        pytest.param(1024 * _MIB + 1, [Severity.ERROR], id="what nobody gets"),
    ],
)
def test_how_large_a_file_may_be(size: int, severities: list[Severity]) -> None:
    problems = file_is_small_enough.check(Sized(size))
    assert [file_is_small_enough.diagnostic(problem, "x").severity for problem in problems] == severities
